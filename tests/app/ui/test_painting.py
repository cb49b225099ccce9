import gradio as gr
import pytest
from gradio.data_classes import DataWithFiles

from gecat.app.ui.painting import LAYER_BYTES, LAYERS, PAINTINGS


@pytest.fixture
def canvas():
    with gr.Blocks():
        return gr.ImageEditor(layers=False)


def part(kind="layer", index="0", painting="one", content=b"png"):
    data = {"type": kind, "index": index, "id": painting}
    return DataWithFiles(data=data, files=[("part.png", content)])


def test_a_layer_is_kept_and_the_photo_is_not(canvas):
    for kind in ("background", "composite"):
        canvas.accept_blobs(part(kind, "null"))
    assert canvas.blob_storage == {}
    canvas.accept_blobs(part())
    assert canvas.blob_storage.pop("one").layers[0] == b"png"


@pytest.mark.parametrize(
    "sent",
    [
        part(index="100000000"),
        part(index=str(LAYERS)),
        part(index="-1"),
        part(painting="x" * 100),
        part(content=bytes(LAYER_BYTES + 1)),
    ],
)
def test_what_no_painting_needs_is_refused(canvas, sent):
    with pytest.raises(ValueError, match="at most"):
        canvas.accept_blobs(sent)
    assert canvas.blob_storage == {}


def test_paintings_that_nobody_looks_at_are_forgotten(canvas):
    for number in range(PAINTINGS + 3):
        canvas.accept_blobs(part(painting=str(number)))
    assert list(canvas.blob_storage) == [str(number) for number in range(3, PAINTINGS + 3)]
