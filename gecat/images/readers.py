"""The processes that read strangers' files: a server, and the reader that it forks for each.

`decoding` begins the server by this file's name and asks its readers.
"""

import contextlib
import os
import signal
import socket
import sys
from dataclasses import astuple
from pathlib import Path

import numpy as np

from gecat.errors import ImageError, UserError
from gecat.images import reading, sources
from gecat.images.limits import Limits
from gecat.images.messages import fill, receive, send

MAPPED_BYTES = 500_000_000  # that are not taken but only mapped: arrays, and stacks of threads
READERS_OF = {
    "image": reading.read_image,
    "first": reading.read_first,
    "mask": reading.read_mask,
    "opacity": reading.read_opacity,
}


def serve(control: socket.socket, memory: int, seconds: float) -> None:
    """Forks a reader for every socket that comes, until nobody is left who could send one.

    Args:
        control: the socket that they come by.
        memory: bytes that a reader may take; seconds: of the processor, for one answer.
    """
    from PIL import Image

    Image.init()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever asks
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for readers
    while True:
        _, sockets, _, _ = socket.recv_fds(control, 1, 1)
        if not sockets:
            return
        if os.fork() == 0:
            control.close()
            with socket.socket(fileno=sockets[0]) as connection:
                _read_for(connection, memory, seconds)
            os._exit(0)
        os.close(sockets[0])


def _read_for(connection, memory, seconds):
    """Answers one who asks, within limits, until he has gone."""
    import resource

    pages = [int(field) for field in Path("/proc/self/statm").read_text().split()]
    mapped, taken = pages[0] * resource.getpagesize(), pages[5] * resource.getpagesize()
    for kind, most in (
        (resource.RLIMIT_AS, mapped + memory + MAPPED_BYTES),
        (resource.RLIMIT_DATA, taken + memory),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        resource.setrlimit(kind, (most, most))
    with contextlib.ExitStack() as opened:
        members = None
        while True:
            signal.setitimer(signal.ITIMER_PROF, seconds)  # it ends the process
            try:
                request = receive(connection)
                data = bytes(fill(connection, bytearray(request.get("bytes", 0))))
            except (OSError, ValueError):
                return
            try:
                if request["do"] == "open":
                    source = sources.open_source(request["source"], size=0)
                    members = opened.enter_context(source)
                answer = _answer(request, data, members)
            except UserError as error:
                answer = {"error": error.to_dict()}
            except MemoryError:
                answer = {"error": ImageError("image.too_costly").to_dict()}
            more = {}
            if isinstance(answer, tuple) and isinstance(answer[0], np.ndarray):
                answer, more["more"] = answer
            if isinstance(answer, np.ndarray):
                array = np.ascontiguousarray(answer)
                send(connection, {"shape": array.shape, **more}, memoryview(array).cast("B"))
            else:
                send(connection, answer if isinstance(answer, dict) else {"value": answer})


def _answer(request, data, members):
    if request["do"] in READERS_OF:
        return READERS_OF[request["do"]](data or request["path"], Limits(*request["limits"]))
    if request["do"] == "open":
        return {"value": {"found": astuple(sources.found_in(members))}}
    member = members[request["index"]]
    if request["do"] == "name":
        return member.name, member.read_mask is not None
    return member.read_mask() if request["do"] == "member mask" else member.read()


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])), int(sys.argv[2]), float(sys.argv[3]))
