"""How TensorFlow and LiteRT behave in a process: without banners, and sharing its GPUs."""

import importlib.abc
import importlib.util
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

WANTED = ("0", "1")  # whoever asks for logs by TF_CPP_MIN_LOG_LEVEL gets them


def keep_tensorflow_quiet() -> None:
    """Silences what TensorFlow logs of itself in this process, from before its first import."""
    if os.environ.get("TF_CPP_MIN_LOG_LEVEL") in WANTED or "tensorflow" in sys.modules:
        return
    # Without it every run on a machine without a GPU begins with an error about CUDA.
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    # Each side of a picture compiles anew, and TensorFlow warns of that; there are few sides.
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    sys.meta_path.insert(0, _QuietImport())


def share_gpus() -> None:
    """Lets TensorFlow take memory of a GPU as it needs it, from before it takes any.

    Else it takes all of it at once, and of two processes the second starves.
    """
    os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")


class _QuietImport(importlib.abc.MetaPathFinder):
    """Imports TensorFlow, once, while the process has no standard error."""

    def find_spec(self, fullname, path=None, target=None):
        if fullname != "tensorflow":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(fullname)
        if spec and spec.loader:
            run = spec.loader.exec_module

            def run_quietly(module):
                with no_standard_error():
                    run(module)

            spec.loader.exec_module = run_quietly
        return spec


@contextmanager
def no_standard_error() -> Iterator[None]:
    """Takes standard error from the whole process for a moment."""
    try:
        kept = os.dup(2)
    except OSError:  # there is none
        yield
        return
    try:
        with Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
