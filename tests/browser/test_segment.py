"""The Segment tab as a person meets it, in a real browser. The networks are untrained."""

import contextlib
import io
import re
import zipfile

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import TimeoutError, expect

from gecat.i18n import words

from .conftest import hold_back, save, wait_for

ENGLISH, CHINESE = words("en"), words("zh")

NUMBER = "#score .number"
FACTS = "#score .facts"


def write_photo(folder, width, height, name="my photo.png"):
    pixels = np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)
    Image.fromarray(pixels).save(folder / name)
    return folder / name


def give(page, path):
    """Clears the photo that is there and uploads another."""
    page.locator("#photo").get_by_role("button", name=re.compile("clear|remove", re.I)).click()
    page.locator("#photo input[type=file]").set_input_files(path)


def choose(page, tab):
    page.get_by_role("tab", name=tab, exact=True).click()


def fetch(page, selector):
    """The picture that an element shows."""
    image = page.locator(f"{selector} img").last
    expect(image).to_be_visible()
    return Image.open(io.BytesIO(page.request.get(image.get_attribute("src")).body()))


def download(page, selector, patience=None):
    button = page.locator(selector)
    expect(button).to_be_enabled()
    return save(button, patience)


def test_the_page_opens_with_an_example_already_segmented(visit, app_url):
    page = visit(app_url)
    expect(page).to_have_title("GEC-AT")
    expect(page.locator("h1")).to_have_text(ENGLISH.page.tagline)
    expect(page.locator(NUMBER)).to_have_text(re.compile(r"^\d+%$"))
    expect(page.locator("#before-after img")).to_have_count(2)


def test_one_click_segments_another_example(visit, app_url):
    page = visit(app_url)
    expect(page.locator(NUMBER)).to_be_visible()
    page.locator("#examples button").nth(3).click()
    expect(page.locator(FACTS)).to_contain_text("451 × 300")
    choose(page, ENGLISH.segment.mask)
    assert fetch(page, "#mask").size == (451, 300)


def test_the_last_of_two_photos_is_shown(visit, app_url, tmp_path):
    """The second is ready while the first, a large one, is still being drawn."""
    page = visit(app_url)
    expect(page.locator(NUMBER)).to_be_visible()
    give(page, write_photo(tmp_path, 4000, 3000))
    expect(page.locator("#photo img")).to_be_visible()
    page.locator("#examples button").nth(3).click()
    expect(page.locator(FACTS)).to_contain_text("451 × 300")
    name, data = download(page, "#download-mask")
    assert Image.open(io.BytesIO(data)).size == (451, 300), name


def test_an_uploaded_photo_gives_its_mask(visit, app_url, tmp_path):
    page = visit(app_url)
    expect(page.locator(NUMBER)).to_be_visible()
    give(page, write_photo(tmp_path, 90, 60))
    expect(page.locator(FACTS)).to_contain_text("90 × 60")
    for tab, selector in (
        (ENGLISH.segment.cutout, "#cutout"),
        (ENGLISH.segment.mask, "#mask"),
        (ENGLISH.segment.new_background, "#composite"),
    ):
        choose(page, tab)
        assert fetch(page, selector).size == (90, 60)
    choose(page, ENGLISH.segment.objects)
    expect(page.locator("#objects img").first).to_be_visible()


def test_edges_are_drawn_along_the_photo_only_where_asked(visit, app_url):
    page = visit(app_url)
    expect(page.locator(NUMBER)).to_be_visible()
    choose(page, ENGLISH.segment.mask)
    refined = np.asarray(fetch(page, "#mask"))
    before = page.locator("#mask img").last.get_attribute("src")
    page.locator("#refine input[type=checkbox]").uncheck()
    expect(page.locator("#mask img").last).not_to_have_attribute("src", before)
    assert (np.asarray(fetch(page, "#mask")) != refined).any()


def test_the_threshold_changes_the_picture(visit, app_url):
    page = visit(app_url)
    expect(page.locator(NUMBER)).to_be_visible()
    choose(page, ENGLISH.segment.mask)
    shares, masks = [], []
    for key in ("Home", "End"):
        before = page.locator(FACTS).inner_text()
        page.locator("#threshold input[type=range]").press(key)
        expect(page.locator(FACTS)).not_to_have_text(before)
        shares.append(int(re.search(r"(\d+)%", page.locator(FACTS).inner_text())[1]))
        masks.append((np.asarray(fetch(page, "#mask")) > 127).mean() * 100)
    assert shares[0] > shares[1]
    assert masks == pytest.approx(shares, abs=1)


def test_the_files_can_be_downloaded_at_full_size(visit, app_url, tmp_path):
    page = visit(app_url)
    expect(page.locator(NUMBER)).to_be_visible()
    give(page, write_photo(tmp_path, 1300, 700))
    expect(page.locator(FACTS)).to_contain_text("1300 × 700")
    for selector, name, mode in (
        ("#download-cutout", "my-photo-cutout.png", "RGBA"),
        ("#download-mask", "my-photo-mask.png", "L"),
        ("#download-background", "my-photo-background.jpg", "RGB"),
    ):
        suggested, data = download(page, selector)
        picture = Image.open(io.BytesIO(data))
        assert suggested == name
        assert (picture.mode, picture.size) == (mode, (1300, 700))


def test_a_picture_becomes_the_new_background(visit, app_url, tmp_path):
    visit.errors_allowed = True  # the browser cannot show the bad file either
    page = visit(app_url)
    expect(page.locator(NUMBER)).to_be_visible()
    choose(page, ENGLISH.segment.mask)
    before = page.locator(FACTS).inner_text()
    page.locator("#threshold input[type=range]").press("End")
    expect(page.locator(FACTS)).not_to_have_text(before)
    mask = np.asarray(fetch(page, "#mask"))
    choose(page, ENGLISH.segment.new_background)
    (tmp_path / "note.png").write_text("only words")
    page.locator("#background input[type=file]").set_input_files(tmp_path / "note.png")
    expect(page.get_by_test_id("toast-body")).to_contain_text(ENGLISH.titles.image)
    expect(page.locator("#background img")).to_have_count(0)
    before = page.locator("#composite img").last.get_attribute("src")
    Image.new("RGB", (40, 30), (10, 20, 200)).save(tmp_path / "wall.png")
    page.locator("#background input[type=file]").set_input_files(tmp_path / "wall.png")
    expect(page.locator("#composite img").last).not_to_have_attribute("src", before)
    composite = np.asarray(fetch(page, "#composite").convert("RGB")).astype(int)
    behind = composite[mask == 0]
    assert len(behind) > 1000
    assert np.abs(np.median(behind, axis=0) - (10, 20, 200)).max() < 10


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [("note.png", b"only words", "Received: text"), ("cut.jpg", b"\xff\xd8\xff\xe0", "JPEG")],
)
def test_a_bad_file_is_refused_with_the_reason(visit, app_url, tmp_path, name, data, reason):
    visit.errors_allowed = True  # the browser cannot show the file either
    page = visit(app_url)
    expect(page.locator(NUMBER)).to_be_visible()
    (tmp_path / name).write_bytes(data)
    give(page, tmp_path / name)
    toast = page.get_by_test_id("toast-body")
    expect(toast).to_contain_text(ENGLISH.titles.image)
    expect(toast).to_contain_text(reason)
    # The last photo's result must not be taken for this one's.
    expect(page.locator("#score")).to_contain_text(ENGLISH.segment.waiting)
    expect(page.locator("#download-mask")).to_be_disabled()
    expect(page.locator("#photo")).to_contain_text("Drop a photo here")


DROP = """([name, type]) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File(["only words"], name, {type}));
    for (const kind of ["dragenter", "dragover", "drop"])
        document.querySelector("#photo img").dispatchEvent(
            new DragEvent(kind, {dataTransfer: transfer, bubbles: true, cancelable: true}));
}"""


def test_a_bad_file_takes_no_good_photo_away(visit, app_url):
    visit.errors_allowed = True  # the browser cannot show the file either
    page = visit(app_url)
    number, toast = page.locator(NUMBER), page.get_by_test_id("toast-body")
    expect(page.locator("#download-mask")).to_be_enabled()
    score, photo = number.inner_text(), page.locator("#photo img").get_attribute("src")
    for name, kind in (("note.png", "image/png"), ("note.txt", "text/plain")):
        page.evaluate(DROP, [name, kind])
        expect(toast).to_have_count(1)
        expect(toast).to_contain_text("Received: text")
        expect(page.locator("#photo img")).to_have_attribute("src", photo)
        expect(number).to_have_text(score)
        expect(page.locator("#download-mask")).to_be_enabled()
        page.get_by_label("Close", exact=False).first.click()
        expect(toast).to_have_count(0)
    before = page.locator(FACTS).inner_text()
    page.locator("#threshold input[type=range]").press("End")
    expect(page.locator(FACTS)).not_to_have_text(before)


def test_many_photos_give_a_gallery_and_a_zip(visit, app_url, tmp_path):
    page = visit(app_url)
    expect(page.locator(NUMBER)).to_be_visible()
    page.get_by_role("button", name=ENGLISH.segment.many_photos).click()
    paths = [write_photo(tmp_path, 50, 40, f"{number}.png") for number in (1, 2)]
    (tmp_path / "note.png").write_text("only words")
    page.locator("#many-files input[type=file]").set_input_files([*paths, tmp_path / "note.png"])
    expect(page.locator("#many-files")).to_contain_text("note")
    page.locator("#many-run").click()
    expect(page.locator("#many-note")).to_contain_text(ENGLISH.segment.many_done.format(count=2))
    expect(page.locator("#many-note")).to_contain_text("note.png")
    expect(page.locator("#many-results img")).to_have_count(2)
    _, data = download(page, "#many-download")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = archive.namelist()
    assert names == ["1-cutout.png", "1-mask.png", "2-cutout.png", "2-mask.png"]


def test_the_link_leads_to_chinese_and_back(visit, app_url):
    page = visit(app_url)
    page.locator(".hero .language").click()
    expect(page.locator("h1")).to_have_text(CHINESE.page.tagline)
    expect(page.locator(FACTS)).to_contain_text("像素")
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    page.locator(".hero .language").click()
    expect(page.locator("h1")).to_have_text(ENGLISH.page.tagline)
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_a_chinese_browser_gets_chinese_and_may_have_english(visit, app_url):
    page = visit(app_url, locale="zh-CN")
    expect(page.locator("h1")).to_have_text(CHINESE.page.tagline)
    page.locator(".hero .language").click()
    expect(page.locator("h1")).to_have_text(ENGLISH.page.tagline)
    expect(page.locator(NUMBER)).to_be_visible()
    expect(page.locator("h1")).to_have_text(ENGLISH.page.tagline)


@pytest.mark.parametrize("path", ["/?language=en", "/zh"])
def test_a_phone_never_scrolls_sideways(visit, app_url, path):
    page = visit(app_url + path, width=390, height=844)
    expect(page.locator(NUMBER)).to_be_visible()
    page_words = CHINESE if path == "/zh" else ENGLISH
    for tab in (page_words.about.tab, page_words.segment.tab):
        choose(page, tab)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_without_weights_the_page_says_what_to_do(visit, bare_app_url):
    visit.errors_allowed = True
    page = visit(bare_app_url)
    expect(page.get_by_test_id("toast-body").first).to_contain_text(ENGLISH.titles.weights)
    expect(page.locator("#score")).to_contain_text(ENGLISH.segment.waiting)


def picture_to_draw_on(page):
    """Opens the view in which a mask is mended by hand."""
    expect(page.locator(NUMBER)).to_be_visible()
    choose(page, ENGLISH.segment.touch_up)
    picture = page.locator("#touch-up-picture img")
    expect(picture).to_be_visible()
    return picture


def mask_that(page, fits, times=1):
    """Waits until the mask that is downloaded fits, so often in a row; returns it."""
    fitting = 0
    for _ in range(100):
        page.wait_for_timeout(750)  # so that what comes late is still seen
        # A click while the file is being written anew hands nothing over; the next one does.
        with contextlib.suppress(TimeoutError):
            _, data = download(page, "#download-mask", patience=2000)
            fitting = fitting + 1 if fits(data) else 0
            if fitting == times:
                return data
    return pytest.fail("No such mask came, or it did not stay.")


def test_a_mask_is_mended_by_hand(visit, app_url):
    page = visit(app_url)
    picture = picture_to_draw_on(page)
    _, before = download(page, "#download-mask")
    facts = page.locator(FACTS).inner_text()

    def draw(kind, *places):
        page.locator(f"#touch-up-kind input[value={kind}]").check()
        picture.scroll_into_view_if_needed()
        box = picture.bounding_box()
        for number, (x, y) in enumerate(places):
            page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=4)
            if not number:
                page.mouse.down()
        page.mouse.up()

    def on_the_way(*levels):
        """Whether a mask has these levels on the way of the strokes."""

        def fits(data):
            mask = np.asarray(Image.open(io.BytesIO(data)))
            middle, width = mask[mask.shape[0] // 2], mask.shape[1]
            return tuple(middle[int(place * width)] for place in (0.25, 0.6, 0.75)) == levels

        return fits

    draw("keep", (0.2, 0.5), (0.8, 0.5))
    mask_that(page, on_the_way(255, 255, 255))
    draw("remove", (0.6, 0.5))
    mask_that(page, on_the_way(255, 0, 255))
    page.locator("#touch-up-undo").click()
    mask_that(page, on_the_way(255, 255, 255))
    # By keyboard the brush begins in the middle, and moves by its own radius.
    picture.locator("xpath=ancestor::button").focus()
    page.keyboard.down("Shift")
    for _ in range(30):
        page.keyboard.press("ArrowRight")
    page.keyboard.up("Shift")
    mask_that(page, on_the_way(255, 0, 0))
    page.locator("#touch-up-undo").click()
    mask_that(page, on_the_way(255, 255, 255))

    # Looked at closely by wheel or two fingers, a stroke lands where it is drawn.
    def middle():
        box = picture.bounding_box()
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    expect(picture).to_have_css("object-fit", "contain")  # or it is not where it seems to be
    whole = picture.bounding_box()
    page.mouse.move(whole["x"] + 0.75 * whole["width"], middle()[1])
    page.keyboard.down("Control")
    page.mouse.wheel(0, -300)
    page.keyboard.up("Control")
    assert picture.bounding_box()["width"] == pytest.approx(2**1.5 * whole["width"])
    draw("remove", (0.75, 0.5))
    mask_that(page, on_the_way(255, 255, 0))
    page.locator("#touch-up-undo").click()
    mask_that(page, on_the_way(255, 255, 255))
    page.locator("#touch-up-whole_picture").click()
    assert picture.bounding_box()["width"] == pytest.approx(whole["width"])
    strokes = page.locator("#touch-up-strokes textarea")
    drawn = strokes.input_value()
    session, (across, down) = page.context.new_cdp_session(page), middle()

    def touch(kind, *places):
        points = [{"x": x, "y": down, "id": number} for number, x in enumerate(places)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", across - 50)
    touch("touchStart", across - 50, across + 50)
    touch("touchMove", across - 100, across + 100)
    touch("touchEnd")
    assert picture.bounding_box()["width"] == pytest.approx(2 * whole["width"])
    assert strokes.input_value() == drawn
    touch("touchStart", across)
    touch("touchEnd")
    mask_that(page, on_the_way(255, 255, 255))  # it was kept already
    assert strokes.input_value() != drawn
    page.locator("#touch-up-reset").click()
    mask_that(page, lambda data: data == before)
    expect(page.locator(FACTS)).to_have_text(facts)


def test_a_stroke_is_taken_back_before_its_mask_is_shown(visit, app_url):
    page = visit(app_url)
    picture = picture_to_draw_on(page)

    def stroke_and(tool, after):
        """Draws a stroke and uses a tool before the mask is shown, which is as it was then."""
        # The first asks for the mask, the second would show it.
        held = hold_back(page, app_url, "touch-up-strokes", number=2)
        picture.click(position={"x": 60, "y": 60})
        request = wait_for(page, held)
        page.locator(f"#touch-up-{tool}").click()
        page.wait_for_timeout(500)
        request.continue_()
        page.unroute_all()
        mask_that(page, lambda data: data == after, times=2)

    _, before = download(page, "#download-mask")
    stroke_and("reset", before)
    picture.click(position={"x": 100, "y": 60})
    after_one = mask_that(page, lambda data: data != before, times=2)
    stroke_and("undo", after_one)
    stroke_and("reset", before)
    expect(page.get_by_test_id("toast-body")).to_have_count(0)


def test_one_of_two_objects_is_cropped_and_copied_as_it_is_downloaded(visit, app_url, tmp_path):
    """Untrained networks take all for one object, but never what one can see through."""
    page = visit(app_url, permissions=["clipboard-read", "clipboard-write"])
    expect(page.locator(NUMBER)).to_be_visible()
    pixels = np.zeros((120, 200, 4), np.uint8)
    pixels[20:100, 10:110] = pixels[30:70, 140:190] = (200, 60, 20, 255)
    Image.fromarray(pixels).save(tmp_path / "two.png")
    give(page, tmp_path / "two.png")
    expect(page.locator(FACTS)).to_contain_text("2 objects")
    choose(page, ENGLISH.segment.objects)
    page.locator("#chosen").get_by_text("Object 2").click()
    expect(page.locator(FACTS)).to_contain_text("1 object ")
    expect(page.locator("#score .title")).to_have_text(ENGLISH.segment.score_title_all)
    choose(page, ENGLISH.segment.new_background)
    page.locator("#ground").get_by_text(ENGLISH.segment.grounds.transparent).click()
    page.locator("#crop input").check()
    expect(page.locator("#composite img").last).to_have_js_property("naturalWidth", 100)
    assert fetch(page, "#composite").size == (100, 80)
    name, data = download(page, "#download-background")
    picture = Image.open(io.BytesIO(data))
    assert (name, picture.mode, picture.size) == ("two-background.png", "RGBA", (100, 80))
    page.locator("#copy").click()
    expect(page.locator("#copy")).to_have_text(ENGLISH.segment.copied)
    assert page.evaluate(CLIPBOARD) == [100, 80]


CLIPBOARD = """async () => {
    const [item] = await navigator.clipboard.read();
    const picture = await createImageBitmap(await item.getType("image/png"));
    return [picture.width, picture.height];
}"""
