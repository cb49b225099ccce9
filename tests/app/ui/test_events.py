"""What goes into an action and what comes out of it is matched by name."""

import asyncio
import inspect

import gradio as gr
import pytest

from gecat.app.ui.events import connect, named


def run(demo, *data):
    """What the only event of a page answers to raw values."""
    (index,) = demo.fns
    answer = asyncio.run(demo.process_api(demo.fns[index], list(data), state=None))
    return answer["data"]


@pytest.fixture
def page():
    with gr.Blocks(analytics_enabled=False) as demo:
        demo.parts = {name: gr.Textbox() for name in ("one", "two", "three")}
        demo.button = gr.Button()
        yield demo


def test_values_are_matched_by_name_in_any_order(page):
    parts = page.parts

    def action(last, first):
        return {"three": first, "one": last}

    connect(page.button.click, action, {"first": parts["one"], "last": parts["two"]}, parts)
    one, two, three = run(page, "a", "b")
    assert (one, three) == ("b", "a")
    assert two == gr.skip()


def test_what_returns_nothing_changes_nothing(page):
    connect(page.button.click, lambda: None, None, page.parts)
    assert run(page) == [gr.skip()] * 3


def test_what_ends_without_a_word_changes_nothing(page):
    def action():
        yield from ()

    connect(page.button.click, action, None, page.parts)
    (index,) = page.fns
    assert run(page) == [gr.skip()] * 3
    (answer,) = page.fns[index].fn()
    assert answer == gr.skip()


def test_settings_arrive_by_their_names(page):
    def action(one, **settings):
        return {"three": f"{one} {sorted(settings.items())}"}

    connect(page.button.click, action, page.parts, page.parts)
    assert run(page, "a", "b", "c")[2] == "a [('three', 'c'), ('two', 'b')]"


def test_gradio_fills_in_progress_and_defaults(page):
    def action(progress=gr.Progress(), two="default", one=None):  # noqa: B008
        return {"three": f"{type(progress).__name__} {one} {two}"}

    connect(page.button.click, action, {"one": page.parts["one"]}, page.parts)
    assert run(page, "a")[2] == "Progress a default"


def test_an_action_is_private_and_keeps_its_name(page):
    def act(one):
        """Says something."""

    connect(page.button.click, act, {"one": page.parts["one"]})
    (event,) = page.fns.values()
    assert (event.api_name, event.api_visibility, event.preprocess) == ("act", "private", False)
    assert list(inspect.signature(event.fn).parameters) == ["one"]
    assert event.fn.__doc__ == "Says something."


def test_any_of_several_events_calls_the_action(page):
    changes = [part.change for part in page.parts.values()]
    connect(changes, lambda: {}, None, page.parts)
    (event,) = page.fns.values()
    assert [name for _, name in event.targets] == ["change"] * 3


def test_what_an_action_does_not_take_is_told_when_the_page_is_built(page):
    with pytest.raises(TypeError, match="four"):
        connect(page.button.click, lambda one: {}, {"four": page.parts["one"]})


def test_components_are_named_by_their_attributes(page):
    class Parts:
        one, two = page.parts["one"], page.parts["two"]

    assert named(Parts, "two") == {"two": page.parts["two"]}
