"""What a run that is resumed goes on with."""

import pytest

from gecat.errors import RunError
from gecat.training.run.resume import taken_up

NOTHING = {"source": None, "teacher": None, "limit": None}


def test_what_nobody_names_is_what_the_run_began_with():
    began = {"source": "scenes", "teacher": "teacher.safetensors", "limit": 8}
    assert taken_up(began, NOTHING) == began == taken_up(began, began)


def test_a_run_of_an_older_version_takes_what_is_given():
    given = {"source": "scenes", "teacher": "teacher.safetensors", "limit": 8}
    assert taken_up({"source": "scenes"}, given) == given
    assert taken_up({"source": "scenes"}, NOTHING) == {**NOTHING, "source": "scenes"}


def test_photos_that_lie_elsewhere_now_may_be_named_anew(tmp_path):
    old, new = tmp_path / "old", tmp_path / "new"
    began, given = {**NOTHING, "source": str(old)}, {**NOTHING, "source": str(new)}
    assert taken_up(began, given)["source"] == str(new)
    old.mkdir()
    with pytest.raises(RunError, match="leave out --data. Received: new"):
        taken_up(began, given)
    assert taken_up(began, {**NOTHING, "source": str(new / ".." / "old")})


@pytest.mark.parametrize(
    ("name", "began", "given"),
    [
        ("source", "photos", "scenes"),
        ("source", "scenes", "photos"),
        ("teacher", None, "some"),
        ("limit", None, 8),
        ("limit", 8, 9),
    ],
)
def test_another_one_is_refused(name, began, given):
    with pytest.raises(RunError, match=f"Received: {given}"):
        taken_up({**NOTHING, name: began}, {**NOTHING, name: given})
