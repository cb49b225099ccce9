"""axe-core finds nothing on any tab, in light and in dark, in both languages."""

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import expect

from gecat.i18n import words

VIEWS = {
    "segment": ("before-after", "cutout", "mask", "touch-up", "objects", "background"),
    "explore": ("generator", "critic", "duel", "gradient-epoch", "many-photos"),
    "train": ("race", "training", "critic", "step-by-step", "side-by-side", "take-home"),
    "compare": ("one-photo", "quality", "stability"),
    "about": (),
}
# Whole pages once; then, in each view, what is in it.
AXE = """async first => {
    const shown = [...document.querySelectorAll("[role=tabpanel]")].filter(it => it.offsetParent);
    const rule = {enabled: true};
    const found = await axe.run(first ? document : shown.at(-1),
        {rules: {"label-content-name-mismatch": rule, "target-size": rule}});
    return found.violations.flatMap(
        broken => broken.nodes.map(node => `${broken.id}: ${node.html.slice(0, 300)}`));
}"""
# Labels that a Chinese page has in English.
ENGLISH_LABELS = """() => ["aria-label", "title", "alt", "placeholder"].flatMap(
    name => [...document.querySelectorAll(`[${name}]`)]
        .filter(element => element.offsetParent && !element.closest("#card"))
        .map(element => element.getAttribute(name))
        .filter(label => /^[A-Za-z][a-z]+ |^[A-Z][a-z]+$/.test(label)))"""


# The languages have the same colours, and the themes the same words.
@pytest.mark.parametrize(
    ("language", "theme"), [("en", "dark"), pytest.param("zh", "light", marks=pytest.mark.slow)]
)
def test_nothing_keeps_anybody_from_the_page(visit, app_url, language, theme):
    path = "/zh" if language == "zh" else "/?language=en"
    # In a browser of the other language: Gradio's own words are those of the page.
    locale = {"en": "zh-CN", "zh": "en-US"}[language]
    page = visit(app_url + path, locale=locale, color_scheme=theme)
    expect(page.locator("#download-mask")).to_be_enabled()
    remove = {"en": "Remove Image", "zh": "移除图像"}[language]
    expect(page.locator("#photo").get_by_role("button", name=remove)).to_be_visible()
    page.evaluate(AXE_FILE_PATH.read_text())
    page.add_style_tag(content="* { transition: none !important; }")  # a colour halfway is none
    found = {}
    for tab, views in VIEWS.items():
        page.locator(f"[role=tab][data-tab-id={tab}]").first.click()
        if tab == "explore":
            expect(page.locator("#stage figure")).to_be_visible()
        if tab == "compare":  # its buttons change their colours until then
            expect(page.locator(".comparing[data-state=done]")).to_be_visible()
        for view in views or (None,):
            if view:
                page.locator(f"[role=tab][data-tab-id={view}]:visible").last.click()
            if view == "training":
                no_runs = words(language).train.no_runs
                expect(page.locator("#train-status")).to_contain_text(no_runs)
            first = view == (views or (None,))[0]
            found[tab, view] = page.evaluate(AXE, first)
        if language == "zh":
            assert page.evaluate(ENGLISH_LABELS) == []
    broken = {place: nodes for place, nodes in found.items() if nodes}
    assert broken == {}, broken
