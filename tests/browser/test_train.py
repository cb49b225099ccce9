"""The Train tab as a person meets it, in a real browser; the trainings are real and short."""

import io
import os
import re
import signal
import zipfile

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect
from safetensors.numpy import load

from gecat.i18n import words
from gecat.jobs.job import read_job

from ..conftest import serve
from .conftest import save

ENGLISH, CHINESE = words("en"), words("zh")
PHOTOS = 24  # a training takes at most: reading them is quick
STARTING = 150_000  # milliseconds; a training imports TensorFlow and yields to everything else


@pytest.fixture(scope="module")
def app(tmp_path_factory, small_weights):
    """(address, folder of the runs) of an app whose trainings take few photos."""
    folder = tmp_path_factory.mktemp("train")
    for url in serve(folder, small_weights, "--max-photos", str(PHOTOS)):
        yield url, folder / "runs"


def choose(page, tab):
    page.get_by_role("tab", name=tab, exact=True).click()


def open_train(visit, url, train=ENGLISH.train, **options):
    page = visit(url, **options)
    choose(page, train.tab)
    choose(page, train.one_training)
    expect(page.locator("#train-status")).to_contain_text(train.no_runs)
    return page


def state(page, name):
    expect(page.locator("#train-status .run-status")).to_have_attribute("data-state", name)


def cycle(page):
    """The cycle whose masks are shown."""
    return int(page.locator("#masks .probes").get_attribute("data-cycle"))


def wait_for_newer(page, than):
    probes = page.locator("#masks .probes")
    expect(probes).not_to_have_attribute("data-cycle", str(than), timeout=STARTING)
    assert cycle(page) > than


def begin(page, seconds=600):
    field = page.locator("#seconds input[type=number]")
    field.fill(str(seconds))
    field.blur()
    page.locator("#start").click()


def test_a_run_is_watched_steered_found_again_and_taken_home(visit, app):
    url, _ = app
    page = open_train(visit, url)
    second = page.context.new_page()
    second.goto(url)
    choose(second, ENGLISH.train.tab)
    choose(second, ENGLISH.train.one_training)
    begin(page)
    state(second, "running")
    second.close()
    expect(page.locator("#masks .tile")).to_have_count(8, timeout=STARTING)
    for _ in range(2):
        wait_for_newer(page, cycle(page))
    expect(page.locator("#curves figure").first).to_contain_text("never used in learning")
    page.locator("#pause").click()
    state(page, "paused")
    page.locator("#resume").click()
    state(page, "running")
    wait_for_newer(page, cycle(page))

    page.reload()
    choose(page, ENGLISH.train.tab)
    state(page, "running")
    wait_for_newer(page, cycle(page))
    page.locator("#back input[type=range]").press("Home")
    expect(page.locator("#masks .probes")).to_have_attribute("data-cycle", "0")
    stranger = open_train(visit, url)
    expect(stranger.locator("#runs label")).to_have_count(0)

    page.locator("#stop").click()
    state(page, "stopped")
    choose(page, ENGLISH.train.take_home)
    expect(page.locator("#take-weights")).to_be_enabled()
    name, data = save(page.locator("#take-weights"))
    assert name == "Run-1.safetensors"
    assert len(load(data)) > 10
    expect(page.locator("#command-line")).to_contain_text("--data scenes")
    begin(page)  # another run: it has nothing to take yet
    expect(page.locator("#take-weights")).to_be_disabled()
    expect(page.locator("#command-line")).not_to_contain_text("--data")
    page.locator("#stop").click()
    expect(page.locator("#runs label")).to_have_count(2)
    page.locator("#runs label").get_by_text("Run 1").click()
    expect(page.locator("#command-line")).to_contain_text("runs/Run 1")
    expect(page.locator("#take-weights")).to_be_enabled()
    page.locator("#use").click()
    expect(page.locator("#weights-note")).to_contain_text("Run 1")
    expect(page.locator("#score .number")).to_be_visible()
    expect(stranger.locator("#weights-note")).to_have_count(0)
    page.locator("#use-shipped").click()
    expect(page.locator("#weights-note")).to_be_hidden()


def zip_with_bad_members(path):
    rng = np.random.default_rng(0)
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(9):
            buffer = io.BytesIO()
            pixels = rng.integers(0, 256, (40, 60, 3), np.uint8)
            Image.fromarray(pixels).save(buffer, "PNG")
            archive.writestr(f"photos/{number}.png", buffer.getvalue())
        archive.writestr("photos/note.jpg", "only words")
        archive.writestr("photos/cut.png", buffer.getvalue()[:300])
    return path


@pytest.mark.slow
def test_bad_photos_are_left_out_and_a_killed_run_can_be_resumed(visit, app, tmp_path):
    url, runs = app
    page = open_train(visit, url)
    page.locator("#learn-from").get_by_text(ENGLISH.train.my_photos).click()
    page.locator("#start").click()
    expect(page.get_by_test_id("toast-body")).to_contain_text(ENGLISH.errors.job.no_photos)
    upload = zip_with_bad_members(tmp_path / "holiday.zip")
    page.locator("#train-files input[type=file]").set_input_files(upload)
    expect(page.locator("#train-files")).to_contain_text("holiday")
    begin(page)
    left_out = page.locator("#train-status .left-out")
    expect(left_out).to_contain_text("2 left out", timeout=STARTING)
    expect(left_out).to_contain_text("note.jpg")
    expect(left_out).to_contain_text("cut.png")
    wait_for_newer(page, 0)

    jobs = [read_job(path) for path in runs.glob("*/job.json")]
    (running,) = [job for job in jobs if job.pid is not None]
    os.kill(running.pid, signal.SIGKILL)
    state(page, "interrupted")
    expect(page.locator("#train-status")).to_contain_text(ENGLISH.errors.job.killed)
    page.locator("#resume").click()
    state(page, "running")
    page.locator("#stop").click()
    page.locator("#manage").get_by_text(ENGLISH.train.manage).click()
    page.locator("#delete").click()
    page.locator("#delete-not").click()
    expect(page.locator("#delete-not")).to_be_hidden()
    page.locator("#delete").click()
    page.locator("#delete-for-good").click()
    expect(page.locator("#train-status")).to_contain_text(ENGLISH.train.no_runs)
    assert not (runs / running.id).exists()


def test_every_refusal_is_shown(visit, app):
    page = open_train(visit, app[0])
    choose(page, ENGLISH.train.step_by_step)
    page.locator("#manage").get_by_text(ENGLISH.train.manage).click()
    toast = page.get_by_test_id("toast-body")
    for button in ("#delete", "#rename", "#longer", "#slow-motion", "#use"):
        if button == "#use":
            choose(page, ENGLISH.train.take_home)
            expect(page.locator("#take-weights")).to_be_disabled()
        page.locator(button).click()
        expect(toast).to_contain_text(ENGLISH.errors.job.no_run)
        page.get_by_label("Close", exact=False).first.click()
        expect(toast).to_have_count(0)


@pytest.mark.parametrize(
    ("path", "train"),
    [("/?language=en", ENGLISH.train), pytest.param("/zh", CHINESE.train, marks=pytest.mark.slow)],
)
def test_a_phone_never_scrolls_sideways(visit, app, path, train):
    page = open_train(visit, app[0] + path, train, width=390, height=844)
    names = ("critics_view", "step_by_step", "side_by_side", "take_home", "curves")
    views = [train[name] for name in names]
    for view in views:
        choose(page, view)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator("#steer").get_by_text(re.compile(f"^{re.escape(train.steer)}$")).click()
    expect(page.locator("#begin")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
