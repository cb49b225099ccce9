"""The Compare tab as a person meets it, in a real browser. The networks are untrained."""

import re

import numpy as np
from PIL import Image
from playwright.sync_api import expect

from gecat.i18n import words

ENGLISH, CHINESE = words("en").compare, words("zh").compare
DONE = ".comparing[data-state=done]"


def test_a_photo_is_compared_scored_and_another_follows(visit, app_url, tmp_path):
    visit.errors_allowed = True  # Gradio's editor complains of its own layers
    page = visit(f"{app_url}/?tab=compare&example=chelsea")
    board = page.locator("#board")
    expect(page.locator(DONE)).to_be_visible()
    expect(board.locator(".card img")).to_have_count(8)
    seconds = board.locator("[data-kind=grabcut] span")
    expect(seconds).to_have_text(re.compile(r"^[0-9.]+ s$"))
    expect(board).not_to_contain_text("IoU 0.")
    # A mask of the photo's size scores everybody, and one is best.
    mask = np.zeros((300, 451), np.uint8)
    mask[40:260, 100:380] = 255
    Image.fromarray(mask).save(tmp_path / "mask.png")
    page.locator("#compare-mask input[type=file]").set_input_files(tmp_path / "mask.png")
    expect(board.locator(".card span").get_by_text("IoU")).to_have_count(7)
    expect(board.locator(".card.best")).not_to_have_count(0)
    expect(board).to_contain_text(ENGLISH.truth_card)
    # A photo that is pasted here stays here, and takes the mask of the other away.
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (40, 60, 3), np.uint8)).save(
        tmp_path / "noise.png"
    )
    page.evaluate(PASTE, list((tmp_path / "noise.png").read_bytes()))
    expect(board.locator("figure")).to_have_attribute("data-name", "noise-compared")
    expect(page.locator(DONE)).to_be_visible()
    expect(board).not_to_contain_text(ENGLISH.truth_card)
    assert page.locator("[role=tab][data-tab-id=compare]").first.get_attribute("aria-selected")
    # What is shown is not computed again by a look elsewhere; asked for again, it can be cancelled.
    before = board.inner_html()
    for tab in ("train", "compare"):
        page.locator(f"[role=tab][data-tab-id={tab}]").first.click()
    expect(page.locator(DONE)).to_be_visible()
    assert board.inner_html() == before
    page.locator("#compare-run").click()
    page.locator("#compare-cancel").click()
    expect(page.locator(".comparing")).to_contain_text(re.compile("Cancelled after|have ended"))


def test_what_was_published_is_shown_on_a_phone_in_both_languages(visit, app_url):
    page = visit(f"{app_url}/zh?tab=compare&view=quality", width=390, height=844)
    expect(page.locator("#quality tr[data-method=gecat]")).to_contain_text("0.7")
    expect(page.locator("#quality")).to_contain_text("bench quality")
    page.locator("[role=tab][data-tab-id=stability]").click()
    page.locator("#stability-game").get_by_text(CHINESE.games.ring).click()
    expect(page.locator("#stability figcaption")).to_contain_text(CHINESE.games.ring)
    expect(page.locator("#stability tr[data-arm='GEC-AT']")).to_contain_text("0 / ")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


PASTE = """bytes => {
    const file = new File([new Uint8Array(bytes)], "noise.png", {type: "image/png"});
    const given = new DataTransfer();
    given.items.add(file);
    document.body.dispatchEvent(new ClipboardEvent("paste", {clipboardData: given, bubbles: true}));
}"""
