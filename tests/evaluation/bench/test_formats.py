"""The bench of the reader tells right pictures from wrong ones, of files that are drawn here."""

import numpy as np
import pillow_heif
import pytest
from PIL import Image

from gecat.__main__ import main
from gecat.errors import UserError
from gecat.evaluation.bench import formats
from gecat.evaluation.bench.formats import compare, judge

from ...images.icc import cmyk_profile, grey_profile, rgb_profile

PHOTO = Image.fromarray(np.uint8(np.mgrid[:48, :64].sum(axis=0)[..., None] * [1, 2, 0.5]))


@pytest.fixture
def corpus(tmp_path, monkeypatch):
    turned = Image.Exif()
    turned[0x0112] = 6
    (tmp_path / "deep").mkdir()
    PHOTO.save(tmp_path / "turned.jpg", exif=turned, icc_profile=rgb_profile())
    PHOTO.convert("L").save(tmp_path / "deep" / "grey.png", icc_profile=grey_profile())
    PHOTO.convert("CMYK").save(tmp_path / "ink.tiff", icc_profile=cmyk_profile())
    PHOTO.convert("P").save(tmp_path / "palette.gif")
    see_through = PHOTO.copy()
    see_through.putalpha(Image.linear_gradient("L").resize(PHOTO.size))
    see_through.save(tmp_path / "alpha.webp", lossless=True)
    pillow_heif.from_pillow(PHOTO).save(tmp_path / "phone.heic", quality=90)
    (tmp_path / "words.txt").write_text("no picture")
    # How long a file takes is for the bench to say, not for a test.
    monkeypatch.setattr(formats, "SLOW_SECONDS", 100)
    return tmp_path


def test_all_that_is_read_rightly_is_ok(corpus, capsys):
    assert (
        main(["bench", "formats", "--corpus", str(corpus), "--json", str(corpus / "r.json")]) == 0
    )
    said = capsys.readouterr().out.splitlines()
    assert said[0].split() == ["format", "files", "ok", "refused", "different", "slow"]
    assert ["all", "6", "6", "0", "0", "0"] in [line.split() for line in said]
    assert (corpus / "r.json").is_file()


def test_what_only_the_reader_refuses_is_said(corpus):
    Image.new("RGB", (1, 40_000)).save(corpus / "long.png")
    (row,) = [row for row in compare(corpus) if row["verdict"] != "ok"]
    assert (row["file"], row["verdict"]) == ("long.png", "refused")
    assert "too long" in row["why"]


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda photo: photo[::-1], "levels off"),
        (lambda photo: photo.swapaxes(0, 1), "48 x 64 pixels, not 64 x 48"),
        (lambda photo: np.maximum(photo, 4) - 4, "up to 4 levels off"),
    ],
)
def test_another_picture_is_different(corpus, monkeypatch, spoil, why):
    read = formats.read_image
    monkeypatch.setattr(formats, "read_image", lambda file: spoil(read(file)))
    row = judge(corpus / "turned.jpg" if "levels off" in why else corpus / "palette.gif")
    assert row["verdict"] == "different"
    assert why in row["why"]


def test_what_takes_longer_is_slow(corpus, monkeypatch):
    monkeypatch.setattr(formats, "SLOW_SECONDS", 0)
    monkeypatch.setattr(formats, "SLOW_TIMES", 0)
    assert judge(corpus / "palette.gif")["verdict"] == "slow"


def test_a_folder_without_pictures_is_refused(tmp_path):
    (tmp_path / "words.txt").write_text("no picture")
    with pytest.raises(UserError, match="No photo was found"):
        compare(tmp_path)
