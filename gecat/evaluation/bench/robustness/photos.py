"""Hostile photos: real files of every format, spoiled, and bombs; each drawn from a generator."""

import functools
import io
import struct
import zlib
from collections.abc import Callable

import numpy as np
from PIL import Image, PngImagePlugin

from gecat.images.png import SIGNATURE, chunk
from gecat.images.scenes import draw_scene

SIDE = 96
INTERESTING = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
LARGE = 6900  # a side; its square is what is just taken
MODES = {  # what a format is written in, beside RGB
    "JPEG": ("L", "CMYK"),
    "PNG": ("L", "1", "P", "RGBA", "LA", "I;16"),
    "WEBP": ("RGBA",),
    "AVIF": ("RGBA",),
    "GIF": ("P", "L"),
    "BMP": ("L", "1", "P"),
    "TIFF": ("L", "1", "P", "RGBA", "CMYK", "F", "I;16", "LAB"),
}
PACKINGS = ("tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg", "group3", "group4", "tiff_ccitt")


def draw_photo(seed: int = 0, side: int = SIDE) -> Image.Image:
    """A photo of something; PIL, RGB."""
    return Image.fromarray(draw_scene(seed, side)[0])


def write(image: Image.Image, kind: str, **options: object) -> bytes:
    """Returns the bytes of a file of this format."""
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


@functools.cache
def sound_photos() -> dict[str, bytes]:
    """Files that are sound, one for every format, mode and packing that is read, by a name."""
    photo, exif = draw_photo(), Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "camera"
    profile = bytes(range(256)) * 12
    files = {
        "JPEG": write(photo, "JPEG", exif=exif, icc_profile=profile, comment=b"words"),
        "JPEG progressive": write(photo, "JPEG", progressive=True, subsampling=2),
        "PNG": write(photo, "PNG", exif=exif, icc_profile=profile),
        "WEBP": write(photo, "WEBP", exif=exif.tobytes(), icc_profile=profile),
        "WEBP lossless": write(photo, "WEBP", lossless=True),
        "AVIF": write(photo, "AVIF", exif=exif.tobytes(), speed=10),
        "GIF": write(photo, "GIF"),
        "BMP": write(photo, "BMP"),
        "TIFF": write(photo, "TIFF", exif=exif),
    }
    frames = [draw_photo(number) for number in range(1, 4)]
    for kind in ("GIF", "WEBP", "PNG", "TIFF"):
        files[f"{kind} frames"] = write(photo, kind, save_all=True, append_images=frames)
    for kind, modes in MODES.items():
        for mode in modes:
            files[f"{kind} {mode}"] = write(_in_mode(photo, mode), kind)
    for packing in PACKINGS:
        mode = "1" if packing in ("group3", "group4", "tiff_ccitt") else "RGB"
        files[f"TIFF {packing}"] = write(photo.convert(mode), "TIFF", compression=packing)
    return files


def spoil(data: bytes, rng: np.random.Generator, others: tuple[bytes, ...] = ()) -> bytes:
    """Spoils a file in one to four ways.

    Args:
        data: of the file; rng: that draws the ways; others: files that pieces may come from.
    """
    for _ in range(rng.integers(1, 5)):
        data = SPOILERS[rng.integers(len(SPOILERS))](bytearray(data), rng, others)
    return data


def _in_mode(photo, mode):
    if mode == "I;16":
        return Image.fromarray(np.asarray(photo.convert("L")).astype(np.uint16) * 256)
    return photo.convert("L").convert("F") if mode == "F" else _converted(photo, mode)


def _converted(photo, mode):
    if mode == "LAB":
        return Image.merge("LAB", photo.split())
    return photo.convert(mode)


def _flip(data, rng, _):
    for at in rng.integers(0, max(1, len(data)), rng.integers(1, 16)) if data else ():
        data[at] ^= 1 << rng.integers(8)
    return bytes(data)


def _set_number(data, rng, _):
    """Writes a number that programs stumble over; most of them near the beginning."""
    form = ("B", "<H", ">H", "<I", ">I")[rng.integers(5)]
    size = struct.calcsize(form)
    if len(data) <= size:
        return bytes(data)
    reach = min(len(data) - size, 256) if rng.random() < 0.7 else len(data) - size
    number = INTERESTING[rng.integers(len(INTERESTING))] & (256**size - 1)
    struct.pack_into(form, data, int(rng.integers(reach)) if reach > 0 else 0, number)
    return bytes(data)


def _cut(data, rng, _):
    return bytes(data[: rng.integers(len(data) + 1)])


def _leave_out(data, rng, _):
    start, end = sorted(rng.integers(0, len(data) + 1, 2))
    return bytes(data[:start] + data[min(end, start + 4000) :])


def _repeat(data, rng, _):
    start, end = sorted(rng.integers(0, len(data) + 1, 2))
    piece = data[start : min(end, start + 2000)]
    return bytes(data[:end] + piece * int(rng.integers(1, 30)) + data[end:])


def _splice(data, rng, others):
    if not others:
        return bytes(data)
    other = others[rng.integers(len(others))]
    return bytes(data[: rng.integers(len(data) + 1)]) + other[rng.integers(len(other) + 1) :]


def _noise(data, rng, _):
    start = int(rng.integers(len(data) + 1))
    end = min(len(data), start + int(rng.integers(1, 400)))
    data[start:end] = rng.bytes(end - start)
    return bytes(data)


SPOILERS: tuple[Callable[..., bytes], ...] = (
    _flip,
    _set_number,
    _set_number,
    _cut,
    _leave_out,
    _repeat,
    _splice,
    _noise,
)


def png(
    width: int, height: int, rows: bytes, depth: int = 8, colour: int = 2, *more: bytes
) -> bytes:
    """Returns a PNG of these packed rows, and of further chunks before them, whatever they say."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    body = [chunk(b"IHDR", header), *more, chunk(b"IDAT", rows), chunk(b"IEND", b"")]
    return SIGNATURE + b"".join(body)


@functools.cache
def _zeros(count):
    packer = zlib.compressobj(1)
    parts = [packer.compress(bytes(1_000_000)) for _ in range(count // 1_000_000)]
    return b"".join([*parts, packer.compress(bytes(count % 1_000_000)), packer.flush()])


def _claimed_pixels(rng):
    width, height = (int(side) for side in rng.integers(7_000, 2**31 - 1, 2))
    return png(width, height, _zeros(100_000))


def _thin(rng):
    long = int(rng.choice([8_000_000, 50_000_000, 32_767, 32_768, 40_000]))
    side = (1, long) if rng.random() < 0.5 else (long, 1)
    return png(*side, _zeros(min(2 * long, 60_000_000)), colour=0)


@functools.cache
def _pixels(kind, mode, exif):
    """As many pixels as are taken, in a small file."""
    options = {"exif": _turned()} if exif else {}
    if kind == "TIFF":
        options["compression"] = "tiff_lzw"
    if kind == "AVIF":
        options["speed"] = 10
    return write(Image.new(mode, (LARGE, LARGE)), kind, **options)


def _turned():
    exif = Image.Exif()
    exif[0x0112] = 6
    return exif


def _pixels_that_fit(rng):
    kinds = ("PNG", "JPEG", "WEBP", "TIFF", "GIF", "AVIF", "BMP")
    kind = kinds[rng.integers(len(kinds))]
    mode = {"GIF": "P", "BMP": "1"}.get(kind, ("RGB", "L")[rng.integers(2)])
    return _pixels(kind, mode, kind in ("JPEG", "PNG", "TIFF", "WEBP") and rng.random() < 0.5)


def _png_chunks(rng):
    kinds = (
        b"tEXt",
        b"zTXt",
        b"iTXt",
        b"iCCP",
        b"sRGB",
        b"pHYs",
        b"acTL",
        b"fdAT",
        b"eXIf",
        b"zzzz",
    )
    kind = kinds[rng.integers(len(kinds))]
    bomb = zlib.compress(bytes(int(rng.choice([1_000, 3_000_000]))))
    data = b"name\0\0" + (bomb if rng.random() < 0.5 else rng.bytes(8))
    count = int(rng.choice([1, 300, 20_000]))
    return png(8, 8, _zeros(200), 8, 2, *[chunk(kind, data[: 100_000 // count + 20])] * count)


def _png_frames(rng):
    return _png_of(int(rng.choice([2, 600])))


@functools.cache
def _png_of(count):
    frames = [Image.new("L", (4, 4), number % 256) for number in range(count)]
    return write(frames[0], "PNG", save_all=True, append_images=frames[1:])


@functools.cache
def _gif_of(count, side):
    frames = [Image.new("L", (side, side), number % 256) for number in range(count)]
    return write(frames[0], "GIF", save_all=True, append_images=frames[1:])


def _gif_frames(rng):
    data = bytearray(_gif_of(int(rng.choice([2, 300, 3000])), 2))
    if rng.random() < 0.5:  # the screen is large, the frames are not
        struct.pack_into("<HH", data, 6, *(int(side) for side in rng.integers(1000, 65536, 2)))
    return bytes(data)


def _jpeg_segments(rng):
    photo = sound_photos()["JPEG"]
    marker = bytes([0xFF, int(rng.choice([0xE0, 0xE1, 0xE2, 0xED, 0xFE, 0xC4, 0xDB, 0xDD]))])
    body = (b"Exif\0\0", b"ICC_PROFILE\0\1\1", b"http://ns.adobe.com/xap/1.0/\0", b"")[
        rng.integers(4)
    ] + rng.bytes(int(rng.choice([4, 400, 65_000])))
    segment = marker + struct.pack(">H", len(body) + 2) + body
    return photo[:2] + segment * int(rng.choice([1, 450, 600])) + photo[2:]


def _jpeg_scans(rng):
    data = _progressive(int(rng.choice([64, 2000])))
    last = data.rindex(b"\xff\xda")
    return data[:-2] + data[last:-2] * int(rng.choice([50, 1500])) + data[-2:]


@functools.cache
def _progressive(side):
    return write(Image.new("L", (side, side)), "JPEG", progressive=True)


def _tiff_tags(rng):
    """A TIFF whose directory claims too much, or turns in a circle."""
    data = bytearray(sound_photos()["TIFF group4" if rng.random() < 0.4 else "TIFF"])
    at = struct.unpack_from("<I", data, 4)[0]
    count = struct.unpack_from("<H", data, at)[0]
    way = rng.integers(3)
    if way == 0:  # a tag with a huge count
        struct.pack_into("<I", data, at + 2 + 12 * int(rng.integers(count)) + 4, 0x40000000)
    elif way == 1:  # the next directory is this one
        struct.pack_into("<I", data, at + 2 + 12 * count, at)
    else:  # sides and strips that the file does not fill
        for entry in range(at + 2, at + 2 + 12 * count, 12):
            if struct.unpack_from("<H", data, entry)[0] in (256, 257, 278):
                struct.pack_into("<I", data, entry + 8, int(rng.choice([3000, 30_000, 7000])))
    return bytes(data)


def _polyglot(rng):
    heads = (b"<svg xmlns='http://www.w3.org/2000/svg'>", b"%PDF-1.7\n", b"%!PS\n", b"PK\3\4", b"")
    photos = tuple(sound_photos().values())
    photo = photos[rng.integers(len(photos))]
    head = heads[rng.integers(len(heads))]
    return head + photo if rng.random() < 0.5 else photo + head + rng.bytes(2000)


def _noise_alone(rng):
    heads = (b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"BM", b"II*\0", b"MM\0*")
    riff = (b"RIFF\xff\xff\xff\xffWEBPVP8X", b"\0\0\0\x1cftypavif", b"", b"\x00")
    head = (*heads, *riff)[rng.integers(10)]
    return head + rng.bytes(int(rng.choice([0, 10, 1000, 100_000])))


def _text_bomb(rng):
    return _texts(int(rng.choice([1, 60])))


@functools.cache
def _texts(count):
    info = PngImagePlugin.PngInfo()
    for number in range(count):
        info.add_text(f"key{number}", "x" * 1_000_000, zip=True)
    return write(Image.new("L", (4, 4)), "PNG", pnginfo=info)


BOMBS: dict[str, Callable[[np.random.Generator], bytes]] = {
    "pixels claimed": _claimed_pixels,
    "sides": _thin,
    "chunks": _png_chunks,
    "texts": _text_bomb,
    "frames of GIF": _gif_frames,
    "frames of PNG": _png_frames,
    "segments": _jpeg_segments,
    "scans": _jpeg_scans,
    "directories": _tiff_tags,
    "two formats": _polyglot,
    "noise": _noise_alone,
}
COSTLY: dict[str, Callable[[np.random.Generator], bytes]] = {"pixels that fit": _pixels_that_fit}
COSTLY_SHARE, BOMB_SHARE = 0.01, 0.2


def hostile_photo(rng: np.random.Generator) -> tuple[str, bytes]:
    """Returns (what it is, the bytes of a file)."""
    chance = rng.random()
    if chance < COSTLY_SHARE + BOMB_SHARE:
        bombs = COSTLY if chance < COSTLY_SHARE else BOMBS
        name = list(bombs)[rng.integers(len(bombs))]
        return name, bombs[name](rng)
    photos = sound_photos()
    name = list(photos)[rng.integers(len(photos))]
    return f"spoiled {name.split()[0]}", spoil(photos[name], rng, tuple(photos.values()))
