import io
import os
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from gecat.errors import ImageError
from gecat.images import decoding
from gecat.images.limits import Limits, allow_megapixels, limits_in_use
from gecat.images.reading import read_first, read_image, read_mask

LOSSLESS = ("PNG", "BMP", "TIFF")
LOSSY = ("JPEG", "WEBP", "AVIF", "GIF")
OTHER_KINDS = {
    b'<svg xmlns="http://www.w3.org/2000/svg"/>': "an SVG drawing",
    b'<?xml version="1.0"?>\n<!-- made by hand -->\n<svg/>': "an SVG drawing",
    b"\x00\x00\x00\x18ftypisom\x00\x00\x00\x00": "a video",
    b"%PDF-1.7\n": "a PDF document",
    b"PK\x03\x04" + bytes(30): "a ZIP archive or an office document",
    b"<!DOCTYPE html><html></html>": "a web page",
    b"8BPS\x00\x01": "a Photoshop document",
    b"\x93NUMPY\x01\x00": "a NumPy array",
    "Liebe Grüße".encode(): "text",
    b"\x00\x01\x02\x03" * 8: "32 bytes of an unknown kind",
}


def _picture(height=40, width=60):
    y, x = np.mgrid[0:height, 0:width]
    return np.stack([x * 4, y * 6, np.full_like(x, 90)], axis=-1).astype(np.uint8)


def _encoded(image, kind, **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def _png_that_claims(width, height):
    def chunk(name, data):
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(1000))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("kind", LOSSLESS)
def test_lossless_kinds_come_back_to_the_pixel(kind):
    picture = _picture()

    np.testing.assert_array_equal(read_image(_encoded(Image.fromarray(picture), kind)), picture)


@pytest.mark.parametrize("kind", LOSSY)
def test_lossy_kinds_come_back_nearly(kind):
    picture = _picture()

    image = read_image(_encoded(Image.fromarray(picture), kind))

    assert image.dtype == np.uint8
    assert np.abs(image.astype(int) - picture).mean() < 8


def test_every_kind_of_source_gives_the_same(tmp_path):
    picture = _picture()
    data = _encoded(Image.fromarray(picture), "PNG")
    path = tmp_path / "photo.jpg"  # the content decides, not the name
    path.write_bytes(data)
    sources = (path, str(path), data, bytearray(data), io.BytesIO(data), Image.fromarray(picture))

    for source in (*sources, picture):
        np.testing.assert_array_equal(read_image(source), picture)


def test_what_is_read_is_the_callers_own():
    picture = _picture()

    read_image(picture)[:] = 0

    assert picture.any()


@pytest.mark.parametrize("shape", [(3, 4), (3, 4, 1), (3, 4, 3), (3, 4, 4)])
def test_arrays_of_every_accepted_shape(shape):
    array = np.full(shape, 200, np.uint8)
    array[..., -1] = 255 if shape[-1] == 4 and len(shape) == 3 else array[..., -1]

    image = read_image(array)

    assert image.shape == (3, 4, 3)
    assert (image == 200).all()


@pytest.mark.parametrize(
    "array",
    [
        np.zeros((4, 5)),
        np.zeros((4, 5, 2), np.uint8),
        np.zeros((1, 4, 5, 3), np.uint8),
        np.zeros(5, np.uint8),
        np.zeros((0, 5, 3), np.uint8),
    ],
)
def test_other_arrays_are_refused_with_their_shape(array):
    with pytest.raises(ImageError) as error:
        read_image(array)

    assert str(array.shape) in str(error.value)


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "PA", "RGBA", "CMYK", "YCbCr"])
def test_pictures_of_every_mode_become_rgb(mode):
    grey = Image.fromarray(np.full((6, 7), 255, np.uint8))
    through = grey.convert("L") if mode in ("1", "LA", "PA") else grey.convert("RGB")
    source = through.convert("P").convert("PA") if mode == "PA" else through.convert(mode)

    image = read_image(source)

    assert image.shape == (6, 7, 3)
    assert (image > 250).all()


def test_a_cmyk_jpeg_keeps_its_colours():
    red = Image.new("RGB", (16, 16), (230, 30, 30))

    image = read_image(_encoded(red.convert("CMYK"), "JPEG"))

    assert np.abs(image.astype(int) - (230, 30, 30)).max() < 12


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "AVIF"])
def test_transparent_pixels_are_laid_on_white(kind):
    picture = np.zeros((20, 20, 4), np.uint8)
    picture[:10] = (0, 0, 255, 255)
    picture[10:, :10, 3] = 128

    options = {"lossless": True} if kind == "WEBP" else {"quality": 100} if kind == "AVIF" else {}
    image = read_image(_encoded(Image.fromarray(picture), kind, **options)).astype(int)

    np.testing.assert_allclose(image[2, 2], (0, 0, 255), atol=6)
    np.testing.assert_allclose(image[15, 5], (127, 127, 127), atol=6)
    np.testing.assert_allclose(image[15, 15], (255, 255, 255), atol=6)


def test_a_transparent_palette_colour_is_laid_on_white():
    picture = Image.new("P", (8, 8), 1)
    picture.putpalette([10, 20, 30, 200, 0, 0])
    picture.paste(0, (0, 0, 4, 8))

    for kind in ("PNG", "GIF"):
        image = read_image(_encoded(picture, kind, transparency=0))
        assert image[0, 0].tolist() == [255, 255, 255]
        assert image[0, 7].tolist() == [200, 0, 0]


@pytest.mark.parametrize(
    ("kind", "dtype"),
    [("PNG", np.uint16), ("TIFF", np.uint16), ("TIFF", np.int32), ("TIFF", np.float32)],
)
def test_greys_of_more_than_8_bits_are_scaled(kind, dtype):
    ramp = np.linspace(0, 65535, 256).reshape(16, 16).astype(dtype)

    image = read_image(_encoded(Image.fromarray(ramp), kind))

    np.testing.assert_allclose(image[..., 0].ravel(), np.arange(256), atol=1)


def _tiff(values, photometric, sample_format):
    """A TIFF of one strip: Pillow writes neither unsigned 32 bits nor white as 0."""
    raw = values.tobytes()
    tags = {256: values.shape[1], 257: values.shape[0], 258: values.itemsize * 8, 259: 1}
    tags |= {262: photometric, 273: 8, 277: 1, 278: values.shape[0], 279: len(raw)}
    tags |= {339: sample_format}
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags.items())
    directory = struct.pack("<H", len(tags)) + entries + bytes(4)
    return b"II*\0" + struct.pack("<I", 8 + len(raw)) + raw + directory


@pytest.mark.parametrize(
    ("dtype", "photometric", "sample_format", "low", "high"),
    [
        ("<u2", 1, 1, 0, 2**16 - 1),
        ("<u2", 0, 1, 2**16 - 1, 0),
        ("<i2", 1, 2, -(2**15), 2**15 - 1),
        ("<u4", 1, 1, 0, 2**32 - 1),
        ("<i4", 1, 2, 0, 2**31 - 1),
        ("<f4", 0, 3, 1, 0),
    ],
)
def test_deep_greys_keep_their_meaning(dtype, photometric, sample_format, low, high):
    ramp = np.linspace(low, high, 16)[None].astype(dtype)

    image = read_image(_tiff(ramp, photometric, sample_format))

    np.testing.assert_allclose(image[0, :, 0], np.linspace(0, 255, 16), atol=1)


def test_a_dark_png_of_16_bits_stays_dark():
    dark = np.linspace(0, 2570, 64).reshape(8, 8).astype(np.uint16)

    assert read_image(_encoded(Image.fromarray(dark), "PNG")).max() == 10


def test_a_second_frame_that_is_damaged_costs_the_first_nothing():
    first, second = (Image.new("RGB", (12, 10), colour) for colour in ("red", "blue"))
    data = _encoded(first, "GIF", save_all=True, append_images=[second])

    photo, more = read_first(data[:-15])

    assert photo[5, 5].tolist() == [255, 0, 0]
    assert more


def test_a_16_bit_colour_png_is_scaled():
    header = struct.pack(">IIBBBBB", 1, 1, 16, 2, 0, 0, 0)
    row = b"\x00" + struct.pack(">HHH", 65535, 32896, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(row)), (b"IEND", b""))
    data = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in chunks
    )

    assert read_image(data).tolist() == [[[255, 128, 0]]]


def test_twelve_bits_in_sixteen_are_not_left_black():
    ramp = np.linspace(0, 4095, 64).reshape(8, 8).astype(np.uint16)

    assert read_image(_encoded(Image.fromarray(ramp), "TIFF")).max() == 255


def test_floats_in_0_to_1_and_floats_that_are_no_numbers():
    values = np.array([[0.0, 0.5, 1.0], [np.nan, np.inf, 0.25]], np.float32)

    image = read_image(_encoded(Image.fromarray(values), "TIFF"))

    assert image[..., 0].tolist() == [[0, 128, 255], [0, 0, 64]]


def test_negative_floats_are_stretched():
    values = np.array([[-1.0, 0.0, 1.0]], np.float32)

    assert read_image(_encoded(Image.fromarray(values), "TIFF"))[0, :, 0].tolist() == [0, 128, 255]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_is_turned_upright(kind, orientation):
    upright = np.zeros((16, 24, 3), np.uint8)
    upright[:8, :8] = 255  # a white corner at the top left
    undo = {
        1: lambda a: a,
        2: np.fliplr,
        3: lambda a: np.rot90(a, 2),
        4: np.flipud,
        5: lambda a: np.swapaxes(a, 0, 1),
        6: lambda a: np.rot90(a, 1),
        7: lambda a: np.swapaxes(np.rot90(a, 2), 0, 1),
        8: lambda a: np.rot90(a, -1),
    }
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = Image.fromarray(np.ascontiguousarray(undo[orientation](upright)))

    image = read_image(_encoded(stored, kind, exif=exif))

    assert image.shape == upright.shape
    assert image[:6, :6].min() > 200
    assert image[10:].max() < 60
    assert image[:, 10:].max() < 60


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "TIFF"])
def test_of_several_frames_the_first_is_taken(kind):
    frames = [Image.new("RGB", (12, 10), colour) for colour in ("red", "blue", "lime")]

    image = read_image(_encoded(frames[0], kind, save_all=True, append_images=frames[1:]))

    assert image.shape == (10, 12, 3)
    np.testing.assert_allclose(image[5, 5], (255, 0, 0), atol=6)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "TIFF", "MPO", "AVIF"])
@pytest.mark.parametrize("count", [1, 2])
def test_it_is_said_whether_a_file_holds_more_pictures(kind, count):
    first, *others = [Image.new("RGB", (12, 10), colour) for colour in ("red", "blue")][:count]
    data = _encoded(first, kind, save_all=True, append_images=others)

    for read in (read_first, decoding.read_first):
        photo, more = read(data)
        assert more == (count > 1)
        np.testing.assert_allclose(photo[5, 5], (255, 0, 0), atol=8)


@pytest.mark.parametrize("kind", [*LOSSLESS, *LOSSY])
def test_one_pixel_is_a_picture(kind):
    assert read_image(_encoded(Image.new("RGB", (1, 1), "white"), kind)).shape == (1, 1, 3)


@pytest.mark.parametrize("kind", [*LOSSLESS, *LOSSY])
@pytest.mark.parametrize("share", [0.01, 0.5, 0.9])
def test_a_picture_that_is_cut_short_is_refused_as_such(kind, share):
    noise = np.random.default_rng(0).integers(0, 256, (40, 60, 3), dtype=np.uint8)
    data = _encoded(Image.fromarray(noise), kind)

    with pytest.raises(ImageError, match="damaged") as error:
        read_image(data[: max(16, int(share * len(data)))])

    assert kind.lower() in str(error.value).lower()


@pytest.mark.parametrize(("data", "what"), OTHER_KINDS.items(), ids=OTHER_KINDS.values())
def test_other_kinds_are_refused_by_name(data, what):
    with pytest.raises(ImageError) as error:
        read_image(data)

    assert "Accepted: JPEG, HEIC, PNG, WebP, AVIF, GIF, BMP and TIFF." in str(error.value)
    assert f"Received: {what}" in str(error.value)


def test_an_empty_file_is_named_as_such():
    with pytest.raises(ImageError, match="empty.*Received: 0 bytes"):
        read_image(b"")


def test_pixels_are_counted_before_any_is_decoded():
    with pytest.raises(ImageError, match=r"9000 x 9000 pixels \(81 megapixels\)"):
        read_image(_png_that_claims(9000, 9000))
    with pytest.raises(ImageError, match=r"at most 64 megapixels.*3,600 megapixels"):
        read_image(_png_that_claims(60_000, 60_000))


def test_a_phones_fifty_megapixels_are_read():
    # 8192 x 6144; nothing but the header is looked at before it is found to be cut short
    with pytest.raises(ImageError, match="cut short.*8192 x 6144"):
        read_image(_png_that_claims(8192, 6144))


def test_how_large_a_picture_may_be_is_said_for_all_processes(monkeypatch):
    monkeypatch.setenv("GECAT_MAX_MEGAPIXELS", "1")
    for read in (read_image, decoding.read_image):
        with pytest.raises(ImageError, match="at most 1 megapixels"):
            read(_png_that_claims(1200, 1000))
    allow_megapixels(100)
    assert limits_in_use() == Limits(max_bytes=62_500_000, max_pixels=100_000_000)
    with pytest.raises(ImageError, match="cut short.*9000 x 9000"):
        read_image(_png_that_claims(9000, 9000))
    for said in ("", "0", "-5", "many"):
        monkeypatch.setenv("GECAT_MAX_MEGAPIXELS", said)
        assert limits_in_use() == Limits()


@pytest.mark.parametrize("size", [(1, 32_768), (32_768, 1)])
def test_a_side_has_a_limit_of_its_own(size):
    with pytest.raises(ImageError, match="at most 32,767 pixels a side.*32768"):
        read_image(_png_that_claims(*size))
    assert max(read_image(Image.new("RGB", (1, 32_767))).shape) == 32_767


def test_a_claim_within_the_limits_that_the_data_does_not_keep():
    with pytest.raises(ImageError, match="damaged or cut short.*500 x 500"):
        read_image(_png_that_claims(500, 500))


def test_limits_are_inclusive_and_hold_for_every_source(tmp_path):
    picture = _picture(10, 10)
    data = _encoded(Image.fromarray(picture), "PNG")
    path = tmp_path / "photo.png"
    path.write_bytes(data)
    exact = Limits(max_bytes=len(data), max_pixels=100)
    sources = (path, data, io.BytesIO(data), Image.fromarray(picture), picture)

    for source in sources:
        assert read_image(source, exact).shape == (10, 10, 3)
    for source in (path, data, io.BytesIO(data), Image.fromarray(picture), picture):
        with pytest.raises(ImageError, match="10 x 10 pixels"):
            read_image(source, Limits(max_pixels=99))
    for source in (path, data, io.BytesIO(data)):
        with pytest.raises(ImageError, match="The file is too large"):
            read_image(source, Limits(max_bytes=len(data) - 1))


def test_what_is_no_readable_file_is_refused_without_its_folder(tmp_path):
    missing = tmp_path / "nothing.png"
    pipe = tmp_path / "pipe.png"
    os.mkfifo(pipe)
    sources = {
        missing: "nothing.png",
        pipe: "pipe.png",
        tmp_path: "a folder",
        "nul\0byte.png": "nul",
        "long" * 2000: "longlong",
    }

    for source, received in sources.items():
        with pytest.raises(ImageError, match=f"Received: {received}") as error:
            read_image(source)
        assert str(tmp_path) not in str(error.value)
        assert len(str(error.value)) < 200


@pytest.mark.parametrize("source", [None, 3, ["a.png"], io.StringIO("text")])
def test_what_is_no_source_is_refused(source):
    with pytest.raises(ImageError, match=f"Received: {type(source).__name__}"):
        read_image(source)


@given(
    kind=st.sampled_from((*LOSSLESS, *LOSSY)),
    place=st.floats(0, 1, exclude_max=True),
    junk=st.binary(min_size=1, max_size=16),
)
@settings(max_examples=150, deadline=None)
def test_damage_anywhere_gives_a_picture_or_an_image_error(kind, place, junk):
    data = bytearray(_encoded(Image.fromarray(_picture(20, 30)), kind))
    start = int(place * len(data))
    data[start : start + len(junk)] = junk

    try:
        image = read_image(bytes(data), Limits(max_pixels=100_000))
    except ImageError as error:
        assert "Received" in str(error)
    else:
        assert image.ndim == 3
        assert image.shape[2] == 3


@given(st.binary(max_size=200))
@settings(max_examples=100, deadline=None)
def test_any_bytes_give_a_picture_or_an_image_error(data):
    try:
        assert read_image(data).dtype == np.uint8
    except ImageError as error:
        assert "Received" in str(error)


def test_a_mask_keeps_its_greys():
    grey = np.arange(256, dtype=np.uint8).reshape(16, 16)

    np.testing.assert_array_equal(read_mask(_encoded(Image.fromarray(grey), "PNG")), grey)


def test_a_mask_of_zeros_and_ones_is_stretched():
    mask = np.eye(5, dtype=np.uint8)

    np.testing.assert_array_equal(read_mask(mask), mask * 255)
    np.testing.assert_array_equal(read_mask(Image.fromarray(mask > 0)), mask * 255)
    np.testing.assert_array_equal(read_mask(Image.fromarray(mask.astype(np.uint16))), mask * 255)


def test_a_mask_is_not_turned_over_by_noise():
    noisy = np.full((8, 8, 3), 3, np.uint8)
    noisy[2:4] = (250, 246, 249)

    np.testing.assert_array_equal(read_mask(noisy) > 127, noisy[..., 0] > 127)
    noisy[0, 0] = (255, 0, 0)
    np.testing.assert_array_equal(read_mask(noisy) > 127, noisy[..., 0] > 127)


def test_in_a_coloured_mask_and_in_a_cut_out_all_but_the_ground_is_object():
    coloured = np.zeros((4, 4, 3), np.uint8)
    coloured[1] = (0, 64, 0)
    coloured[2] = (128, 0, 0)
    cutout = np.full((4, 4, 4), (90, 40, 10, 0), np.uint8)
    cutout[1:3, :, 3] = 255
    expected = np.zeros((4, 4), np.uint8)
    expected[1:3] = 255

    np.testing.assert_array_equal(read_mask(coloured), expected)
    np.testing.assert_array_equal(read_mask(cutout), expected)
