import itertools
import json
import os
import shutil
import urllib.request
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect, sync_playwright

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Gradio's editor says so of a layer that it is given before it is seen; it is drawn all the same.
OF_THE_EDITOR = "No draw texture found for layer"
LEFT = "this page is being left"
PATIENCE = 60_000  # milliseconds; the first photo waits for TensorFlow
NAMES = ("chromium", "chromium-browser", "google-chrome")


def save(offered, patience=None):
    """Clicks what offers a file; returns the file's name and its bytes."""
    with offered.page.expect_download(timeout=patience) as started:
        offered.click()
    return started.value.suggested_filename, started.value.path().read_bytes()


def hold_back(page, app_url, elem_id, number=1):
    """Holds a request of a component's events back.

    Args:
        number: of the request; the first is 1.

    Returns:
        a list that the request comes into; emptied, it takes the next; `unroute_all` ends it.
    """
    with urllib.request.urlopen(f"{app_url}/config") as answer:
        components = json.load(answer)["components"]
    ids = {each["id"] for each in components if each["props"].get("elem_id") == elem_id}
    held, numbers = [], itertools.count(1)

    def hold(route):
        its_own = route.request.post_data_json["trigger_id"] in ids and not held
        held.append(route) if its_own and next(numbers) >= number else route.continue_()

    page.route("**/gradio_api/queue/join*", hold)
    return held


def wait_for(page, held):
    """Waits until a request is held back; returns it."""
    while not held:
        page.wait_for_timeout(50)
    return held[0]


@pytest.fixture(scope="module")
def browser():
    """The system's Chromium."""
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.fail("No Chromium was found. `make browser` installs it; CHROMIUM may name another.")
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def visit(browser):
    """Opens pages and, when the test is over, holds them to be quiet and to stay at home.

    A page that is left drops its requests and says so: that is no complaint of the next.
    `visit(url, width=1440, height=900, **options)` returns the page. A test that provokes errors
    says so: `visit.errors_allowed = True`.
    """
    visits = []

    def open_page(url, width=1440, height=900, **options):
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        seen = SimpleNamespace(context=context, hosts=set(), complaints=[], left=False)
        visits.append(seen)

        def complain(text):
            if not seen.left:
                seen.complaints.append(text)

        def hear(message):
            if message.text == LEFT:
                seen.left = True
            # Gradio answers so where an event ends in the moment in which it is cancelled.
            cancelled = urlsplit(message.location["url"]).path.endswith("/gradio_api/cancel")
            if message.type == "error" and OF_THE_EDITOR not in message.text and not cancelled:
                complain(message.text)

        def arrive(frame):
            seen.left = seen.left and frame != page.main_frame

        page.add_init_script(f"addEventListener('beforeunload', () => console.debug('{LEFT}'))")
        page.on("request", lambda request: seen.hosts.add(urlsplit(request.url).hostname))
        page.on("pageerror", lambda error: complain(str(error)))
        page.on("console", hear)
        page.on("framenavigated", arrive)
        page.goto(url, wait_until="commit")  # it may lead on to the other language
        return page

    open_page.errors_allowed = False
    yield open_page
    for seen in visits:
        seen.context.close()
        assert seen.hosts <= {"127.0.0.1", None, ""}  # data: and blob: have no host
        assert open_page.errors_allowed or seen.complaints == []
