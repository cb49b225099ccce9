import asyncio
import base64

import pytest

from gecat.app.ui.passwords import ADDRESSES, GUESS_SECONDS, GUESSES, Guesses, Locked

KEY = "an operator's own key"


@pytest.fixture
def locked():
    async def page(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"page"})

    return Locked(page, {"ann": "secret", "bob": "pässword"}, KEY, lambda: "all runs")


def ask(locked, path="/", user=None, password="", address="203.0.113.1", header=None):
    """(status, body) of a request."""
    if user is not None:
        header = b"Basic " + base64.b64encode(f"{user}:{password}".encode())
    headers = [(b"authorization", header)] if header is not None else []
    scope = {"type": "http", "method": "GET", "path": path, "headers": headers}
    sent = []

    async def send(message):
        sent.append(message)

    asyncio.run(locked({**scope, "client": (address, 1)}, None, send))
    return sent[0]["status"], sent[1]["body"]


@pytest.mark.parametrize("path", ["/", "/config", "/gradio_api/upload", "/static/a.js", "/zh"])
def test_nothing_is_shown_without_a_password(locked, path):
    assert ask(locked, path)[0] == 401
    assert ask(locked, path, "ann", "secret") == (200, b"page")
    assert ask(locked, path, "bob", "pässword") == (200, b"page")


@pytest.mark.parametrize(
    "header", [b"", b"Basic", b"Basic !", b"Basic YQ==", b"Bearer YW5uOnNlY3JldA==", b"\xff"]
)
def test_what_is_no_password_lets_nobody_in(locked, header):
    assert ask(locked, header=header)[0] == 401


def test_all_runs_open_to_the_operators_key_alone(locked):
    assert ask(locked, "/operator", "operator", KEY) == (200, b"all runs")
    assert ask(locked, "/operator/", "ann", "secret")[0] == 401
    assert ask(locked, "/operator")[0] == 401
    assert ask(locked, "/", "operator", KEY)[0] == 401
    assert ask(Locked(locked._app), "/operator") == (200, b"page")  # where it is any other path
    assert ask(Locked(locked._app), "/") == (200, b"page")


def test_guesses_are_counted_by_address(locked):
    for _ in range(GUESSES):
        assert ask(locked, "/", "ann", "guess")[0] == 401
    assert ask(locked, "/", "ann", "secret")[0] == 429
    assert ask(locked, "/operator", "operator", KEY)[0] == 429
    assert ask(locked, "/", "ann", "secret", address="203.0.113.2")[0] == 200


def test_guesses_are_forgotten_after_a_while():
    now = [0.0]
    guesses = Guesses(lambda: now[0])
    for _ in range(GUESSES):
        assert not guesses.too_many("a")
        guesses.count("a")
    assert guesses.too_many("a")
    now[0] = GUESS_SECONDS
    assert not guesses.too_many("a")
    guesses.count("a")
    assert not guesses.too_many("a")
    for number in range(2 * ADDRESSES):
        guesses.count(number)
    assert len(guesses._counts) == ADDRESSES
