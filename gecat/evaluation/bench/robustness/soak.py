"""Half an hour of mixed load: memory, open files and disk must be flat, and nobody is called."""

import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import httpx
import numpy as np

from gecat.evaluation.bench.robustness import reading
from gecat.evaluation.bench.robustness.ledger import Part
from gecat.evaluation.bench.robustness.photos import sound_photos
from gecat.evaluation.bench.robustness.processes import (
    connections,
    family,
    label_of,
    memory_of,
    open_files,
)
from gecat.evaluation.bench.robustness.serving import App
from gecat.evaluation.bench.robustness.uploads import warm_up
from gecat.evaluation.bench.robustness.visitor import PlainVisitor, Visitor

LOOK_SECONDS = 10.0
FILL_BYTES = 2_000_000_000  # that the app keeps of what comes: from then on it must not grow
JUNK_BYTES = 20_000_000
GROWTH = {"memory": 100.0, "open files": 20.0, "disk": 150.0}  # from the middle third to the last
ACTS = ("photo", "hostile photo", "page", "training", "junk")
PAUSES = {"photo": 1.0, "hostile photo": 2.0, "page": 3.0, "training": 5.0, "junk": 10.0}
PICTURE = "assets/figures/soak.png"


def run(
    part: Part,
    fill: int = FILL_BYTES,
    look_seconds: float = LOOK_SECONDS,
    pauses: Mapping[str, float] = PAUSES,
) -> None:
    """Loads the app for the seconds that are left.

    Args:
        part: Part; fill: bytes that are uploaded before; look_seconds: between two looks.
        pauses: seconds before each act, by its name.
    """
    part.figures.setdefault("samples", [])
    with tempfile.TemporaryDirectory() as place, App(Path(place)) as app, part:
        warm_up(app, photos=8)
        with app.visitor() as visitor:
            for _ in range(fill // JUNK_BYTES):
                visitor.upload(bytes(JUNK_BYTES), "junk.png")
        ended = threading.Event()
        threads = [
            threading.Thread(target=_load, args=(part, app, name, pauses[name], ended))
            for name in ACTS
        ]
        for thread in threads:
            thread.start()
        try:
            with PlainVisitor(app.url, pause=1.0) as plain:
                while part.is_unfinished():
                    time.sleep(look_seconds)
                    part.figures["samples"].append(look(part, app, part.done + look_seconds))
                    part.advance(look_seconds)
        finally:
            ended.set()
            for thread in threads:
                thread.join()
        for failure in plain.failures:
            part.fault("page failed", told=failure)
        for name in set(ACTS) - set(part.figures.get("acts", ())):
            part.fault("nothing done", what=name)
        for kind, what in app.noted():
            part.fault("file elsewhere" if kind == "write" else "connection", what=what[-200:])
        if app.tracebacks():
            part.fault("exception in the app", said=app.said()[-600:])
        if not app.is_alive():
            part.fault("the app died", said=app.said()[-300:])
    if part.done >= part.figures["wanted"]:
        judge(part)


def look(part: Part, app: App, when: float) -> dict[str, Any]:
    """Returns what the app and its processes take now, and notes whom they are connected to."""
    labels = {pid: label_of(pid) for pid in family([app.pid])}
    for pid in labels:
        for other in connections(pid, [app.port]):
            part.fault("connection", process=labels[pid], what=other)
    disk = sum(
        path.stat().st_size
        for folder in (app.files, app.runs)
        for path in folder.rglob("*")
        if path.is_file()
    )
    return {
        "seconds": round(when),
        "memory": round(memory_of(app.pid) / 1e6, 1),
        "open files": open_files(app.pid),
        "disk": round(disk / 1e6, 1),
        "processes": len(labels),
    }


def judge(part: Part) -> None:
    """Compares the last third of the samples with the one before."""
    samples = part.figures["samples"]
    third = len(samples) // 3
    for name, most in GROWTH.items():
        middle = np.mean([sample[name] for sample in samples[third : 2 * third]])
        last = np.mean([sample[name] for sample in samples[2 * third :]])
        part.note(f"growth/{name}", round(float(last - middle), 1))
        if last - middle > most:
            part.fault("grows", what=name, by=round(float(last - middle), 1))


def draw(samples: list[dict[str, Any]], path: Path) -> None:
    """Draws the samples over time.

    Args:
        samples: as `look` gives them; path: of the PNG.
    """
    import matplotlib.pyplot as plt

    units = {"memory": "MB, the app's process", "open files": "open files", "disk": "MB on disk"}
    figure, axes = plt.subplots(1, len(units), figsize=(9, 2.4), layout="constrained")
    minutes = [sample["seconds"] / 60 for sample in samples]
    for axis, (name, unit) in zip(axes, units.items(), strict=True):
        axis.plot(minutes, [sample[name] for sample in samples], color="#0f766e", linewidth=1.2)
        axis.set_ylim(bottom=0)
        axis.set_title(unit, fontsize=9)
        axis.set_xlabel("minutes", fontsize=8)
        axis.tick_params(labelsize=8)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=90)
    plt.close(figure)


def _load(part, app, name, pause, ended):
    act, number = LOADS[name], 0
    with app.visitor() as visitor:
        while not ended.wait(pause):
            try:
                act(visitor, number, ended)
                part.count(f"acts/{name}")
            except (httpx.HTTPError, OSError, KeyError, ValueError) as error:
                if not ended.is_set():
                    part.fault("failed", what=name, told=repr(error)[:200])
            number += 1


def _send_photo(visitor, number, ended):
    del ended
    names = [name for name in sound_photos() if not name.startswith("TIFF")]
    data = sound_photos()[names[number % len(names)]]
    done, told = visitor.segment(visitor.upload(data), refine=number % 2 == 0)
    if not done:
        raise ValueError(f"a sound photo was refused: {told}")


def _send_hostile(visitor, number, ended):
    del ended
    while reading.kind_of(number) != "photo":
        number += 1
    visitor.segment(visitor.upload(reading.hostile_file(number, b"")[1]))


def _use_page(visitor, number, ended):
    del ended
    session = f"soak{number}"
    visitor.http.get("/")
    visitor.call("segment_1", session, photo=visitor.upload(sound_photos()["JPEG"]))
    visitor.call("show", session, threshold=0.3)


def _train(visitor: Visitor, number: int, ended: threading.Event) -> None:
    del number
    visitor.start(seconds=20)
    for _ in range(30):
        visitor.steer("refresh")
        if ended.wait(1.0):
            break
    visitor.steer("delete")


def _send_junk(visitor, number, ended):
    del number, ended
    visitor.segment(visitor.upload(bytes(JUNK_BYTES), "junk.png"))


LOADS: dict[str, Callable[[Visitor, int, threading.Event], None]] = {
    "photo": _send_photo,
    "hostile photo": _send_hostile,
    "page": _use_page,
    "training": _train,
    "junk": _send_junk,
}
