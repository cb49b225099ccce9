from types import SimpleNamespace

import gradio as gr
import pytest

from gecat.app.ui.sessions import SESSIONS, Sessions


@pytest.fixture
def sessions():
    with gr.Blocks() as demo:
        state = gr.State("nothing")
        gr.HTML("x" * 100_000)
    holder = Sessions()
    holder.set_blocks(demo)
    return holder, state._id


def test_a_session_remembers_its_state_and_no_page(sessions):
    holder, state = sessions
    holder["one"][state] = "something"
    assert holder["one"][state] == "something"
    assert holder["two"][state] == "nothing"
    holder["one"]._update_value_in_config(state, "something else")
    assert list(holder["one"].components) == []
    assert holder["one"].config_values.get(state) is None


def test_the_session_unused_for_longest_goes_first(sessions):
    holder, _ = sessions
    for number in range(SESSIONS):
        holder.session_data[str(number)] = SimpleNamespace()
    holder["0"]
    holder["new"]
    assert len(holder.session_data) == SESSIONS
    assert "0" in holder and "1" not in holder
