"""What is made of many photos: their cut-outs, one archive of their files, and what was found."""

import tempfile
import zipfile
from functools import partial
from pathlib import Path
from types import SimpleNamespace

from gradio.processing_utils import save_file_to_cache

from gecat.app.segment.result import make_files, measure
from gecat.app.segment.views import draw_cutout
from gecat.app.ui.owners import folder_of
from gecat.app.ui.uploads import checked_files
from gecat.errors import ImageError
from gecat.files import free_name
from gecat.images import decoding
from gecat.overlap import overlapped


def segment_all(files, segment, threshold, large, progress):
    """Segments many photos; those that cannot be used do not stop the others.

    Args:
        files: payloads.
        segment: (photo (H, W, 3 or 4), name) -> Result.
        threshold: in [0, 1]; large: the turns of large photos; progress: a gr.Progress.

    Returns:
        the path of the zip as `archive`, None where it would be empty; `pictures`, pairs of a
        cut-out and its name; `facts`, a dict a photo; `skipped`, [(name, ImageError)].

    Raises:
        UserError: where there are none, or too many, and as `segment`.
    """
    files = checked_files(files)
    batch = SimpleNamespace(pictures=[], facts=[], skipped=[], archive=None)
    names = set()
    work = partial(_segment_one, segment, threshold, large)
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "gecat.zip"
        # The pictures are compressed already.
        with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
            for name, done in progress.tqdm(overlapped(work, files), total=len(files)):
                if isinstance(done, ImageError):
                    batch.skipped.append((name, done))
                    continue
                written = []
                for inside, data in done.files.items():
                    written.append(free_name(inside, names))
                    names.add(written[-1])
                    archive.writestr(written[-1], data)
                batch.pictures.append((done.picture, done.stem))
                given = {"name": name, **dict(zip(("cutout", "mask"), written, strict=True))}
                batch.facts.append(given | done.facts)
        if batch.pictures:
            batch.archive = save_file_to_cache(target, str(folder_of()))
    return batch


def _segment_one(segment, threshold, large, file):
    """One of many photos: its name, and what is made of it, or the ImageError."""
    name, path = file
    try:
        image = decoding.read_first(path)[0]
    except ImageError as error:
        return Path(name).name, error.bare()
    with large.turn(image, patient=True):
        result = segment(image, name)
        return Path(name).name, SimpleNamespace(
            stem=result.stem,
            picture=draw_cutout(result, threshold),
            files=make_files(result, threshold),
            facts=measure(result, threshold),
        )
