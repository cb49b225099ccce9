"""What somebody does who has read nothing but the page: by roles and visible words, no ids."""

import csv
import io
import re

import numpy as np
import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import TimeoutError, expect
from safetensors.numpy import load

from gecat.files import asset

from ..conftest import serve
from .conftest import save

TRAINING = 250_000  # milliseconds; it imports TensorFlow and yields to everything else


@pytest.fixture(scope="module")
def app_url(tmp_path_factory):
    """The address of an app with the weights that ship, whose trainings take few photos."""
    folder = tmp_path_factory.mktemp("visit")
    yield from serve(folder, asset("weights", "base.safetensors"), "--max-photos", "24")


@pytest.fixture
def photo(tmp_path):
    """A photo that leaves no doubt: a bright disc in its middle, on dark ground."""
    picture = Image.new("RGB", (600, 400), (20, 60, 30))
    ImageDraw.Draw(picture).ellipse((180, 80, 420, 320), fill=(240, 200, 60))
    picture.save(tmp_path / "disc.jpg")
    return tmp_path / "disc.jpg"


def click(page, role, name):
    page.get_by_role(role, name=name, exact=True).click()


def middle_of_mask(page):
    """How much object the disc's mask has in the middle, of 255; None while another one waits."""
    name, data = save(page.get_by_role("button", name="Download mask"), patience=5000)
    with Image.open(io.BytesIO(data)) as mask:
        return mask.getpixel((300, 200)) if name == "disc-mask.png" else None


def comes(page, wanted, look):
    """Waits until a look gives what is wanted; a file that is being written anew gives none."""
    seen = None
    for _ in range(60):
        try:
            seen = look()
        except TimeoutError:
            continue
        if seen == wanted:
            break
        page.wait_for_timeout(500)
    assert seen == wanted


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_five_jobs_are_done_from_the_words_of_the_page(visit, app_url, photo):
    page = visit(f"{app_url}/?language=en", permissions=["clipboard-read", "clipboard-write"])

    # Cut out a photo, and mend it with one stroke.
    expect(page.get_by_text("600 × 400 pixels")).to_be_visible()
    with page.expect_file_chooser() as chooser:
        click(page, "button", "Use your photo")
    chooser.value.set_files(photo)
    expect(page.get_by_role("button", name="Download cut-out")).to_be_enabled()
    comes(page, 255, lambda: middle_of_mask(page))
    click(page, "tab", "Mend by hand")
    page.get_by_role("radio", name="Remove", exact=True).check()
    picture = page.get_by_role("img", name="Mend by hand")
    picture.scroll_into_view_if_needed()
    box = picture.bounding_box()
    across, down = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(across - 30, down)
    page.mouse.down()
    page.mouse.move(across + 30, down, steps=6)
    page.mouse.up()
    comes(page, 0, lambda: middle_of_mask(page))
    name, data = save(page.get_by_role("button", name="Download cut-out"))
    with Image.open(io.BytesIO(data)) as cutout:
        assert (name, cutout.mode, cutout.size) == ("disc-cutout.png", "RGBA", (600, 400))

    # Find where the critic doubts: of a mask that is shifted, beside the disc.
    click(page, "tab", "Explore")
    click(page, "tab", "Critic")
    page.get_by_role("slider", name="Shift right").press("End")
    doubts = page.get_by_role("figure", name="Where the critic doubts the mask")
    expect(doubts).to_be_visible()
    shown = page.get_by_role("figure", name="The mask that is shown to the critic")

    def doubtful():
        """Whether it doubts more where the mask is wrong than where it is right."""
        mask, wrong = (values(figure) for figure in (shown, doubts))
        height, width = mask.shape
        y, x = np.mgrid[:height, :width]
        disc = np.hypot((x + 0.5) / width * 600 - 300, (y + 0.5) / height * 400 - 200) < 120
        differs = (mask > 0.5) != disc
        return differs.mean() > 0.1 and wrong[differs].mean() > 2 * wrong[~differs].mean()

    comes(page, True, doubtful)

    # Compare with GrabCut.
    click(page, "tab", "Compare")
    board = page.get_by_role("figure", name="One photo, everybody's object")
    for method in ("GEC-AT", "GrabCut"):
        expect(board.get_by_role("button", name=method, exact=True)).to_be_visible()
    expect(page.get_by_role("status").get_by_text(re.compile("^All .* have ended"))).to_be_visible()
    board.get_by_role("button", name="GrabCut", exact=True).click()
    expect(board).to_contain_text(re.compile(r"GrabCut\s*[0-9.]+ s"))

    # Start, watch and take home a training.
    click(page, "tab", "Train")
    click(page, "tab", "Your own training")
    seconds = page.get_by_role("spinbutton", name="Seconds to learn")
    seconds.fill("10")
    seconds.press("Tab")
    click(page, "button", "Start learning")
    expect(page.get_by_text("Learning", exact=True)).to_be_visible()
    expect(page.get_by_text(re.compile(r"^cycle \d+ · \d"))).to_be_visible(timeout=TRAINING)
    expect(page.get_by_text("Done", exact=True)).to_be_visible(timeout=TRAINING)
    click(page, "tab", "Take home")
    weights = page.get_by_role("button", name="Weights", exact=True)
    expect(weights).to_be_enabled()
    name, data = save(weights)
    assert name == "Run-1.safetensors" and len(load(data)) > 10

    # Send a colleague a link to a view.
    click(page, "tab", "Explore")
    click(page, "button", "A cat")
    click(page, "tab", "Generator")
    click(page, "tab", "Critic")
    click(page, "button", "Copy link")
    expect(page.get_by_role("button", name="Link copied")).to_be_visible()
    colleague = visit(page.evaluate("navigator.clipboard.readText()"))
    expect(colleague.get_by_role("tab", name="Explore", selected=True)).to_be_visible()
    expect(colleague.get_by_role("tab", name="Critic", selected=True)).to_be_visible()
    opened = colleague.get_by_role("figure", name="Where the critic doubts the mask")
    assert save(opened.get_by_role("link", name="Save CSV"))[0].startswith("chelsea")


def values(figure):
    """The numbers of a figure's picture, float64 (H, W)."""
    _, data = save(figure.get_by_role("link", name="Save CSV"))
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    size = [1 + max(int(row[axis]) for row in rows) for axis in ("y", "x")]
    return np.array([float(row["value"]) for row in rows]).reshape(size)
