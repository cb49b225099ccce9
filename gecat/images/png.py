"""PNG files, chunk by chunk.

Of those that come, chunks that say nothing of their pixels are left out: many writers damage them.
"""

import struct
import zlib

SIGNATURE = b"\x89PNG\r\n\x1a\n"
# Beside the critical ones: transparency, profile and orientation, where they are whole.
KEPT = (b"tRNS", b"iCCP", b"eXIf")
MOST_KEPT = 1_000_000  # bytes of such a chunk unpacked, as far as Pillow goes


def without_metadata(data: bytes) -> bytes:
    """Leaves out what is neither critical nor whole and needed.

    Args:
        data: bytes of a PNG file.

    Returns:
        bytes; up to where they are no chunks any more.
    """
    kept, at = [SIGNATURE], len(SIGNATURE)
    while at + 12 <= len(data):
        end = at + 12 + int.from_bytes(data[at : at + 4])
        name = data[at + 4 : at + 8]
        critical = not name[:1].islower()
        if critical or (name in KEPT and _is_whole(name, data[at + 4 : end])):
            kept.append(data[at:end])
        at = end
    return b"".join(kept)


def chunk(name: bytes, data: bytes) -> bytes:
    """Returns a chunk of a PNG file: length, name (4 bytes), data and checksum."""
    checksum = zlib.crc32(data, zlib.crc32(name))
    return struct.pack("!I", len(data)) + name + data + struct.pack("!I", checksum)


def _is_whole(name, rest):
    body, checksum = rest[4:-4], rest[-4:]
    if not body or zlib.crc32(rest[:-4]) != int.from_bytes(checksum):
        return False
    if name != b"iCCP":
        return True
    packed = body.partition(b"\0")[2][1:]
    unpacking = zlib.decompressobj()
    try:
        unpacking.decompress(packed, MOST_KEPT)
    except zlib.error:
        return False
    return unpacking.eof
