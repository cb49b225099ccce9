"""What keeps the app from starting is told in a sentence, never in a traceback."""

import base64
import os
import socket
import subprocess
import sys

import httpx
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

from ..conftest import ROOT, serve


def start(tmp_path, *options, **environment):
    """What the app says, and its exit status, where it does not come up."""
    run = subprocess.run(
        [sys.executable, "app.py", "--host", "127.0.0.1", *options],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path), **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )
    return run.returncode, run.stderr


@pytest.fixture
def unusable(tmp_path):
    """A folder that nobody can make, whoever asks: its parent is a file."""
    (tmp_path / "file").touch()
    return tmp_path / "file" / "runs"


def test_a_folder_that_cannot_be_used_is_named(tmp_path, unusable):
    status, told = start(tmp_path, "--runs", str(unusable))
    assert status == 2
    assert "Trainings cannot be kept in runs: nothing can be written there." in told
    assert "Traceback" not in told


def test_a_port_that_is_taken_is_named(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        status, told = start(tmp_path, "--port", port, "--runs", str(tmp_path / "runs"))
    assert status == 2
    assert f"cannot listen on port {port}" in told
    assert "Traceback" not in told


def test_without_a_home_the_app_comes_up(tmp_path, unusable, small_weights, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(unusable))
    app = serve(tmp_path, small_weights, runs=None)
    next(app)
    told = (tmp_path / "log.txt").read_text()
    app.close()
    assert "Until then they are kept while the app runs." in told
    assert "Traceback" not in told


def test_an_app_with_a_password_shows_nothing_without(tmp_path, small_weights, monkeypatch):
    monkeypatch.setenv("GECAT_AUTH", "ann:secret")
    monkeypatch.setenv("GECAT_OPERATOR_KEY", "k" * 20)
    app = serve(tmp_path, small_weights, auth=("ann", "secret"))
    url = next(app)
    for path in ("/", "/config", "/zh", "/gradio_api/info", "/gradio_api/upload", "/theme.css"):
        assert httpx.get(url + path).status_code == 401
        assert httpx.post(url + path).status_code == 401
    assert httpx.get(url, auth=("ann", "secret")).status_code == 200
    known = base64.b64encode(b"ann:secret").decode()
    client = Client(url, verbose=False, headers={"Authorization": f"Basic {known}"})
    with pytest.raises(AppError, match="A photo is needed"):
        client.predict(None, False, 0.5, api_name="/segment")
    assert httpx.get(f"{url}/operator", auth=("ann", "secret")).status_code == 401
    listed = httpx.get(f"{url}/operator", auth=("operator", "k" * 20))
    assert listed.text.startswith("no runs in")
    app.close()


def test_a_password_that_is_none_keeps_the_app_from_starting(tmp_path):
    status, told = start(tmp_path, GECAT_AUTH="secret")
    assert (status, "secret" in told.splitlines()[-1]) == (2, False)
    assert "GECAT_AUTH takes user:password" in told
