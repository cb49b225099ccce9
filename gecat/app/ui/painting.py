"""Painting on a photo: the editor, the mask that was painted, and what a browser may send of it.

Gradio's own `gr.ImageEditor` keeps every part of every picture for ever, at whatever index it is
told: one request for layer 100,000,000 made a list of 0.8 GB. Its method is replaced, since Gradio
writes a file of types beside the source of every subclass.
"""

import gradio as gr
import numpy as np
from gradio.components.base import server
from gradio.components.image_editor import EditorDataBlobs

from gecat.app.ui.uploads import uploaded_path
from gecat.images.decoding import read_opacity
from gecat.images.reading import Limits
from gecat.images.sizes import resized

LAYERS = 2  # of one painting
PAINTINGS = 32  # sent, and not looked at yet
LAYER_BYTES = 2_000_000
LONGEST_ID = 64
PAINTED = 24  # opacity from which a pixel counts as painted, of 255
LAYER = Limits(max_bytes=LAYER_BYTES, max_pixels=4_000_000)


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


def painting_canvas(label, height, name):
    """The editor to paint a mask with: one colour, one layer, a brush and an eraser.

    Args:
        label: what it says; height: in CSS pixels; name: of the element.
    """
    return gr.ImageEditor(
        label=label,
        sources=[],
        transforms=[],
        layers=False,
        buttons=[],
        brush=gr.Brush(colors=["#0f766e"], color_mode="fixed", default_size=28),
        eraser=gr.Eraser(default_size=28),
        format="png",
        height=height,
        elem_id=name,
    )


def painted_mask(payload, blobs, shape):
    """The mask that was painted.

    Args:
        payload, blobs: as `painted_layer` takes them.
        shape: (H, W, ...) of the photo.

    Returns:
        float32 (H, W) of 0 and 1, or None where nothing was painted.
    """
    layer = painted_layer(payload, blobs)
    if layer is None:
        return None
    painted = resized((layer >= PAINTED).astype(np.float32), *shape[:2])
    return np.float32(painted > 0.5) if (painted > 0.5).any() else None


def painted_layer(payload, blobs):
    """Where an editor's picture was painted.

    Gradio's own reader would open a picture of any size, so the editor hands its payload over raw.

    Args:
        payload: dict of a gr.ImageEditor, or None.
        blobs: the editor's `blob_storage`, where the browser's uploads wait.

    Returns:
        uint8 opacity (H, W), or None where there is no layer.

    Raises:
        ImageError: if the layer is too large, or no picture.
    """
    payload = payload or {}
    sent = blobs.pop(payload["id"], None) if payload.get("id") else None
    if sent is not None:
        layers = [layer for layer in sent.layers or [] if layer]
    else:
        layers = [uploaded_path(layer) for layer in payload.get("layers") or [] if layer]
    return read_opacity(layers[0], LAYER) if layers else None


def fresh_canvas(image, *layers):
    """The editor with a photo, and layers on it; its canvas has the photo's size."""
    height, width = image.shape[:2]
    value = {"background": image, "layers": list(layers), "composite": None}
    return gr.ImageEditor(value=value, canvas_size=(width, height))
