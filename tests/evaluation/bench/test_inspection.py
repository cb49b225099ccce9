import pytest

import gecat
from gecat.evaluation.bench import inspection


@pytest.mark.slow
def test_every_answer_is_timed_as_often_as_asked(small_weights, monkeypatch):
    calls = []

    class Counted(inspection.InspectedPhoto):
        def __init__(self, *arguments):
            calls.append("photo")
            super().__init__(*arguments)

    def counted_occlude(*arguments):
        calls.append("occlusion")
        return inspection_occlude(*arguments)

    inspection_occlude = inspection.occlude
    monkeypatch.setattr(inspection, "InspectedPhoto", Counted)
    monkeypatch.setattr(inspection, "occlude", counted_occlude)
    timed = inspection.time_inspection(gecat.load(small_weights), repeats=1)
    assert set(timed) == {
        "another photo",
        "another stage",
        "a spoiled mask",
        "what decides a place",
        "an improved mask",
    }
    assert all(milliseconds > 0 for milliseconds in timed.values())
    assert (calls.count("photo"), calls.count("occlusion")) == (1 + 1 + 1, 1 + 1)
