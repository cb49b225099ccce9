"""What holds for the whole page, as a person meets it: its address, its one photo, its keyboard."""

import io
import json
import re

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from gecat.i18n import LANGUAGES, words

from .conftest import hold_back, wait_for

ENGLISH, CHINESE = words("en"), words("zh")
NUMBER = "#score .number"
FACTS = "#score .facts"

# What stands beside a photo at any time: sampled at every frame, kept where it has changed.
WATCH = """() => {
    window.seen = [];
    const look = () => {
        const now = JSON.stringify({
            photo: document.querySelector("#photo img")?.src ?? null,
            facts: document.querySelector("#score .facts")?.textContent ?? null,
            ready: document.querySelector("#download-mask")?.disabled === false,
        });
        if (now !== seen.at(-1)) seen.push(now);
        requestAnimationFrame(look);
    };
    look();
}"""
# A photo is dropped or pasted somewhere on the page.
GIVE = """([kind, data]) => {
    const transfer = new DataTransfer();
    const bytes = Uint8Array.from(data);
    transfer.items.add(new File([bytes], "given.png", {type: "image/png"}));
    const options = {bubbles: true, cancelable: true};
    const event = kind === "paste"
        ? new ClipboardEvent("paste", {...options, clipboardData: transfer})
        : new DragEvent("drop", {...options, dataTransfer: transfer});
    document.querySelector(".hero").dispatchEvent(event);
}"""


def photo_bytes(width, height):
    buffer = io.BytesIO()
    pixels = np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


def write_photo(folder, width, height):
    path = folder / f"{width}.png"
    path.write_bytes(photo_bytes(width, height))
    return path


def photo_name(moment):
    """The stem of the photo's file, of a moment that `WATCH` has seen, or None."""
    found = re.search(r"/(\w+)\.\w+$", moment["photo"] or "")
    return found and found[1]


def use(page, path):
    """Gives a photo by the large button."""
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name=ENGLISH.segment.use_photo).click()
    chooser.value.set_files(path)


def tab(page, name):
    return page.locator(f"[role=tab][data-tab-id={name}]:visible")


def selected(page, name):
    expect(tab(page, name)).to_have_attribute("aria-selected", "true")


def test_what_is_offered_belongs_to_the_photo_shown(visit, app_url, tmp_path):
    page = visit(app_url)
    expect(page.locator("#download-mask")).to_be_enabled()
    page.evaluate(WATCH)
    for width, height in ((1500, 1000), (90, 60)):
        use(page, write_photo(tmp_path, width, height))
        expect(page.locator("#photo img")).to_have_attribute("src", re.compile(f"{width}.png"))
    expect(page.locator(FACTS)).to_contain_text("90 × 60")
    expect(page.locator("#download-mask")).to_be_enabled()
    sizes = {"coffee": "600 × 400", "1500": "1500 × 1000", "90": "90 × 60"}
    moments = [json.loads(moment) for moment in page.evaluate("seen")]
    # The frames in which one photo comes and what was of another goes are nobody's to act in. Of
    # a photo that the page tells of twice, files may come while its facts are on their way anew.
    arrived = {"coffee"}
    for moment in filter(photo_name, moments):
        name = photo_name(moment)
        if not moment["ready"]:
            arrived.add(name)
        elif name in arrived:
            assert moment["facts"] is None or sizes[name] in moment["facts"], moments
    assert arrived == {*sizes}


def test_a_link_opens_where_it_says_and_a_reload_returns_there(visit, app_url, tmp_path):
    page = visit(
        f"{app_url}/?language=en&tab=explore&view=critic&example=chelsea&threshold=0.6",
        permissions=["clipboard-read", "clipboard-write"],
    )
    selected(page, "explore")
    selected(page, "critic")
    expect(page.locator("#critic-map figure")).to_have_attribute("data-name", re.compile("chelsea"))
    # The other language is the same place.
    page.locator(".hero .language").click()
    expect(page.locator("h1")).to_have_text(CHINESE.page.tagline)
    selected(page, "critic")
    tab(page, "segment").click()
    expect(page.locator("#threshold input[type=number]")).to_have_value("0.6")
    expect(page.locator(FACTS)).to_contain_text("451 × 300")
    # What one does stands in the address, and one's own photo in the browser.
    tab(page, "mask").click()
    page.locator("#threshold input[type=range]").press("End")
    expect(page).to_have_url(re.compile(r"/zh\?example=chelsea&threshold=0.98&view=mask$"))
    page.goto(app_url, wait_until="commit")  # the choice is remembered
    expect(page.locator("h1")).to_have_text(CHINESE.page.tagline)
    page.locator(".hero .language").click()
    expect(page.locator("h1")).to_have_text(ENGLISH.page.tagline)
    expect(page.locator(NUMBER)).to_be_visible()
    use(page, write_photo(tmp_path, 90, 60))
    expect(page.locator(FACTS)).to_contain_text("90 × 60")
    tab(page, "objects").click()
    expect(page).to_have_url(re.compile("view=objects"))
    page.reload()
    expect(page.locator(FACTS)).to_contain_text("90 × 60")
    selected(page, "objects")
    page.locator(".hero .link").click()
    expect(page.locator(".hero .link")).to_have_text(ENGLISH.page.link_copied_without)
    assert page.evaluate("navigator.clipboard.readText()") == page.url


def test_one_photo_for_the_whole_page(visit, app_url, tmp_path):
    visit.errors_allowed = True  # the browser cannot show the text either
    page = visit(app_url)
    expect(page.locator(NUMBER)).to_be_visible()
    use(page, write_photo(tmp_path, 90, 60))
    expect(page.locator(FACTS)).to_contain_text("90 × 60")
    # What is no photo is told by our own reader, whatever Gradio guesses of its name.
    (tmp_path / "note.txt").write_text("only words")
    use(page, tmp_path / "note.txt")
    expect(page.get_by_test_id("toast-body")).to_contain_text("Received: text")
    expect(page.locator(FACTS)).to_contain_text("90 × 60")
    tab(page, "explore").click()
    expect(page.locator("#stage figure")).to_have_attribute("data-name", "90-mask")
    # Pasted while Explore is looked at, it is shown there, and in Segment.
    page.evaluate(GIVE, ["paste", list(photo_bytes(80, 50))])
    expect(page.locator("#stage figure")).to_have_attribute("data-name", "given-mask")
    page.locator("#explore-examples button").nth(3).click()
    expect(page.locator("#stage figure")).to_have_attribute("data-name", "chelsea-mask")
    tab(page, "segment").click()
    expect(page.locator(FACTS)).to_contain_text("451 × 300")
    # Dropped where no photo is shown, it leads to the tab that shows one.
    tab(page, "about").click()
    page.evaluate(GIVE, ["drop", list(photo_bytes(70, 40))])
    selected(page, "segment")
    expect(page.locator(FACTS)).to_contain_text("70 × 40")


def test_a_late_answer_of_explore_takes_no_photo_back(visit, app_url, tmp_path):
    page = visit(app_url)
    expect(page.locator(NUMBER)).to_be_visible()
    held = hold_back(page, app_url, "explore-photo")
    # Once it is of the photo that Explore has followed, and once of one that was chosen there.
    for width, example, asked in ((90, None, "coffee"), (80, 3, "chelsea")):
        tab(page, "explore").click()
        if example is not None:
            page.locator("#explore-examples button").nth(example).click()
        late = wait_for(page, held)
        tab(page, "segment").click()
        use(page, write_photo(tmp_path, width, 60))
        expect(page.locator(FACTS)).to_contain_text(f"{width} × 60")
        late.continue_()
        expect(page.locator("#stage figure")).to_have_attribute("data-name", f"{asked}-mask")
        page.wait_for_timeout(500)
        expect(page.locator(FACTS)).to_contain_text(f"{width} × 60")
        held.clear()
    page.unroute_all()
    tab(page, "explore").click()
    expect(page.locator("#stage figure")).to_have_attribute("data-name", "80-mask")


@pytest.mark.parametrize("way", ["photo", "use", "examples"])
def test_a_photo_that_is_given_before_the_page_has_opened_one_stays(visit, app_url, tmp_path, way):
    page = visit("about:blank")
    late, passing = [], []
    page.route(
        "**/gradio_api/queue/join*",
        lambda route: route.continue_() if passing else late.append(route),
    )
    page.goto(f"{app_url}/?language=en", wait_until="commit")
    wait_for(page, late)
    passing.append(True)
    expect(page.locator("#photo input[type=file]")).to_be_attached()
    if way == "examples":
        page.locator("#examples button").nth(3).click()
        size = "451 × 300"
    else:
        chosen = page.locator("#photo input[type=file], input[type=file]:has(+ #use-photo)")
        chosen.nth(("photo", "use").index(way)).set_input_files(write_photo(tmp_path, 90, 60))
        size = "90 × 60"
    for asked in late:
        asked.continue_()
    expect(page.locator(FACTS)).to_contain_text(size)
    page.wait_for_timeout(1500)
    expect(page.locator(FACTS)).to_contain_text(size)


def test_on_a_phone_the_result_is_seen_first_after_the_choice(visit, app_url, tmp_path):
    page = visit(app_url, width=390, height=844)
    expect(page.locator(NUMBER)).to_be_visible()
    expect(page.locator("#photo")).to_be_in_viewport()  # nobody has chosen anything yet
    use(page, write_photo(tmp_path, 90, 60))
    expect(page.locator(FACTS)).to_contain_text("90 × 60")
    expect(page.locator("#score")).to_be_in_viewport(ratio=0.9)
    expect(page.locator(".before-after")).to_be_in_viewport()


def test_the_page_is_used_by_keyboard(visit, app_url):
    page = visit(app_url)
    expect(page.locator("#download-mask")).to_be_enabled()
    # The line between before and after, and it stays where it is when the pictures are drawn anew.
    line = page.locator(".before-after input")
    after = page.locator(".before-after .after")
    line.press("Home")
    expect(after).to_have_css("clip-path", "inset(0px 0px 0px 0%)")
    line.press("End")
    expect(after).to_have_css("clip-path", "inset(0px 0px 0px 100%)")
    before = after.get_attribute("src")
    page.locator("#after input").nth(1).press("Space")
    expect(after).not_to_have_attribute("src", before)
    expect(after).to_have_attribute("alt", ENGLISH.segment.afters.overlay)
    expect(line).to_have_value("100")
    expect(after).to_have_css("clip-path", "inset(0px 0px 0px 100%)")
    # Whatever takes the focus shows it, and is large enough for a finger.
    page.locator(".hero .language").focus()
    seen = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        held = page.evaluate(FOCUS)
        if held is None:
            break
        assert held["outline"] >= 2 and min(held["size"]) >= 16, held
        seen.add(held["name"])
    assert {"Remove Image", ENGLISH.segment.use_photo, ENGLISH.page.example_names.chelsea} <= seen
    # A bar of tabs takes arrows.
    tab(page, "segment").press("ArrowLeft")
    selected(page, "about")
    page.keyboard.press("ArrowRight")
    selected(page, "segment")


# What has the focus: its name, how wide its outline is, and its size; null at the page's end.
FOCUS = """() => {
    const element = document.activeElement;
    if (element === document.body) return null;
    const style = getComputedStyle(element), box = element.getBoundingClientRect();
    // The line between the pictures shows the focus itself.
    const drawn = element.matches(".split") ? getComputedStyle(element.parentElement, "::after")
        : style;
    return {
        name: element.ariaLabel ?? element.textContent.trim(),
        outline: drawn.outlineStyle === "none" ? 0 : parseFloat(drawn.outlineWidth),
        size: [Math.round(box.width), Math.round(box.height)],
    };
}"""


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_tour_of_a_stage_is_walked_with_one_key(visit, app_url, tmp_path, language):
    said = words(language)
    path = "/zh?present=1" if language == "zh" else "/?language=en&present=1"
    page = visit(app_url + path, width=1920, height=1080)
    tour = page.locator(".tour")
    places = {
        "cutout": ("segment", "cutout"),
        "critic": ("explore", "critic"),
        "spoiled": ("explore", "critic"),
        "stages": ("explore", "generator"),
        "race": ("train", "race"),
        "own": ("segment", "before-after"),
    }
    assert [*said.present.steps] == ["photo", *places]
    expect(tour).to_contain_text(said.present.steps.photo)
    expect(page.locator(NUMBER)).to_be_visible()
    assert page.locator(".tabs").first.bounding_box()["width"] > 1800
    for step, (opened, view) in places.items():
        page.keyboard.press("PageDown")
        expect(tour).to_contain_text(said.present.steps[step])
        selected(page, opened)
        expect(tab(page, view).last).to_have_attribute("aria-selected", "true")
        if step == "spoiled":
            expect(page.locator("#spoil-right input[type=range]")).to_have_value("20")
    expect(page.locator("#use-photo")).to_be_focused()
    # Of whoever was here nothing is left for the next.
    use_own = said.segment.use_photo
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name=use_own).press("Enter")
    chooser.value.set_files(write_photo(tmp_path, 90, 60))
    expect(page.locator(FACTS)).to_contain_text("90 × 60")
    page.keyboard.press("r")
    expect(tour).to_contain_text(said.present.steps.photo)
    expect(page.locator(FACTS)).to_contain_text("600 × 400")


# The window goes out of sight, or comes back.
LOOK = """seen => {
    for (const [name, value] of Object.entries(
        {hidden: !seen, visibilityState: seen ? "visible" : "hidden"}))
        Object.defineProperty(document, name, {value, configurable: true});
    document.dispatchEvent(new Event("visibilitychange"));
}"""


def test_only_who_looks_at_the_trainings_asks_how_they_stand(visit, app_url):
    page = visit("about:blank")
    page.clock.install()  # minutes pass at once
    asked = []

    def of_trainings(request):
        return request.url.split("?")[0].endswith("/predict") and '"key":' in request.post_data

    page.on("request", lambda request: of_trainings(request) and asked.append(request))
    page.goto(app_url)
    expect(page.locator("#download-mask")).to_be_enabled()

    def asks():
        """Whether the page asks how the visitor's trainings stand within a minute."""
        page.wait_for_timeout(500)  # what is under way ends
        asked.clear()
        page.clock.fast_forward(60_000)
        page.wait_for_timeout(500)
        return bool(asked)

    assert not asks()
    tab(page, "train").click()
    expect(page.locator("#race-film .player")).to_be_visible()
    assert asks()
    page.evaluate(LOOK, False)
    assert not asks()
    with page.expect_request(of_trainings):
        page.clock.pause_at(page.evaluate("Date.now()") + 1000)
        page.evaluate(LOOK, True)  # who comes back waits for no tick
    page.clock.resume()
    tab(page, "about").click()
    assert not asks()


# Counts how often a picture is asked of the browser.
COUNT = """{
    window.asked = 0;
    const request = window.requestAnimationFrame;
    window.requestAnimationFrame = action => { window.asked += 1; return request(action); };
}"""
RESTS = "() => { const rests = asked === window.before; window.before = asked; return rests; }"
ENDLESS = """() => document.getAnimations()
    .filter(each => each.effect.getTiming().iterations === Infinity).length"""


def test_a_page_that_nobody_touches_rests(visit, app_url):
    page = visit("about:blank")
    page.add_init_script(COUNT)
    page.goto(app_url)
    expect(page.locator("#download-mask")).to_be_enabled()
    page.wait_for_function(RESTS, polling=500)
    tab(page, "about").click()
    expect(page.locator("figure.cycle li").first).to_be_visible()
    assert page.evaluate(ENDLESS) == 0
    page.wait_for_function(RESTS, polling=500)


def test_the_panel_for_programs_names_every_endpoint_and_misses_nothing(visit, app_url):
    page = visit(app_url)
    page.get_by_role("button", name="Use via API").click()
    panel = page.locator(".api-docs")
    for name in ("segment_many", "score", "touch_up"):
        expect(panel).to_contain_text(name)
