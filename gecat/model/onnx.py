"""ONNX: a file a network, as tf2onnx makes it of a SavedModel and onnxruntime runs it.

Neither comes with this project; `pip install ".[onnx]"` brings both.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np

from gecat.errors import UserError
from gecat.files import AnyPath

AXES = ("batch", "height", "width")  # as the file calls those of any length


def require_onnx() -> None:
    """Raises a UserError where what makes ONNX files, or what runs them, is not installed."""
    try:
        import onnxruntime  # noqa: F401
        import tf2onnx  # noqa: F401
    except ImportError as error:
        raise UserError("export.no_onnx") from error


def to_onnx(saved_model: AnyPath, signatures: Iterable[str], folder: AnyPath) -> None:
    """Converts signatures of a SavedModel to files that are called by them.

    Args:
        saved_model: its folder; signatures: their names; folder: to be made.
    """
    import tensorflow as tf

    folder = Path(folder)
    folder.mkdir()
    model = tf.saved_model.load(str(saved_model))
    for name in signatures:
        (folder / f"{name}.onnx").write_bytes(_converted(model.signatures[name]))


def run_onnx(folder: AnyPath) -> Callable[..., dict[str, Any]]:
    """Returns what runs a folder's files: from a file's name and its inputs to its outputs."""
    from onnxruntime import InferenceSession

    sessions = {
        path.stem: InferenceSession(path, providers=["CPUExecutionProvider"])
        for path in Path(folder).glob("*.onnx")
    }

    def run(signature, **inputs):
        session = sessions[signature]
        names = [output.name for output in session.get_outputs()]
        return dict(zip(names, session.run(names, inputs), strict=True))

    return run


def _converted(signature):
    import tensorflow as tf
    import tf2onnx

    _, specs = signature.structured_input_signature
    names = sorted(specs)

    def call(*tensors):
        return signature(**dict(zip(names, tensors, strict=True)))

    model, _ = tf2onnx.convert.from_function(
        tf.function(call),
        [specs[name] for name in names],
        custom_op_handlers={"Log1p": (_log1p, [])},  # of the article; tf2onnx 1.17 knows none
    )
    for value in (*model.graph.input, *model.graph.output):
        for axis, size in zip(AXES, value.type.tensor_type.shape.dim, strict=False):
            if size.dim_param:
                size.dim_param = axis
    return model.SerializeToString()


def _log1p(graph, node, *_):
    one = graph.make_const(f"{node.name}_one", np.float32(1.0))
    graph.insert_new_node_on_input(node, "Add", [node.input[0], one.output[0]])
    node.type = "Log"
