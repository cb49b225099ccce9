"""What goes between this process and those that read for it: a line of JSON, then bytes."""

import json
import socket
import struct
from typing import Any

LONGEST_LINE = 1_000_000  # bytes; a member's name may have 65,535


def send(connection: socket.socket, message: Any, data: bytes | memoryview = b"") -> None:
    """Sends what JSON can hold, and the bytes of an array after it.

    Args:
        connection: a socket; message: what JSON can hold; data: bytes, or a memoryview.

    Raises:
        OSError: where the other side has gone.
    """
    line = json.dumps(message).encode()
    connection.sendall(struct.pack("!I", len(line)) + line)
    if len(data):  # whoever has read the line may be gone, and even nothing cannot be sent to him
        connection.sendall(data)


def receive(connection: socket.socket) -> Any:
    """Returns the message that comes; bytes after it are left to `fill`.

    Raises:
        OSError: where the other side has ended; ValueError: for what is no message, or too long.
    """
    (length,) = struct.unpack("!I", fill(connection, bytearray(4)))
    if length > LONGEST_LINE:
        raise ValueError(f"too long a line, received {length} bytes")
    return json.loads(bytes(fill(connection, bytearray(length))))


def fill(connection: socket.socket, buffer: bytearray | memoryview) -> bytearray | memoryview:
    """Fills a writable buffer with the bytes that come, and returns it.

    Raises:
        ConnectionError: where the other side has ended.
    """
    left = memoryview(buffer)
    while left:
        count = connection.recv_into(left)
        if not count:
            raise ConnectionError("the other side has ended")
        left = left[count:]
    return buffer
