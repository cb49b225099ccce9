"""What a photo costs in memory depends on its area, whatever its shape."""

import functools
import json
import subprocess
import sys

import pytest

# In a process of its own, so that the peak is this photo's; getrusage's would be the parent's too.
PEAK = """
import json, os, resource, sys
from types import SimpleNamespace
import numpy as np
from gecat.app.segment.result import Look, make_files, measure, pack
from gecat.app.segment.views import draw
from gecat.evaluation.bench.robustness.processes import memory_of
from gecat.images.reading import read_image
from gecat.images.sizes import network_input, network_size
from gecat.inference.refinement import refine

height, width = json.loads(sys.argv[1])
peak = lambda: memory_of(os.getpid(), "VmHWM") / 1e6
resource.setrlimit(resource.RLIMIT_AS, (4_000_000_000,) * 2)
before = peak()
image = read_image(np.full((height, width, 3), 99, np.uint8))
small = network_input(image, *network_size(image.shape, 256, 16))
mask = refine(image, np.random.default_rng(0).random((256, 256), np.float32), np.uint8)
kept = pack(SimpleNamespace(image=image, mask=mask, score=0.5), "photo")
del mask
measure(kept, 0.5)
behind = Look(np.zeros((30_000, 1, 3), np.uint8), shadow=True)
draw(kept, 0.5, behind)
make_files(kept, 0.5, behind)
print(json.dumps([peak() - before, small.size]))
"""


@functools.cache
def peak_of(*shape):
    """Megabytes that all stages of a photo took at most, and the numbers the network is given."""
    run = subprocess.run(
        [sys.executable, "-c", PEAK, json.dumps(shape)],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return json.loads(run.stdout)


@pytest.mark.parametrize("shape", [(32_767, 40), (40, 32_767), (1, 32_767), (32_767, 1)])
def test_a_thin_photo_takes_no_more_than_a_square_one(shape):
    square, input_size = peak_of(1145, 1145)  # the area of the largest
    thin, thin_size = peak_of(*shape)
    assert thin <= square
    assert thin_size <= input_size


def test_a_large_photo_takes_little_more_than_what_is_made_of_it():
    few, many = (peak_of(side, side)[0] for side in (2000, 4000))
    pixels = (4000**2 - 2000**2) / 1e6
    # Photo, mask, its outline and the numbers of its parts: 3 + 1 + 1 + 4 bytes a pixel, 2 by which
    # OpenCV finds them, and what the stages before have not given back.
    assert (many - few) / pixels < 13
