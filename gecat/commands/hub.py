"""`gecat hub`: weights to and from a model's repository on the Hugging Face Hub.

It is the operator's command: nobody who visits the app makes it ask anybody for anything.
"""

import argparse
import contextlib
import os
import tempfile
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from gecat.errors import Status, UserError
from gecat.files import write_atomically
from gecat.model.weights import load_config

if TYPE_CHECKING:
    from huggingface_hub import HfApi

BESIDE = (".scale.json", ".md")  # of the same name: the scores' scale, the model card
NAME = "base.safetensors"  # in the repository, unless another is given


def register(commands: argparse._SubParsersAction) -> None:
    """Adds `hub` to the parser's commands."""
    parser = commands.add_parser("hub", help="load weights from the Hugging Face Hub, or send them")
    ways = parser.add_subparsers(dest="way", required=True, metavar="pull|push")
    pull = ways.add_parser("pull", help="load weights, and what lies beside them")
    pull.add_argument("repository", metavar="OWNER/NAME")
    pull.add_argument("--out", required=True, metavar="FILE", help="a .safetensors file to write")
    pull.add_argument("--revision", metavar="NAME", help="a branch, tag or commit")
    pull.set_defaults(run=run_pull)
    push = ways.add_parser("push", help="send weights; the token is in HF_TOKEN, or of `hf auth`")
    push.add_argument("repository", metavar="OWNER/NAME")
    push.add_argument("--weights", required=True, metavar="FILE", help="what to send")
    push.add_argument("--private", action="store_true", help="where the repository is a new one")
    push.set_defaults(run=run_push)
    for way in (pull, push):
        way.add_argument("--file", default=NAME, metavar="NAME", help="default: %(default)s")


def run_pull(options: Namespace) -> Status:
    """Loads weights; nothing takes a file's place that is no weights file."""
    from huggingface_hub.errors import RemoteEntryNotFoundError

    out = Path(options.out)
    with tempfile.TemporaryDirectory() as folder, _told(options.repository):
        for name, target in _files(options.file, out).items():
            try:
                path = _hub().hf_hub_download(
                    options.repository, name, revision=options.revision, local_dir=folder
                )
            except RemoteEntryNotFoundError:
                if target == out:
                    raise
                continue
            if target == out:
                load_config(path)
            out.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(target, Path(path).read_bytes())
            print(f"loaded {target}")
    return Status.DONE


def run_push(options: Namespace) -> Status:
    """Sends weights, and what lies beside them, in one commit."""
    from huggingface_hub import CommitOperationAdd

    weights = Path(options.weights)
    load_config(weights)
    sent = {name: path for name, path in _files(options.file, weights).items() if path.is_file()}
    with _told(options.repository):
        _hub().create_repo(options.repository, private=options.private, exist_ok=True)
        told = _hub().create_commit(
            options.repository,
            [CommitOperationAdd(name, path) for name, path in sent.items()],
            commit_message=f"Weights of GEC-AT: {weights.name}",
        )
    print(f"sent {', '.join(sent)}: {told.commit_url}")
    return Status.DONE


def _files(name: str, weights: Path) -> dict[str, Path]:
    """From the names in a repository to the files here: the weights, and what lies beside them."""
    beside = {str(Path(name).with_suffix(end)): weights.with_suffix(end) for end in BESIDE}
    return {name: weights, **beside}


def _hub() -> "HfApi":
    from huggingface_hub import HfApi

    return HfApi(endpoint=os.environ.get("HF_ENDPOINT"), library_name="gecat")


@contextlib.contextmanager
def _told(repository: str) -> Iterator[None]:
    """Tells in words what the Hub refuses, and that it is not reached."""
    from huggingface_hub.errors import HFValidationError

    try:
        yield
    except HFValidationError as error:
        raise UserError("hub.name", received=repository) from error
    except UserError:
        raise
    except Exception as error:
        status = _status(error)
        if status is not None:
            raise UserError("hub.refused", status=status, received=repository) from error
        # Which package of that family its client is built on depends on the client's version.
        if type(error).__module__.startswith("httpx") or isinstance(error, OSError):
            raise UserError("hub.unreachable", received=repository) from error
        raise


def _status(error: BaseException | None) -> int | None:
    """The status of the answer that led to an error; its client hides it behind others."""
    while error is not None:
        response = getattr(error, "response", None)
        if response is not None:
            return int(response.status_code)
        error = error.__cause__
    return None
