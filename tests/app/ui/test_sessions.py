import tracemalloc
from types import SimpleNamespace

import gradio as gr
import pytest
from gradio import route_utils

from gecat.app.ui import guard
from gecat.app.ui.sessions import SESSIONS, Sessions

WEIGHS = 3000  # bytes, of a session in which nothing has happened yet


@pytest.fixture(scope="module")
def page():
    with gr.Blocks(analytics_enabled=False) as demo:
        state = gr.State("nothing")
        gr.HTML("x" * 100_000)
        for _ in range(100):
            gr.Button()
    return demo, state._id


@pytest.fixture
def sessions(page):
    demo, state = page
    holder = Sessions()
    holder.set_blocks(demo)
    return holder, state


def test_a_session_remembers_its_state_and_no_page(sessions):
    holder, state = sessions
    holder["one"][state] = "something"
    assert holder["one"][state] == "something"
    assert holder["two"][state] == "nothing"
    holder["one"]._update_value_in_config(state, "something else")
    assert list(holder["one"].components) == []
    assert holder["one"].config_values.get(state) is None


def test_a_session_weighs_little_however_large_the_page_is(sessions):
    holder, _ = sessions
    tracemalloc.start()
    try:
        for number in range(100):
            holder[str(number)]
        held, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most / 100 < WEIGHS  # a moment's description of the page counts, too
    assert held <= most


def test_what_a_session_has_updated_is_its_own(sessions):
    holder, state = sessions
    button = next(part for part in holder.blocks.blocks.values() if isinstance(part, gr.Button))
    updated = gr.Button("again", render=False)
    holder["one"][button._id] = updated
    assert holder["one"][button._id] is updated
    assert holder["two"][button._id] is button is holder.blocks.blocks[button._id]
    assert button._id in holder["two"] and state not in holder["two"]


def test_what_was_closed_keeps_its_state_for_an_hour(sessions):
    holder, state = sessions
    holder["one"][state] = "something"
    holder["one"].is_closed = True
    holder.delete_all_expired_state()
    assert holder["one"][state] == "something"
    holder["one"].STATE_TTL_WHEN_CLOSED = -1
    holder.delete_all_expired_state()
    assert holder["one"][state] == "nothing"


def test_a_call_without_a_session_describes_no_page_either(sessions):
    holder, _ = sessions
    app = SimpleNamespace(get_blocks=lambda: holder.blocks)
    body = SimpleNamespace(event_id=None, session_hash=None)
    state, _ = route_utils.restore_session_state(app, body)
    assert isinstance(state, guard.Session) and list(state.components) == []


def test_the_session_unused_for_longest_goes_first(sessions):
    holder, _ = sessions
    for number in range(SESSIONS):
        holder.session_data[str(number)] = SimpleNamespace()
    holder["0"]
    holder["new"]
    assert len(holder.session_data) == SESSIONS
    assert "0" in holder and "1" not in holder
