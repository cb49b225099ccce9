"""Whose weights segment; the runs are real, and their processes learn nothing."""

import gradio as gr
import pytest

from gecat.app.ui.run_weights import RunWeights
from gecat.i18n import words
from gecat.inference.segmenter import Segmenter
from gecat.jobs.job import new_key
from gecat.jobs.requests import RunRequest

from ...stand_in import wait_for

NOTHING = {"run_in_use": None, "row": gr.update(visible=False), "note": ""}


@pytest.fixture
def run_weights(open_jobs):
    return RunWeights(words("en"), open_jobs())


@pytest.fixture
def learned(run_weights, small_weights):
    """A visitor whose run has real weights."""
    jobs, key = run_weights.jobs, new_key()
    run = jobs.start(key, RunRequest(seconds=1))
    wait_for(lambda: jobs.state(jobs.get(key, run)) == "done")
    weights = jobs.folder(jobs.get(key, run)) / "weights.safetensors"
    weights.write_bytes(small_weights.read_bytes())
    return {"key": key, "run": run}


def test_a_runs_weights_segment_for_their_visitor_only(run_weights, learned):
    described = run_weights.describe(learned)
    assert described["run_in_use"] == learned
    assert described["row"]["visible"] and "Run 1" in described["note"]
    segmenter = run_weights.segmenter(learned)
    assert isinstance(segmenter, Segmenter) and run_weights.segmenter(learned) is segmenter
    for stolen in ({**learned, "key": new_key()}, {"key": None}, "used", None):
        assert run_weights.segmenter(stolen) is None
        assert run_weights.describe(stolen) == NOTHING


def test_those_that_ship_segment_once_the_run_is_gone(run_weights, learned):
    run_weights.jobs.delete(learned["key"], learned["run"])
    assert run_weights.describe(learned) == NOTHING
    assert run_weights.segmenter(learned) is None


def test_a_visitor_returns_to_those_that_ship(run_weights):
    first, second = run_weights.use_shipped(), run_weights.use_shipped()
    assert first["run_in_use"] is second["run_in_use"] is None
    assert first["weights_chosen"] != second["weights_chosen"]
