"""The race as a person meets it, in a real browser; the live one is real, too."""

import re

import pytest
from playwright.sync_api import expect

from gecat.i18n import words
from gecat.training.race.entries import METHOD, NUMBERS, SIDES
from gecat.training.race.film import recorded

from ..conftest import serve

ENGLISH, CHINESE = words("en"), words("zh")
SCENES = 24  # they are soon drawn
STARTING = 250_000  # milliseconds; it imports TensorFlow, and both learn a start


@pytest.fixture(scope="module")
def app_url(tmp_path_factory, small_weights):
    """The address of an app whose races take few scenes."""
    yield from serve(tmp_path_factory.mktemp("race"), small_weights, "--max-photos", str(SCENES))


def open_race(visit, url, language=ENGLISH, **options):
    page = visit(url, **options)
    page.get_by_role("tab", name=language.train.tab, exact=True).click()
    expect(page.locator("#race-film .player")).to_be_visible()
    return page


def at(film, place, race):
    """What is written beside a frame."""
    asked = film.lines[film.frames[place]]["sides"][METHOD]["asked"]
    return race.at.format(count=asked)


def test_a_recorded_race_plays_and_is_scrubbed(visit, app_url):
    page = open_race(visit, app_url)
    race, film = ENGLISH.train.race, page.locator("#race-film .race-film")
    slider, told = film.locator("input"), film.locator(".at")
    shipped = recorded(1e-2)
    expect(film).to_have_attribute("data-playing", "true")
    expect(told).to_have_text(at(shipped, 5, race))  # it comes by there by itself
    film.locator(".play").click()
    expect(film).to_have_attribute("data-playing", "false")
    for key, place in (("End", -1), ("Home", 0)):
        slider.press(key)
        expect(told).to_have_text(at(shipped, place, race))
        for number, side in enumerate(SIDES):
            iou = shipped.lines[shipped.frames[place]]["sides"][side]["iou"]
            expect(film.locator(".iou").nth(number)).to_have_text(f"{iou:.2f}")
        verdicts = {0: (race.at_start,) * 2, -1: (race.holds,) * 2}[place]
        expect(film.locator(".said")).to_have_text(verdicts)
    power = page.locator("#race-power input[type=range]")
    power.press("ArrowRight")
    expect(film).to_have_attribute("data-number", f"{NUMBERS[-1]:g}")
    expect(film).to_have_attribute("data-playing", "true")  # another race begins anew
    expect(told).to_have_text(at(recorded(NUMBERS[-1]), -1, race))
    expect(slider).to_have_value(slider.get_attribute("max"))


@pytest.mark.timeout(600)  # it yields to everything else
@pytest.mark.slow
def test_a_live_race_moves_both_sides(visit, app_url):
    page = open_race(visit, app_url)
    film, status = page.locator("#race-film .race-film"), page.locator("#race-status .run-status")
    page.locator("#race-start").click()
    expect(status).to_have_attribute("data-state", "running")
    side = page.locator("#race-film .side")
    expect(side).to_have_count(0)  # nothing of the recorded one is left
    expect(side).to_have_count(2, timeout=STARTING)  # the start that they have in common
    lit = page.locator("#race-film svg.networks[data-learning=both]")
    expect(lit).to_have_count(2, timeout=STARTING)  # once both can move
    for place in range(2):
        expect(side.nth(place)).not_to_have_attribute("data-asked", "0", timeout=STARTING)
    page.locator("#race-stop").click()
    expect(status).to_have_attribute("data-state", "stopped")
    expect(film.locator(".player")).to_be_visible()
    page.locator("#race-delete").click()
    expect(page.locator("#races label")).to_have_count(1)


def test_who_wants_no_motion_gets_none(visit, app_url):
    page = open_race(visit, app_url, reduced_motion="reduce")
    film = page.locator("#race-film .race-film")
    expect(film).to_have_attribute("data-playing", "false")
    expect(film.locator(".at")).to_have_text(at(recorded(1e-2), -1, ENGLISH.train.race))


@pytest.mark.parametrize(
    ("path", "language"),
    [("/?language=en", ENGLISH), pytest.param("/zh", CHINESE, marks=pytest.mark.slow)],
)
def test_a_phone_never_scrolls_sideways(visit, app_url, path, language):
    page = open_race(visit, app_url + path, language, width=390, height=844)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    expect(page.locator("#race-film")).to_contain_text(re.compile(language.train.race.plain_short))


def test_on_a_phone_the_scrubber_is_wide_and_the_sides_are_level(visit, app_url):
    page = open_race(visit, app_url + "/zh", CHINESE, width=390, height=844)
    film = page.locator("#race-film .race-film")
    assert film.locator("input").bounding_box()["width"] > 0.9 * film.bounding_box()["width"]
    for part in (".number", ".networks", ".verdict", ".tiles", ".facts"):
        one, other = (film.locator(f".side {part}").nth(place) for place in range(2))
        assert one.bounding_box()["y"] == other.bounding_box()["y"], part
