"""ICC profiles, written by hand (ICC.1:2001-04), so that no picture with one need be committed."""

import struct

import numpy as np

D50 = (0.9642, 1.0, 0.8249)
# The columns of each matrix from linear colours to XYZ at D50, as its specification gives them.
DISPLAY_P3 = ((0.5151, 0.2412, -0.0011), (0.2920, 0.6922, 0.0419), (0.1571, 0.0666, 0.7841))
ADOBE_RGB = ((0.6097, 0.3111, 0.0195), (0.2053, 0.6257, 0.0609), (0.1492, 0.0632, 0.7446))
PROPHOTO = ((0.7977, 0.2880, 0.0), (0.1352, 0.7119, 0.0), (0.0313, 0.0001, 0.8249))


def rgb_profile(columns=DISPLAY_P3, gamma=2.2):
    """A display's profile: a matrix and one curve."""
    tags = {
        name + b"XYZ": _xyz(column)
        for name, column in zip((b"r", b"g", b"b"), columns, strict=True)
    }
    return _profile(b"mntr", b"RGB ", b"XYZ ", tags | _curves(b"rgb", gamma))


def grey_profile(gamma=1.0):
    """A profile of greys: one curve."""
    return _profile(b"mntr", b"GRAY", b"XYZ ", _curves(b"k", gamma))


def cmyk_profile(black=0.2):
    """A printer's profile: a table of sixteen inks; `black` is the lightness of full ink."""
    table = []
    for inks in np.ndindex(2, 2, 2, 2):
        cyan, magenta, yellow, key = inks
        light = (1.0 - 0.2 * (cyan + magenta + yellow)) * (black if key else 1.0)
        a = 128 + 70 * (magenta - cyan) * (1 - key)
        b = 128 + 70 * (yellow - 0.5 * cyan - 0.5 * magenta) * (1 - key)
        table += [round(255 * light), round(a), round(b)]
    line = bytes(range(256))
    identity = np.eye(3).ravel()
    lut = (
        b"mft1"
        + bytes(4)
        + bytes([4, 3, 2, 0])
        + b"".join(_fixed(value) for value in identity)
        + line * 4
        + bytes(table)
        + line * 3
    )
    return _profile(b"prtr", b"CMYK", b"Lab ", {b"A2B0": lut})


def _profile(kind, space, connection, tags):
    tags = {
        b"desc": b"desc" + bytes(4) + struct.pack(">I", 6) + b"drawn\0" + bytes(78),
        b"cprt": b"text" + bytes(4) + b"none\0",
        b"wtpt": _xyz(D50),
        **tags,
    }
    place, directory, body = 128 + 4 + 12 * len(tags), b"", b""
    for name, data in tags.items():
        directory += name + struct.pack(">II", place + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    header = (
        struct.pack(">I4sI", place + len(body), b"none", 0x02100000)
        + kind
        + space
        + connection
        + struct.pack(">6H", 2026, 1, 1, 0, 0, 0)
        + b"acsp"
        + bytes(28)
        + b"".join(map(_fixed, D50))
    )
    return header.ljust(128, b"\0") + struct.pack(">I", len(tags)) + directory + body


def _curves(letters, gamma):
    curve = b"curv" + bytes(4) + struct.pack(">IH", 1, round(gamma * 256))
    return {bytes([letter]) + b"TRC": curve for letter in letters}


def _xyz(values):
    return b"XYZ " + bytes(4) + b"".join(map(_fixed, values))


def _fixed(value):
    return struct.pack(">i", round(value * 65536))
