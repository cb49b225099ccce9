"""Hostile archives, arrays and weights; each drawn from a generator."""

import functools
import io
import json
import struct
import zipfile
from collections.abc import Callable

import numpy as np

from gecat.evaluation.bench.robustness.photos import (
    hostile_photo,
    sound_photos,
    spoil,
)

MARK = "escaped-from-its-folder"  # in the name of whatever must not be written
OUTWARDS = (
    "../{}",
    "../../../../../../tmp/{}",
    "/tmp/{}",
    "images/../../{}",
    "..\\..\\{}",
    "C:\\{}",
    "\\\\server\\{}",
    "/proc/self/cwd/{}",
    "images/..",
    "~/{}",
    "{}\0.png",
    "./.././{}",
)
LINK = 0o120777 << 16
MANY = 100_000
UNPACKED = 300_000_000


def packed(members: list[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Returns an archive of (name, bytes)."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, data in members:
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return stream.getvalue()


@functools.cache
def sound_archive() -> bytes:
    """An archive of photos with masks."""
    photos = [(f"images/{name}.x", data) for name, data in sound_photos().items()]
    masks = [(f"masks/{name}.x", sound_photos()["PNG L"]) for name in list(sound_photos())[:4]]
    return packed(photos + masks)


def _spoiled(rng):
    return spoil(sound_archive(), rng)


def _spoiled_directory(rng):
    """What the directory says is spoiled, not what is packed."""
    data = sound_archive()
    at = data.index(b"PK\1\2")
    return data[:at] + spoil(data[at:], rng)


def _of_hostile_photos(rng):
    members = [(f"{number}.png", hostile_photo(rng)[1]) for number in range(12)]
    return packed(members)


@functools.cache
def _ratio(count):
    return packed([(f"{number}.png", bytes(UNPACKED // count)) for number in range(count)])


def _ratio_of(rng):
    return _ratio(int(rng.choice([1, 40])))


@functools.cache
def _nested(levels):
    data = sound_archive()
    for level in range(levels):
        data = packed([(f"{level}.zip", data), ("a.png", sound_photos()["PNG"])])
    return data


def _nested_of(rng):
    return _nested(int(rng.choice([1, 10, 50])))


@functools.cache
def _many(count):
    return packed([(f"{number:x}", b"") for number in range(count)], zipfile.ZIP_STORED)


def _many_of(rng):
    return _many(MANY + int(rng.integers(2)))


def _outwards(rng):
    name = OUTWARDS[rng.integers(len(OUTWARDS))].format(MARK)
    photos = [(f"{number}.png", sound_photos()["PNG"]) for number in range(8)]
    return packed([*photos, (name, sound_photos()["PNG"])])


def _links(rng):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for number in range(8):
            link = zipfile.ZipInfo(f"{number}.png")
            link.create_system, link.external_attr = 3, LINK
            archive.writestr(link, f"/tmp/{MARK}" if rng.random() < 0.5 else "/etc/passwd")
        behind = zipfile.ZipInfo("0.png/" + MARK)
        archive.writestr(behind, sound_photos()["PNG"])
    return stream.getvalue()


def _duplicates_of(rng):
    return _duplicates(int(rng.choice([2, 300])))


@functools.cache
def _duplicates(count):
    data = packed([(f"{number:06d}.png", sound_photos()["PNG"]) for number in range(count)])
    for number in range(count):  # equal in the directory, the headers or both
        data = data.replace(b"%06d.png" % number, b"000000.png")
    return data


def _with_flag(rng):
    """Members that are encrypted, or of a packing that few know."""
    data = bytearray(packed([(f"{number}.png", sound_photos()["PNG"]) for number in range(9)]))
    locked = rng.random() < 0.5
    value = 1 if locked else int(rng.choice([1, 6, 9, 12, 14, 93, 95, 99, 65535]))
    for signature, flag in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        at = data.find(signature)
        while at >= 0:
            struct.pack_into("<H", data, at + flag + (0 if locked else 2), value)
            at = data.find(signature, at + 4)
    return bytes(data)


def _nameless(rng):
    data = packed([("a", sound_photos()["PNG"]), ("b.png", sound_photos()["PNG"])])
    at = data.index(b"PK\1\2")
    out = bytearray(data)
    struct.pack_into("<H", out, at + 28, 0 if rng.random() < 0.7 else 0xFFFF)
    return bytes(out)


def _tight_of(rng):
    return _tight((zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)[rng.integers(2)])


@functools.cache
def _tight(method):
    return packed([(f"{number}.png", bytes(20_000_000)) for number in range(2)], method)


def _overlapping_of(rng):
    return _overlapping(int(rng.choice([20, 500])))


@functools.cache
def _overlapping(count):
    """Each entry of the directory names the same member, which is large."""
    data = _ratio(1)
    at, end = data.index(b"PK\1\2"), data.index(b"PK\5\6")
    entry, tail = data[at:end], bytearray(data[end:])
    struct.pack_into("<HHI", tail, 8, count, count, count * len(entry))
    return data[:at] + entry * count + bytes(tail)


ARCHIVES: dict[str, Callable[[np.random.Generator], bytes]] = {
    "spoiled archive": _spoiled,
    "spoiled directory": _spoiled_directory,
    "hostile photos": _of_hostile_photos,
    "ratio": _ratio_of,
    "nesting": _nested_of,
    "traversal": _outwards,
    "links": _links,
    "duplicates": _duplicates_of,
    "encryption": _with_flag,
    "nameless": _nameless,
    "packings": _tight_of,
    "overlap": _overlapping_of,
}
MANY_SHARE = 0.01  # of archives have 100,000 members, or one more


def hostile_archive(rng: np.random.Generator) -> tuple[str, bytes]:
    """Returns (what it is, the bytes of a .zip)."""
    if rng.random() < MANY_SHARE:
        return "100,000 members", _many_of(rng)
    name = list(ARCHIVES)[rng.integers(len(ARCHIVES))]
    return name, ARCHIVES[name](rng)


@functools.cache
def sound_arrays() -> tuple[bytes, ...]:
    """Files of arrays of every kind that is read."""
    photos = np.random.default_rng(0).integers(0, 256, (9, 16, 16, 3), np.uint8)
    kinds = (
        photos,
        photos.astype(np.float32) / 255,
        photos.astype(np.float16) / 127.5 - 1,
        np.asfortranarray(photos.astype(np.float64)),
    )
    return tuple(map(_array, kinds))


def _array(values):
    stream = io.BytesIO()
    np.lib.format.write_array(stream, values)
    return stream.getvalue()


SHAPES = (
    "(1000000000, 1000, 1000, 3)",
    "(-1, 8, 8, 3)",
    "(0, 8, 8, 3)",
    "(9, 8, 8, 3, 0)",
    "(9223372036854775807, 2, 2, 3)",
    "(1, 1, 99999999999999999999, 3)",
    "(100001, 1, 1, 3)",
    "(True, 8, 8, 3)",
    "(1.5, 8, 8, 3)",
    "[9, 8, 8, 3]",
    "(1, 8000, 8000, 3)",
    "(1, 1, 50000000, 3)",
)
TYPES = ("'|O'", "'<f8'", "'|u1'", "'<U9'", "'<c16'", "'>f2'", "'<M8'", "[('a', '|O')]", "'|V3'")
WORDS = (
    "{",
    "{}",
    "(" * 5000,
    "[" * 200 + "]" * 200,
    "__import__('os').system('touch /tmp/" + MARK + "')",
    "{'descr': '|u1', 'fortran_order': False}",
    "9" * 9000,
    "'\\x00'",
    "{'a': " * 90 + "1" + "}" * 90,
)


def _header(rng):
    shape, kind = SHAPES[rng.integers(len(SHAPES))], TYPES[rng.integers(len(TYPES))]
    text = f"{{'descr': {kind}, 'fortran_order': {rng.random() < 0.5}, 'shape': {shape}, }}"
    return _with_header(text if rng.random() < 0.7 else WORDS[rng.integers(len(WORDS))], rng)


def _with_header(text, rng):
    version = int(rng.choice([1, 2, 3, 9]))
    length = struct.pack("<H" if version == 1 else "<I", len(text) + 1)
    body = rng.bytes(int(rng.choice([0, 1728, 100_000])))
    return b"\x93NUMPY" + bytes([version, 0]) + length + text.encode() + b"\n" + body


def _values(rng):
    fills = (np.nan, np.inf, -np.inf, 1e38, -3.0, 256.0)
    values = np.zeros((9, 8, 8, 3), np.float32)
    values[rng.integers(9)] = fills[rng.integers(len(fills))]
    return _array(values)


def hostile_array(rng: np.random.Generator) -> tuple[str, bytes]:
    """Returns (what it is, the bytes of a .npy)."""
    chance = rng.random()
    if chance < 0.5:
        return "array's header", _header(rng)
    if chance < 0.6:
        return "array's values", _values(rng)
    sound = sound_arrays()
    return "spoiled array", spoil(sound[rng.integers(len(sound))], rng)


SETTINGS = {
    "generator_widths": ([10**9], [], [-1, 16], "8,16", [8, 16, 32, 64, 128, 256, 512, 1024]),
    "discriminator_widths": ([10**6, 10**6], [0], None),
    "size": (0, -64, 10**9, 1.5, "64", None),
    "architecture": ("nothing", 3, ["unet"], "article"),
    "preset": ("nothing", None),
    MARK: (1,),
}


def hostile_weights(rng: np.random.Generator, sound: bytes) -> tuple[str, bytes]:
    """Returns (what it is, the bytes of a .safetensors), made from a file that is sound."""
    chance = rng.random()
    if chance < 0.4:
        return "spoiled weights", spoil(sound, rng)
    length = struct.unpack_from("<Q", sound)[0]
    header, numbers = sound[8 : 8 + length], sound[8 + length :]
    if chance < 0.6:
        return "weights' header", _weights(spoil(header, rng), numbers)
    told = json.loads(header)
    if chance < 0.8:
        described = json.loads(told["__metadata__"]["gecat"])
        name = list(SETTINGS)[rng.integers(len(SETTINGS))]
        described["config"][name] = SETTINGS[name][rng.integers(len(SETTINGS[name]))]
        told["__metadata__"]["gecat"] = json.dumps(described)
        return "weights' settings", _weights(json.dumps(told).encode(), numbers)
    names = [name for name in told if name != "__metadata__"]
    one = told[names[rng.integers(len(names))]]
    way = rng.integers(4)
    if way == 0:
        one["shape"] = [2**40, 2**40] if rng.random() < 0.5 else [-1]
    elif way == 1:
        one["data_offsets"] = [0, 2**62]
    elif way == 2:
        one["dtype"] = ("F64", "BF16", "I64", "BOOL", "F4")[rng.integers(5)]
    else:
        spoiled = np.frombuffer(numbers[: len(numbers) // 4 * 4], np.float32).copy()
        spoiled[rng.integers(len(spoiled))] = np.nan
        numbers = spoiled.tobytes()
    return "weights' arrays", _weights(json.dumps(told).encode(), numbers)


def _weights(header, numbers):
    return struct.pack("<Q", len(header)) + header + numbers
