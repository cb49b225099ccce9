"""Shares of the queue, asked of a real server: who floods it turns away nobody but himself."""

import threading

import gradio as gr
import httpx
import pytest

from gecat.app.ui.queue_shares import (
    CONTROLS_OF_AN_ADDRESS,
    OF_A_SESSION,
    OF_AN_ADDRESS,
    WAITING,
    share_queue,
)

WORK, CONTROL = 0, 1


@pytest.fixture
def join():
    ended = threading.Event()
    with gr.Blocks(analytics_enabled=False) as demo:
        button, other = gr.Button(), gr.Button()
        button.click(lambda: ended.wait(60) and None, concurrency_id="network", concurrency_limit=1)
        other.click(lambda: ended.wait(60) and None, concurrency_limit=None)
    share_queue(demo)
    _, url, _ = demo.launch(
        prevent_thread_lock=True, quiet=True, server_name="127.0.0.1", ssr_mode=False
    )
    with httpx.Client(base_url=url, timeout=30) as client:

        def send(fn, session, address="203.0.113.1"):
            body = {"data": [], "fn_index": fn, "session_hash": session}
            # The test's own address is one that uvicorn takes for a proxy's.
            headers = {"x-forwarded-for": address}
            return client.post("gradio_api/queue/join", json=body, headers=headers).status_code

        yield send
    ended.set()
    demo.close()


def test_a_flood_turns_away_its_own_address_only(join):
    answers = [join(WORK, f"s{number}") for number in range(OF_AN_ADDRESS + 8)]
    assert answers == [200] * OF_AN_ADDRESS + [503] * 8
    assert join(WORK, "another", "203.0.113.2") == 200


def test_a_session_has_a_share_of_its_own(join):
    answers = [join(WORK, "one") for _ in range(OF_A_SESSION + 1)]
    assert answers == [200] * OF_A_SESSION + [503]
    assert join(WORK, "two") == 200


def test_a_full_queue_turns_away_no_control(join):
    addresses = [f"203.0.113.{number}" for number in range(1, 2 + WAITING // OF_AN_ADDRESS)]
    answers = [join(WORK, f"s{i}", a) for a in addresses for i in range(OF_AN_ADDRESS)]
    assert 503 in answers and answers.count(200) >= WAITING
    assert join(WORK, "another", "203.0.113.99") == 503
    assert join(CONTROL, "another", "203.0.113.99") == 200
    assert join(CONTROL, "s1", addresses[0]) == 200
    flood = [join(CONTROL, f"s{number}", addresses[0]) for number in range(CONTROLS_OF_AN_ADDRESS)]
    assert flood[-1] == 503
    assert join(CONTROL, "another", "203.0.113.99") == 200
