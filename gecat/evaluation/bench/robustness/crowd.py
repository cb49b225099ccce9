"""A crowd: many clients at once, some of them assistants, while a training learns."""

import io
import queue
import tempfile
import threading
import time
from pathlib import Path

import httpx
import numpy as np
from PIL import Image

from gecat.evaluation.bench.robustness.ledger import Part, percentile
from gecat.evaluation.bench.robustness.photos import write
from gecat.evaluation.bench.robustness.processes import memory_of
from gecat.evaluation.bench.robustness.serving import App
from gecat.evaluation.bench.robustness.uploads import warm_up
from gecat.evaluation.bench.robustness.visitor import PlainVisitor, Visitor

CLIENTS = 50
ASSISTANTS = 5  # every so manieth client calls by the Model Context Protocol
PAGE_SECONDS = 1.0  # that 95% of plain requests may take
ABOVE_REST = 100_000_000  # bytes, a minute after
REST_SECONDS = 60.0
BUSY = "Too many requests wait"
SEEN = 100  # opaque pixels at least, to be sure whose photo it is
FITTING = 0.5  # of a mask with the drawn object, that counts as found


def run(part: Part, clients: int = CLIENTS) -> None:
    """Lets so many clients send what photos are left."""
    with tempfile.TemporaryDirectory() as place, App(Path(place)) as app, part:
        warm_up(app, photos=8)
        rest = memory_of(app.pid)
        with app.visitor() as trainer:
            answer = trainer.start(seconds=600)
            if "data" not in answer:
                part.fault("no training", told=str(answer)[:200])
            with PlainVisitor(app.url) as plain:
                _send_all(part, app, clients)
            trainer.steer("delete")
        part.note("plain page, 95%, seconds", round(percentile(plain.seconds, 0.95), 3))
        part.highest("plain page, slowest, seconds", max(plain.seconds, default=0.0))
        if percentile(plain.seconds, 0.95) > PAGE_SECONDS:
            part.fault("slow pages", seconds=round(percentile(plain.seconds, 0.95), 2))
        for failure in plain.failures:
            part.fault("page failed", told=failure)
        deadline = time.monotonic() + REST_SECONDS
        while memory_of(app.pid) > rest + ABOVE_REST and time.monotonic() < deadline:
            time.sleep(0.5)
        above = memory_of(app.pid) - rest
        part.note("megabytes above rest, a minute after", round(above / 1e6))
        if above > ABOVE_REST:
            part.fault("memory kept", megabytes=round(above / 1e6))
        if app.tracebacks():
            part.fault("exception in the app", said=app.said()[-500:])


def draw(number: int) -> tuple[np.ndarray, np.ndarray]:
    """Draws a photo that is like no other: its size, its colours and where its object is.

    Args:
        number: of the photo.

    Returns:
        (uint8 (H, W, 3), bool (H, W): where the object is).
    """
    rng = np.random.default_rng((18, number))
    width, height = 120 + number % CLIENTS, 90 + 2 * (number // CLIENTS)
    y, x = np.mgrid[0:height, 0:width]
    centre = rng.uniform(0.35, 0.65, 2) * (width, height)
    radii = rng.uniform(0.15, 0.3, 2) * (width, height)
    inside = ((x - centre[0]) / radii[0]) ** 2 + ((y - centre[1]) / radii[1]) ** 2 < 1
    ground, thing = rng.uniform(20, 90, 3), rng.uniform(150, 235, 3)
    picture = np.where(inside[..., None], thing, ground) + rng.normal(0, 6, (height, width, 3))
    return np.clip(picture, 0, 255).astype(np.uint8), inside


def whose(photo: np.ndarray, cut: np.ndarray, mask: np.ndarray) -> str | None:
    """Compares an answer with the photo that was sent.

    Args:
        photo: uint8 (H, W, 3), sent; cut: uint8 (h, w, 4), mask: uint8 (h, w), received.

    Returns:
        What does not fit, or None.
    """
    if cut.shape[:2] != photo.shape[:2] or mask.shape != photo.shape[:2]:
        return "another size"
    if not np.array_equal(cut[..., 3], mask):
        return "another mask than the cut-out's"
    opaque = mask == 255
    if opaque.sum() >= SEEN and not np.array_equal(cut[opaque][:, :3], photo[opaque]):
        return "another photo's pixels"
    return None


def _send_all(part, app, clients):
    left: queue.SimpleQueue[int] = queue.SimpleQueue()
    for number in range(int(part.done), int(part.figures["wanted"])):
        left.put(number)
    lock = threading.Lock()
    threads = [
        threading.Thread(target=_client, args=(part, app, left, lock, client))
        for client in range(clients)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _client(part, app, left, lock, client):
    with app.visitor(address=f"127.0.1.{client + 1}") as visitor:
        while part.is_unfinished():
            try:
                number = left.get_nowait()
            except queue.Empty:
                return
            began = time.monotonic()
            try:
                outcome = _send(visitor, number, by_mcp=client % ASSISTANTS == 0)
            except (httpx.HTTPError, OSError, KeyError) as error:
                outcome = {"kind": "failed", "told": repr(error)[:200]}
            with lock:
                part.highest("seconds of a photo", time.monotonic() - began)
                part.count("by the Model Context Protocol", client % ASSISTANTS == 0)
                part.count("times busy", outcome.pop("busy", 0))
                part.count("objects found", outcome.pop("found", 0))
                part.count("told by its pixels", outcome.pop("seen", 0))
                if outcome:
                    part.fault(**outcome, number=number)
                part.advance()


def _send(visitor: Visitor, number: int, by_mcp: bool) -> dict[str, object]:
    """Sends a photo; what is wrong with the answer has a "kind"."""
    photo, inside = draw(number)
    data, busy = write(Image.fromarray(photo), "PNG"), 0
    payload = None if by_mcp else visitor.upload(data)
    while True:
        done, told = visitor.assistant_segments(data) if by_mcp else visitor.segment(payload)
        if done or BUSY not in str(told):
            break
        busy += 1
        time.sleep(1.0)
    if not done or not isinstance(told, list):
        return {"kind": "error", "told": str(told)[:200], "busy": busy}
    cut, mask = (np.asarray(Image.open(io.BytesIO(visitor.fetch(answer)))) for answer in told[:2])
    wrong = whose(photo, cut, mask)
    if wrong:
        return {"kind": "another's answer", "told": wrong, "busy": busy}
    fit = (inside & (mask > 127)).sum() / max(1, (inside | (mask > 127)).sum())
    return {
        "busy": busy,
        "found": int(fit > FITTING),
        "seen": int((mask == 255).sum() >= SEEN),
    }
