"""The Explore tab as a person meets it, in a real browser. The networks are untrained."""

import csv
import io
import re

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from gecat import i18n

from .conftest import save

PAGE = i18n.words("en")
ENGLISH, CHINESE = PAGE.explore, i18n.words("zh").explore


def choose(page, tab):
    page.get_by_role("tab", name=tab, exact=True).click()


def explore(visit, url, words=ENGLISH, **options):
    """Opens the Explore tab and waits for the example that it begins with."""
    page = visit(url, **options)
    expect(page.locator("#score .number")).to_be_visible()
    choose(page, words.tab)
    expect(page.locator("#stage figure")).to_be_visible()
    return page


def test_inside_the_generator(visit, app_url):
    page = explore(visit, app_url)
    expect(page.locator("#stages button")).to_have_count(12)
    page.locator("#stages button").nth(1).click()
    expect(page.locator("#stage figcaption")).to_contain_text("Encoder 2: 32 channels")
    page.locator("#stage image.map").hover()
    expect(page.locator("#stage .reading")).to_have_text(
        re.compile(r"^[-\d.e]+( *· *[-\d.e]+){2}$")
    )
    page.locator("#stages button").nth(8).click()
    expect(page.locator("#stage figcaption")).to_contain_text(ENGLISH.likeness_figure[0])
    page.locator("#occlusion-photo img").click()
    expect(page.locator("#occlusion figcaption")).to_have_text(ENGLISH.occlusion_figure[0])
    # The middle was clicked, so the middle is marked.
    circle = page.locator("#occlusion circle").first
    assert float(circle.get_attribute("cx")) == pytest.approx(240, abs=4)


def test_figures_can_be_saved_as_picture_and_as_numbers(visit, app_url):
    page = explore(visit, app_url)
    name, data = save(page.locator("#stage .png"))
    picture = Image.open(io.BytesIO(data)).convert("RGB")
    assert name == "coffee-mask.png"
    assert picture.width == 960
    assert len(np.unique(np.asarray(picture).reshape(-1, 3), axis=0)) > 20
    name, data = save(page.locator("#stage .csv"))
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    assert name == "coffee-mask.csv"
    assert len(rows) == 96 * 64
    assert all(0 <= float(row["value"]) <= 1 for row in rows)


def test_inside_the_critic_a_slider_is_answered(visit, app_url):
    page = explore(visit, app_url)
    choose(page, ENGLISH.critic)
    figure = page.locator("#critic-map image.map")
    expect(figure).to_be_visible()
    before = figure.get_attribute("href")
    page.locator("#spoil-lost input[type=range]").press("End")
    expect(figure).not_to_have_attribute("href", before)
    # No scale lies beside these weights.
    expect(page.locator("#critic-score")).to_contain_text("bench discriminator")
    page.locator("#mend").click()
    expect(page.locator("#spoil-lost input[type=range]")).to_have_value("0")
    expect(figure).to_have_attribute("href", before)


def test_a_painted_mask_is_judged_and_improved(visit, app_url):
    visit.errors_allowed = True  # Gradio's editor complains of its own layers
    page = explore(visit, app_url)
    choose(page, ENGLISH.duel)
    canvas = page.locator("#canvas canvas").first
    expect(canvas).to_be_visible()
    # It opens with a duel that was fought already.
    expect(page.locator("#your-map figure")).to_be_visible()
    page.locator("#take-nothing").click()
    expect(page.locator("#your-map figure")).to_have_count(0)
    toast = page.get_by_test_id("toast-body")
    for _ in range(20):  # the editor takes its time until its paint is gone
        page.locator("#ask").click()
        page.wait_for_timeout(1000)
        if toast.count():
            break
    expect(toast.first).to_contain_text(PAGE.errors.page.nothing_painted)
    expect(page.locator("#canvas")).to_contain_text("%")  # the photo is on the canvas
    paint(page, canvas)
    page.locator("#ask").click()
    expect(page.locator("#duel-scores .duel b")).to_have_count(2)
    expect(page.locator("#generator-map figure")).to_be_visible()
    expect(page.locator("#your-map figure")).to_be_visible()
    page.locator("#improve").click()
    expect(page.locator("#improve-steps img").first).to_be_visible()
    expect(page.locator("#improve-chart figure")).to_be_visible()


def paint(page, canvas):
    box = canvas.bounding_box()
    across, down = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(across - 60, down - 10)
    page.mouse.down()
    page.mouse.move(across + 60, down + 30, steps=8)
    page.mouse.up()


def test_one_cycle_is_told(visit, app_url):
    page = explore(visit, app_url)
    choose(page, ENGLISH.cycle)
    expect(page.locator("#epoch-recorded")).to_contain_text("bench inspection")
    page.locator("#epoch-run").click()
    expect(page.locator("#epoch-recorded")).to_be_empty()
    expect(page.locator("#fingerprints")).to_contain_text(ENGLISH.same)
    for figure in ("#epoch-line", "#epoch-plane", "#epoch-angles"):
        expect(page.locator(f"{figure} svg")).to_be_visible()


def test_many_photos_are_sorted_and_filtered(visit, app_url, tmp_path):
    page = explore(visit, app_url)
    choose(page, ENGLISH.folder)
    expect(page.locator("#photos-gallery img")).to_have_count(8)  # the examples
    rng = np.random.default_rng(0)
    for name in ("a.png", "b.png", "c.png"):
        pixels = rng.integers(0, 256, (40, 60, 3), np.uint8)
        Image.fromarray(pixels).save(tmp_path / name)
    page.locator("#photos-files input[type=file]").set_input_files(sorted(tmp_path.iterdir()))
    expect(page.locator("#photos-files")).to_contain_text("c")
    page.locator("#photos-run").click()
    expect(page.locator("#photos-gallery img")).to_have_count(3)
    captions = page.locator("#photos-gallery .caption-label").all_inner_texts()
    scores = [int(re.search(r"(\d+)%", caption)[1]) for caption in captions]
    assert scores == sorted(scores, reverse=True)
    page.locator("#photos-filter").get_by_text(ENGLISH.filters[1]).click()
    expect(page.locator("#photos-note")).to_contain_text("3 photos scored")
    expect(page.locator("#photos-note")).not_to_contain_text("3 shown")


@pytest.mark.parametrize(
    ("path", "words"),
    [("/?language=en", ENGLISH), pytest.param("/zh", CHINESE, marks=pytest.mark.slow)],
)
def test_a_phone_never_scrolls_sideways(visit, app_url, path, words):
    page = explore(visit, app_url + path, words, width=390, height=844)
    for tab in (words.critic, words.duel, words.cycle, words.folder, words.generator):
        choose(page, tab)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_without_weights_the_tab_says_so(visit, bare_app_url):
    visit.errors_allowed = True
    page = visit(bare_app_url)
    expect(page.get_by_test_id("toast-body").first).to_contain_text(PAGE.titles.weights)
    choose(page, ENGLISH.tab)
    expect(page.locator("#explore-note")).to_contain_text(PAGE.titles.weights)
