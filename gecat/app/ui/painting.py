"""What a browser may send of a painting: its layers, and no more than they need.

Gradio's own `gr.ImageEditor` keeps every part of every picture for ever, at whatever index it is
told: one request for layer 100,000,000 made a list of 0.8 GB. Its method is replaced, since Gradio
writes a file of types beside the source of every subclass.
"""

import gradio as gr
from gradio.components.base import server
from gradio.components.image_editor import EditorDataBlobs

LAYERS = 2  # of one painting
PAINTINGS = 32  # sent, and not looked at yet
LAYER_BYTES = 2_000_000
LONGEST_ID = 64


@server
def accept_blobs(self, data):
    """Keeps a layer that a browser sends; the photo and the picture of both are not needed.

    Args:
        data: Gradio's DataWithFiles of the request: type, index and id, and one file.

    Raises:
        ValueError: if no painting needs it.
    """
    told, ((_, layer),) = data.data, data.files
    if told["type"] != "layer":
        return
    index, painting = int(told["index"]), str(told["id"])
    if not 0 <= index < LAYERS or len(layer) > LAYER_BYTES or len(painting) > LONGEST_ID:
        raise ValueError(f"A painting has {LAYERS} layers of {LAYER_BYTES:,} bytes at most.")
    nothing = EditorDataBlobs(background=None, layers=[None] * LAYERS, composite=None)
    self.blob_storage.setdefault(painting, nothing).layers[index] = layer
    while len(self.blob_storage) > PAINTINGS:
        del self.blob_storage[next(iter(self.blob_storage))]  # the oldest


gr.ImageEditor.accept_blobs = accept_blobs
