import base64
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import hypothesis
import pytest

import gecat
from gecat.inspection.photo import make_probe
from gecat.jobs.actions import Jobs

from .stand_in import stand_in

# The same examples each time, so that luck decides no landing; `--hypothesis-profile default`
# draws new ones.
hypothesis.settings.register_profile("repeatable", derandomize=True)
hypothesis.settings.load_profile("repeatable")

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 120


@pytest.fixture(scope="session")
def small_weights(tmp_path_factory):
    """A weights file of untrained `small` networks that compare looks, as one view shows it."""
    import keras

    from gecat.config import preset
    from gecat.model.registry import build_discriminator, build_generator
    from gecat.model.weights import save_weights

    keras.utils.set_random_seed(0)
    config = preset("small", generator_mixture=True)
    path = tmp_path_factory.mktemp("weights") / "small.safetensors"
    save_weights(path, config, build_generator(config), build_discriminator(config))
    return path


@pytest.fixture(scope="session")
def segmenter(small_weights):
    """The Segmenter of the untrained networks: what is compiled once serves every test."""
    return gecat.load(small_weights)


@pytest.fixture(scope="session")
def probe(segmenter):
    """The Probe of the untrained networks."""
    return make_probe(segmenter.networks)


@pytest.fixture(scope="session")
def app_log(tmp_path_factory):
    """Where the app of `app_url` writes what its operator reads."""
    return tmp_path_factory.mktemp("app") / "log.txt"


@pytest.fixture(scope="session")
def app_url(app_log, small_weights):
    """The address of the app, served by a process of its own with untrained networks."""
    yield from serve(app_log.parent, small_weights)


@pytest.fixture(scope="session")
def bare_app_url(tmp_path_factory):
    """The address of the app where its weights file is missing."""
    folder = tmp_path_factory.mktemp("bare")
    yield from serve(folder, folder / "missing.safetensors")


def serve(folder, weights, *options, runs="runs", auth=None):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    command = [sys.executable, "app.py", "--host", "127.0.0.1", "--port", port]
    command += ["--weights", str(weights), *options]
    command += ["--runs", str(folder / runs)] if runs else []
    environment = {
        **os.environ,
        "GRADIO_TEMP_DIR": str(folder / "files"),
        "TF_CPP_MIN_LOG_LEVEL": "2",
        "PYTHONUNBUFFERED": "1",
    }
    log = folder / "log.txt"
    with log.open("w") as output:
        server = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    url = f"http://127.0.0.1:{port}"
    try:
        wait_until_up(url, server, log, auth)
        yield url
    finally:
        server.terminate()
        try:
            server.wait(30)  # it ends its trainings first
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def wait_until_up(url, server, log, auth=None):
    request = urllib.request.Request(url)
    if auth is not None:
        known = base64.b64encode(":".join(auth).encode()).decode()
        request.add_header("Authorization", f"Basic {known}")
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(request, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    pytest.fail(f"the app did not start:\n{log.read_text()}")


@pytest.fixture
def open_jobs(tmp_path):
    """Makes Jobs on one root, with trainings that learn nothing unless a command is given."""
    opened = []

    def make(command=stand_in, **options):
        opened.append(Jobs(tmp_path / "runs", command=command, **options))
        return opened[-1]

    yield make
    for jobs in opened:
        jobs.close()
