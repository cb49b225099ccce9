"""Hostile uploads: over every reader directly, as the app reads, and a share through the app."""

import tempfile
import time
from concurrent.futures import BrokenExecutor
from pathlib import Path

from gecat.evaluation.bench.robustness import archives, reading
from gecat.evaluation.bench.robustness.ledger import Part, percentile
from gecat.evaluation.bench.robustness.photos import sound_photos
from gecat.evaluation.bench.robustness.processes import Watch, family, label_of, memory_of
from gecat.evaluation.bench.robustness.serving import App, limit_memory
from gecat.evaluation.bench.robustness.visitor import PlainVisitor, Visitor, nobody_expected
from gecat.overlap import processes

UPLOADS = 20_000
BATCH = 100
SHARED = 20  # every so manieth goes through the app
MEMORY = 400_000_000  # above rest, that a process may take
SECONDS = 10.0  # for a request
SLOWER = 2.0  # seconds that somebody else's request may take longer
AT_REST = 10  # requests that tell how long one takes at rest
TRAINED = 8  # uploads of one visitor's key, who may have no more runs than that


def run(part: Part, batch: int = BATCH) -> None:
    """Uploads what is left; `batch` files are made by one call of the reading child."""
    with tempfile.TemporaryDirectory() as place, App(Path(place) / "app") as app:
        folder = Path(place) / "files"
        folder.mkdir()
        errors = Path(place) / "errors.txt"
        with processes(1, reading.begin, str(errors)) as pool, part:
            weights = pool.submit(reading.sound_weights, place).result()
            for pid in _pids(pool):
                limit_memory(pid)
            warm_up(app)
            rest = resting(app, _pids(pool))
            calm = _calm_seconds(app)
            readers = _pids(pool)
            with (
                Watch(lambda: [app.pid]) as watch,
                Watch(lambda: readers) as watch_of_child,
                PlainVisitor(app.url) as plain,
            ):
                while part.is_unfinished():
                    numbers = range(part.done, min(part.done + batch, part.figures["wanted"]))
                    _one_batch(part, app, watch, plain, pool, [*numbers], str(folder), weights)
                    part.advance(len(numbers))
            _judge(part, app, (watch, watch_of_child), plain, rest, calm)
            part.count("exceptions nobody expected", _tracebacks(errors))
            for _ in range(_tracebacks(errors)):
                part.fault("exception", said=errors.read_text(errors="replace")[-600:])
        written_elsewhere(part, app, Path(place), folder)


def warm_up(app: App, photos: int = 4) -> None:
    """Lets the app load its networks: what it takes then is what it takes at rest."""
    with app.visitor() as visitor:
        for _ in range(photos):
            visitor.segment(visitor.upload(sound_photos()["PNG"]), refine=True)


def resting(app: App, others: list[int]) -> dict[str, int]:
    """Returns the bytes that each kind of process takes at rest, by its label."""
    rest: dict[str, int] = {}
    for pid in family([app.pid, *others]):
        label = label_of(pid)
        rest[label] = max(rest.get(label, 0), memory_of(pid))
    rest["reader"] = rest.get("reader's server", 0)  # it is forked from that
    return rest


def written_elsewhere(part: Part, app: App, *places: Path) -> None:
    """Notes files of the attack, or of the app, that lie where none belongs.

    Args:
        part: Part; app: App that has ended; places: further folders to look through.
    """
    for kind, what in app.noted():
        part.fault("file elsewhere" if kind == "write" else "connection", what=what[-200:])
    looked = [Path("/tmp"), Path.cwd(), Path.home(), *places]
    for folder in looked:
        for depth in ("*", "*/*", "*/*/*"):
            for path in folder.glob(depth):
                if archives.MARK in path.name:
                    part.fault("file elsewhere", what=path.name)


def _one_batch(part, app, watch, plain, pool, numbers, folder, weights):
    through = [n for n in numbers if n % SHARED == 0 and reading.kind_of(n) != "weights"]
    direct = [n for n in numbers if n not in through]
    future = pool.submit(reading.read_files, direct, folder, weights)
    with app.visitor() as visitor:
        for count, number in enumerate(through):
            if count % TRAINED == 0:
                visitor.key = Visitor(app.url).key
            _send(part, visitor, watch, plain, number, *reading.hostile_file(number, weights))
    try:
        outcomes = future.result()
    except BrokenExecutor as error:
        part.fault("reading child died", numbers=[numbers[0], numbers[-1]])
        raise RuntimeError("the reading child died") from error
    for outcome in outcomes:
        part.count(f"told/{outcome.told.partition('(')[0]}")
        part.count(f"files/{outcome.what}")
        part.highest("seconds of a file read directly", outcome.seconds)
        if outcome.is_fault:
            part.fault("exception", number=outcome.number, what=outcome.what, told=outcome.told)


def _send(part, visitor, watch, plain, number, what, data):
    """Sends a file to the app, as a photo or to learn from."""
    kind = reading.kind_of(number)
    part.count("through the app")
    part.count(f"files/{what}")
    plain.meanwhile = f"{what}, number {number}"
    payload = visitor.upload(data, f"{number}.{reading.ENDINGS[kind]}")
    began, busy = time.monotonic(), watch.seconds()
    if kind == "photo":
        done, told = visitor.segment(payload)
    else:
        answer = visitor.start(learn_from="photos", train_files=[payload])
        done, told = "data" in answer, str(answer.get("error"))
    seconds, busy = time.monotonic() - began, watch.seconds() - busy
    if done and kind != "photo":
        visitor.steer("delete")
    part.highest("seconds of a request", seconds)
    part.highest("processor seconds of a request", busy)
    part.count("told/done" if done else "told/a sentence")
    if min(seconds, busy) > SECONDS:  # of the server's time, on however busy a machine
        part.fault("slow request", number=number, what=what, seconds=round(busy, 1))
    if not done and nobody_expected(told):
        part.fault("no sentence", number=number, what=what, told=told[:200])


def _pids(pool):
    return [process.pid for process in pool._processes.values()]


def _calm_seconds(app):
    with PlainVisitor(app.url, pause=0.05) as plain:
        while len(plain.seconds) < AT_REST:
            time.sleep(0.05)
    return percentile(plain.seconds, 0.5)


def _judge(part, app, watches, plain, rest, calm):
    for label, taken in [pair for watch in watches for pair in watch.peaks().items()]:
        above = taken.memory - rest.get(label, 0)
        part.highest(f"megabytes above rest/{label}", round(above / 1e6))
        if above > MEMORY and label in ("app", "reader", "reader's server"):
            part.fault("memory", process=label, megabytes=round(above / 1e6))
    readers = [watch.peaks()["reader"].seconds for watch in watches if "reader" in watch.peaks()]
    part.highest("processor seconds of a reader", max(readers, default=0.0))
    slowest, meanwhile = plain.slowest
    part.note("plain page at rest, seconds", round(calm, 3))
    part.highest("plain page, slowest, seconds", slowest)
    part.highest("plain page, 95%, seconds", percentile(plain.seconds, 0.95))
    part.count("plain pages", len(plain.seconds))
    if slowest - calm > SLOWER:
        part.fault("others slowed", seconds=round(slowest, 2), meanwhile=meanwhile)
    for failure in plain.failures:
        part.fault("page failed", told=failure)
    if app.tracebacks():
        part.fault("exception in the app", count=app.tracebacks(), said=_last_traceback(app.said()))
    if not app.is_alive():
        part.fault("the app died", said=app.said()[-300:])


def _last_traceback(text):
    return text[text.rindex("Traceback (most recent") :][:900]


def _tracebacks(path):
    return path.read_text(errors="replace").count("Traceback (most recent call last)")
