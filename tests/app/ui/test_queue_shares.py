"""Shares of the queue, asked of a real server: who floods it turns away nobody but himself."""

import threading
from types import SimpleNamespace

import gradio as gr
import httpx
import pytest
from gradio.utils import LRUCache

from gecat.app.ui.queue_shares import (
    CONTROLS_OF_AN_ADDRESS,
    OF_A_SESSION,
    OF_AN_ADDRESS,
    WAITING,
    forget_sessions,
    next_events,
    share_queue,
)
from gecat.app.ui.unfetched import OF_A_SESSION as UNFETCHED_OF_A_SESSION
from gecat.app.ui.unfetched import SESSIONS_OF_AN_ADDRESS

from ...stand_in import wait_for

WORK, CONTROL, ANSWER = 0, 1, 2


PLACES = 4


@pytest.fixture
def running():
    """Calls that take until the test is over: (how one joins, whose run, the queue)."""
    ended, names = threading.Event(), []

    def work(name):
        names.append(name)
        ended.wait(60)

    with gr.Blocks(analytics_enabled=False) as demo:
        button, name = gr.Button(), gr.Textbox()
        button.click(work, [name], concurrency_id="photos", concurrency_limit=PLACES)
    share_queue(demo)
    _, url, _ = demo.launch(
        prevent_thread_lock=True, quiet=True, server_name="127.0.0.1", ssr_mode=False
    )

    def send(name, address):
        body = {"data": [name], "fn_index": 0, "session_hash": name}
        headers = {"x-forwarded-for": address}
        join = f"{url}gradio_api/queue/join"
        httpx.post(join, json=body, headers=headers, timeout=30).raise_for_status()

    yield send, names, demo._queue
    ended.set()
    demo.close()


@pytest.fixture
def join():
    ended = threading.Event()
    with gr.Blocks(analytics_enabled=False) as demo:
        button, other = gr.Button(), gr.Button()
        button.click(lambda: ended.wait(60) and None, concurrency_id="network", concurrency_limit=1)
        other.click(lambda: ended.wait(60) and None, concurrency_limit=None)
        other.click(lambda: None, concurrency_limit=None)
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

        send.queue, send.client = demo._queue, client
        yield send
    ended.set()
    demo.close()


def test_sessions_that_nobody_comes_back_for_are_forgotten():
    messages = LRUCache(10)
    queue = SimpleNamespace(pending_messages_per_session=messages, pending_event_ids_session={})
    for number in range(100):
        messages[f"s{number}"] = queue.pending_event_ids_session[f"s{number}"] = {"event"}
        forget_sessions(queue)
    assert len(queue.pending_event_ids_session) <= 20
    assert messages.keys() <= queue.pending_event_ids_session.keys()


def test_no_address_takes_all_places(running):
    join, names, queue = running
    for number in range(PLACES):
        join(f"first {number}", "203.0.113.1")
    wait_for(lambda: len(names) == PLACES - 1)
    join("second", "203.0.113.2")  # it passes those that wait
    wait_for(lambda: "second" in names)
    assert len(names) == PLACES
    assert not queue.event_analytics  # nothing is summed up after every event


def test_addresses_are_served_in_turn_where_there_is_one_place():
    """Who sends 30 batches before another's first would keep him waiting for all of them."""
    flood, other = ("203.0.113.1", "203.0.113.2")
    asked = [flood] * 4 + [other] * 2
    waiting = [
        SimpleNamespace(request=SimpleNamespace(client=SimpleNamespace(host=host)), name=host)
        for host in asked
    ]
    line = SimpleNamespace(concurrency_limit=1, current_concurrency=0, queue=waiting)
    queue = SimpleNamespace(event_queue_per_concurrency_id={"batches": line}, active_jobs=[])
    begun, served = {}, []
    while waiting:
        ((event,), _, _) = next_events(queue, begun)
        served.append(event.name)
    assert served == [flood, other, flood, other, flood, flood]
    assert len(begun) == 1


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


def test_who_fetches_no_answers_gets_no_more(join):
    statuses = []
    for _ in range(UNFETCHED_OF_A_SESSION + 1):
        statuses.append(join(ANSWER, "deaf"))
        wait_for(lambda: not any(join.queue.active_jobs) and not len(join.queue))
    assert statuses == [200] * UNFETCHED_OF_A_SESSION + [503]
    assert join(ANSWER, "another") == 200
    query = {"session_hash": "deaf"}
    with join.client.stream("GET", "gradio_api/queue/data", params=query) as lines:
        assert sum("process_completed" in line for line in lines.iter_lines()) == len(statuses) - 1
    assert join(ANSWER, "deaf") == 200


def test_what_lies_for_the_most_deaf_of_an_address_is_forgotten(join):
    for number in range(SESSIONS_OF_AN_ADDRESS):
        assert join(ANSWER, f"s{number}") == 200
        wait_for(lambda: not any(join.queue.active_jobs) and not len(join.queue))
    assert join(WORK, "neighbour", "203.0.113.2") == 200
    assert join(WORK, "last") == 200
    kept = join.queue.pending_messages_per_session
    assert [*kept] == [*(f"s{n}" for n in range(1, SESSIONS_OF_AN_ADDRESS)), "neighbour", "last"]
