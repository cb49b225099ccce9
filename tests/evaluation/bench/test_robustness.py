"""The attacks at tiny counts, and planted faults that each of them must find."""

import base64
import json
import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from gecat.errors import Status, told_of
from gecat.evaluation.bench import robustness
from gecat.evaluation.bench.robustness import (
    access,
    archives,
    clock,
    crowd,
    failures,
    fuzz,
    kills,
    reading,
    soak,
    uploads,
    witness,
)
from gecat.evaluation.bench.robustness.ledger import Ledger, percentile
from gecat.evaluation.bench.robustness.processes import Watch
from gecat.evaluation.bench.robustness.serving import App
from gecat.evaluation.bench.robustness.visitor import PlainVisitor, nobody_expected
from gecat.files import write_atomically
from gecat.i18n import words


@pytest.fixture(scope="module")
def app(tmp_path_factory, small_weights):
    with App(tmp_path_factory.mktemp("attacked"), weights=small_weights) as app:
        yield app
        assert app.noted() == []  # nothing was written elsewhere, nobody was called


@pytest.fixture
def visitor(app):
    with app.visitor() as visitor:
        yield visitor


@pytest.fixture
def part():
    return Ledger().part("tried", wanted=3)


def kinds(part):
    return [fault["kind"] for fault in part.figures["found"]]


def test_hostile_files_are_the_same_again_and_read_or_refused(tmp_path, small_weights):
    weights = small_weights.read_bytes()
    seen = set()
    for number in range(40):
        what, data = reading.hostile_file(number, weights)
        assert (what, data) == reading.hostile_file(number, weights)
        outcome = reading.read_file(number, str(tmp_path), what, data)
        assert not outcome.is_fault, outcome
        seen.add(reading.kind_of(number))
    assert {"photo", "archive", "array"} <= seen
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("maker", [*archives.ARCHIVES.values(), archives.hostile_array])
def test_every_hostile_archive_is_made(maker):
    made = maker(np.random.default_rng(1))
    assert len(made[1] if isinstance(made, tuple) else made) > 0


def test_hostile_files_through_the_app_are_told_in_sentences(app, visitor, part):
    numbers = [
        next(n for n in range(10_000) if reading.kind_of(n) == kind)
        for kind in ("photo", "archive", "array")
    ]
    with Watch(lambda: [app.pid]) as watch, closing(visitor.http):
        for number in numbers:
            plain = PlainVisitor(app.url)
            file = reading.hostile_file(number, b"")
            uploads._send(part, visitor, watch, plain, number, *file)
    assert part.figures["through the app"] == 3
    assert kinds(part) == []


def test_a_mark_that_escaped_is_found(app, part, tmp_path):
    (tmp_path / archives.MARK).touch()
    uploads.written_elsewhere(part, app, tmp_path)
    assert "file elsewhere" in kinds(part)


def test_a_fault_is_found_and_made_small(part, tmp_path):
    fuzz.fuzz(part, "jpeg", tmp_path, seconds=1)
    assert kinds(part) == []
    assert part.figures["inputs"]["jpeg"] > 100

    def planted(data):
        if b"!" in data:
            raise KeyError("nobody expected this")

    (tmp_path / "planted").mkdir()
    assert fuzz.keep_finding(tmp_path / "planted", planted, b"ab!cd" * 40)
    (found,) = (json.loads(path.read_text()) for path in (tmp_path / "planted").iterdir())
    assert base64.b64decode(found["input"]) == b"!"
    assert found["told"].startswith("KeyError at test_robustness.py")


@pytest.mark.slow
def test_each_of_a_crowd_gets_his_own_mask(app):
    part = Ledger().part("crowd", wanted=4)
    crowd._send_all(part, app, clients=2)
    assert (part.done, kinds(part)) == (4, [])
    assert 0 < part.figures["by the Model Context Protocol"] < 4
    photo, inside = crowd.draw(0)
    other, _ = crowd.draw(50)
    mask = np.where(inside, 255, 0).astype(np.uint8)
    cut = np.dstack([photo, mask])
    assert crowd.whose(photo, cut, mask) is None
    assert crowd.whose(other, cut, mask) == "another size"
    assert crowd.whose(photo[::-1], cut, mask) == "another photo's pixels"
    assert crowd.whose(photo, cut, mask[::-1]) == "another mask than the cut-out's"


@pytest.mark.slow
def test_a_killed_reader_costs_a_sentence(app, visitor, part):
    kills.MOMENTS["reader"](part, app, visitor, np.random.default_rng(0))
    assert kinds(part) == []
    assert app.is_alive()


def test_a_torn_checkpoint_and_an_old_one_are_found(tmp_path, small_weights):
    (tmp_path / "checkpoints").mkdir()
    whole = small_weights.read_bytes()
    state = tmp_path / "checkpoints" / "state.safetensors"
    state.write_bytes(whole)
    assert list(kills.checkpoint_faults(tmp_path)) == []
    (tmp_path / "stats.jsonl").write_text('{"cycle": 9, "seconds": 300.0}\n')
    assert [kind for kind, _ in kills.checkpoint_faults(tmp_path)] == ["more than an interval lost"]
    state.write_bytes(whole[: len(whole) // 2])
    assert [kind for kind, _ in kills.checkpoint_faults(tmp_path)] == ["unreadable checkpoint"]


def test_what_fits_on_no_disk_leaves_what_was_there(tmp_path):
    try:
        with failures.small_disk(tmp_path / "disk", 1_000_000) as disk:
            write_atomically(disk / "kept", b"good")
            failures.fill(disk)
            with pytest.raises(OSError) as caught:
                write_atomically(disk / "kept", bytes(2_000_000))
            assert told_of(caught.value).code == "file.full"
            assert (disk / "kept").read_bytes() == b"good"
            assert sorted(path.name for path in disk.iterdir()) == ["ballast", "kept"]
    except failures.NotHere as why:
        pytest.skip(str(why))


def test_a_stranger_sees_nothing_of_a_run_that_its_visitor_sees(app, visitor):
    with app.visitor() as stranger:
        visitor.start(seconds=60)
        visitor.steer("rename", run_name="private-7d1")
        patterns = ["private-7d1", visitor.key]
        for name in ("arrive", "refresh", "rename"):
            (index,) = list(access.indices(visitor, [name]))[:1]
            for claim in access.claims(visitor, stranger, "hash")[:3]:
                told = access.call(stranger, index, visitor.run, claim, [])
                assert list(access.leaks(told, patterns, stranger)) == []
        (index,) = list(access.indices(visitor, ["arrive"]))[:1]
        own = access.call(visitor, index, visitor.run, visitor.visitor_state, [])
        assert list(access.leaks(own, patterns, visitor))
        assert kills.job_of(app, visitor.run)["name"] == "private-7d1"
    visitor.steer("delete")


def test_no_address_is_fetched_and_no_file_of_the_server_read(app, visitor, part):
    with access.Trap() as trap:
        visitor.run = "0" * 16
        for name in ("segment", "inspect"):
            (index,) = access.indices(visitor, [name])
            told = access.call(visitor, index, None, None, access.traps(app, visitor, trap))
            assert "complete" not in told and "data" not in told.replace("data:", "")
        # A text is no way to a file either, whichever event takes one.
        kinds_of = {each["id"]: each["type"] for each in visitor.config()["components"]}
        files, asked = access.traps(app, visitor, trap), 0
        for event in visitor.config()["dependencies"]:
            if "textbox" in {kinds_of[number] for number in event["inputs"]}:
                told = access.call(visitor, event["id"], None, None, files)
                asked += len(told.splitlines())
                private = ["root:x:0", app.log.read_text()[:40]]
                assert list(access.leaks(told, private, visitor)) == [], event
        assert asked > 2 * len(files)
        access.ask_tools(part, visitor, access.traps(app, visitor, trap), ["root:x:0"])
        assert kinds(part) == []
        assert part.figures["calls by an assistant"] >= 5 * 2 * 8
        assert trap.asked == []


def test_a_look_tells_what_an_app_takes_and_growth_is_found(app, part, tmp_path):
    first = soak.look(part, app, 0.0)
    assert first["memory"] > 50 and first["open files"] > 5 and first["processes"] >= 1
    assert kinds(part) == []
    part.figures["samples"] = [{**first, "seconds": 10 * n} for n in range(9)]
    soak.judge(part)
    assert kinds(part) == []
    for number, sample in enumerate(part.figures["samples"]):
        sample["memory"] += 60 * number
    soak.judge(part)
    assert kinds(part) == ["grows"]
    soak.draw(part.figures["samples"], tmp_path / "soak.png")
    assert (tmp_path / "soak.png").stat().st_size > 1000


@pytest.mark.slow
def test_an_app_is_loaded_in_every_way_at_once():
    part = Ledger().part("soak", wanted=3)
    soak.run(part, fill=soak.JUNK_BYTES, look_seconds=1, pauses=dict.fromkeys(soak.ACTS, 0.1))
    assert [kind for kind in kinds(part) if kind != "grows"] == []  # three seconds cannot tell that
    assert set(part.figures["acts"]) == {*soak.ACTS}
    assert len(part.figures["samples"]) == 3


def test_a_witness_notes_what_must_never_happen(tmp_path):
    allowed = tmp_path / "allowed"
    allowed.mkdir()
    (tmp_path / "sitecustomize.py").write_text(Path(witness.__file__).read_text())
    told = {"places": [str(allowed)], "ports": [1]}
    code = (
        "import contextlib, socket, sys\n"
        "open(sys.argv[1] + '/allowed/a', 'w').close()\n"
        "open(sys.argv[1] + '/elsewhere', 'w').close()\n"
        "for address in (('127.0.0.1', 1), ('192.0.2.1', 80)):\n"
        "    with contextlib.suppress(OSError), socket.socket() as s:\n"
        "        s.settimeout(0.01)\n"
        "        s.connect(address)\n"
    )
    notes = tmp_path / "notes"
    environment = {
        **os.environ,
        "PYTHONPATH": str(tmp_path),
        witness.NOTES: str(notes),
        witness.PLACES: json.dumps(told),
    }
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], env=environment, check=True)
    noted = [json.loads(line) for line in notes.read_text().splitlines()]
    assert noted == [
        ["write", str(tmp_path / "elsewhere")],
        ["socket.connect", "('192.0.2.1', 80)"],
    ]


def test_a_file_moves_the_clock_of_a_process(tmp_path):
    (tmp_path / "sitecustomize.py").write_text(Path(clock.__file__).read_text())
    jump = tmp_path / "jump"
    jump.write_text("-500")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path), clock.JUMP: str(jump)}
    code = "import time; a = time.time(); open({!r}, 'w').write('300'); print(time.time() - a)"
    done = subprocess.run(
        [sys.executable, "-c", code.format(str(jump))],
        env=environment,
        check=True,
        capture_output=True,
    )
    assert float(done.stdout) == pytest.approx(800, abs=60)


def test_what_nobody_expected_is_no_answer():
    assert nobody_expected("None") and nobody_expected(f"x {words('en').page.unexpected}")
    assert not nobody_expected("The disk is full.")


def test_a_second_call_goes_on_where_the_first_was(tmp_path):
    path = tmp_path / "kept" / "figures.json"
    for done in (1, 2):
        ledger = Ledger(path)
        with ledger.part("kills", 2) as part:
            assert part.is_unfinished()
            part.highest("most/of it", done)
            part.advance()
        assert part.done == done
    with Ledger(path).part("kills", 2) as part:
        assert not part.is_unfinished()
        part.fault("the app died", after="training")
    figures = json.loads(path.read_text())
    assert figures["kills"]["most"] == {"of it": 2}
    assert "1 faults" in robustness.table(figures)
    assert not Ledger(minutes=0).part("kills", 2).is_unfinished()
    assert percentile([3.0, 1.0, 2.0], 0.5) == 2.0


def test_what_is_done_is_told_by_the_status(tmp_path, capsys):
    path = tmp_path / "figures.json"
    path.write_text(
        json.dumps(
            {"kills": {"done": 100, "wanted": 100, "faults": 0, "found": [], "seconds": 1.0}}
        )
    )
    options = robustness.Namespace(part=["kills"], minutes=None, json=path)
    assert robustness.run(options) == Status.DONE
    assert "100 of 100" in capsys.readouterr().out
