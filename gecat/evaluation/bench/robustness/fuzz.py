"""Coverage-guided fuzzing of each of our readers, by libFuzzer (atheris, of requirements-dev.txt).

This module is also what the fuzzing child runs: `python -m ...fuzz READER FOLDER [libFuzzer's
options]`. Whatever is neither read nor refused in a sentence is kept there, made as small as may
be, and the fuzzing goes on.
"""

import base64
import contextlib
import importlib
import importlib.util
import json
import struct
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from gecat.errors import UserError
from gecat.evaluation.bench.robustness.ledger import Part
from gecat.files import PACKAGE

SECONDS = 180  # of each reader
MEGABYTES = 4_000  # of a child; TensorFlow is in one of them
LONGEST = 10  # seconds of the processor for one input
HANGS = 300  # seconds of the clock, on however busy a machine
LARGEST = 200_000  # bytes of one input
TRIES = 400  # at making a finding smaller
KEPT_BYTES = 3_000  # of a finding in the report
OF_PICTURES = ("photo", "tiff", "mask", "opacity")
READERS = ("photo", "jpeg", "tiff", "mask", "opacity", "archive", "array", "answer", "weights")


def run(part: Part, seconds: int = SECONDS) -> None:
    """Fuzzes the readers in turn, each for so many seconds; what they found stays for the next."""
    if importlib.util.find_spec("atheris") is None:
        raise UserError("command.no_fuzzer")
    with part, tempfile.TemporaryDirectory() as place:
        while part.is_unfinished():
            reader = READERS[int(part.done // seconds) % len(READERS)]
            fuzz(part, reader, Path(place) / reader, seconds)
            part.advance(seconds)


def fuzz(part: Part, reader: str, folder: Path, seconds: int) -> None:
    """Fuzzes one reader.

    Args:
        part: Part; reader: one of READERS; folder: for its corpus; seconds: how long.
    """
    corpus, found = folder / "corpus", folder / "found"
    for made in (corpus, found):
        made.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(seeds(reader)):
        (corpus / str(number)).write_bytes(data)
    words = [sys.executable, "-m", __name__, reader, str(found), str(corpus)]
    options = (f"max_total_time={seconds}", f"rss_limit_mb={MEGABYTES}", f"timeout={HANGS}")
    more = (f"max_len={LARGEST}", f"artifact_prefix={found}/", "print_final_stats=1", "verbosity=0")
    log = folder / "log.txt"
    with log.open("w") as output:
        child = subprocess.run(
            [*words, *(f"-{option}" for option in (*options, *more))],
            stdout=output,
            stderr=output,
            cwd=PACKAGE.parent,
            timeout=10 * seconds + 1200,
        )
    said = log.read_text(errors="replace")
    for line in said.splitlines():
        if line.startswith("stat::number_of_executed_units"):
            part.count(f"inputs/{reader}", int(line.split()[-1]))
    part.count(f"seconds of readers/{reader}", seconds)
    for path in sorted(found.glob("*.json")):
        part.fault("exception", reader=reader, **json.loads(path.read_text()))
    for path in sorted(found.glob("*-*")):  # crash-, timeout-, oom- and slow-unit-
        if not path.name.startswith("slow-unit"):
            part.fault(path.name.split("-")[0], reader=reader, input=_told(path.read_bytes()))
    if child.returncode and not any(found.iterdir()):
        part.fault("the fuzzer ended", reader=reader, said=said[-600:])


def seeds(reader: str) -> list[bytes]:
    """Returns inputs that a reader reads, to begin from."""
    from gecat.evaluation.bench.robustness import archives, photos, reading

    sound = photos.sound_photos()
    if reader == "archive":
        small = archives.packed([("images/a.png", sound["PNG 1"]), ("masks/a.png", sound["PNG 1"])])
        return [small, archives.packed([("a", b"words")], 0)]
    if reader == "array":
        return [*archives.sound_arrays()]
    if reader == "weights":
        return [_header_and_numbers(reading)[0]]
    if reader == "answer":
        told = [UserError("image.too_costly"), UserError("image.too_long", limit=1, width=2)]
        return [json.dumps(error.to_dict()).encode() for error in told]
    chosen = {"tiff": "TIFF", "jpeg": "JPEG"}.get(reader, "")
    return [data for name, data in sound.items() if name.startswith(chosen) and len(data) < 30_000]


def reader_of(name: str) -> Callable[[bytes], object]:
    """Returns the function of bytes that is fuzzed; it raises UserError for what it refuses."""
    from gecat.images import jpeg, reading, sources

    few = reading.Limits(max_pixels=50_000)  # so that many are tried

    def through_file(ending, read):
        place = Path(tempfile.mkdtemp())

        def put_there(data):
            path = place / f"input.{ending}"
            path.write_bytes(data)
            return read(path)

        return put_there

    def all_of(path):
        with sources.open_source(path, size=0) as members:
            for index in range(min(3, len(members))):
                with contextlib.suppress(UserError):
                    members[index].read()
                if members[index].read_mask is not None:
                    with contextlib.suppress(UserError):
                        members[index].read_mask()

    if name == "weights":
        from gecat.evaluation.bench.robustness import reading as files
        from gecat.model.weights import load_weights

        _, numbers = _header_and_numbers(files)
        load = through_file("safetensors", load_weights)
        return lambda header: load(struct.pack("<Q", len(header)) + header + numbers)
    if name == "answer":

        def take(data):
            with contextlib.suppress(UnicodeDecodeError, RecursionError):
                told = _json(data)
                with contextlib.suppress(ValueError):
                    str(UserError.from_dict(told))

        return take
    if name in ("archive", "array"):
        return through_file({"archive": "zip", "array": "npy"}[name], all_of)
    return {
        "photo": lambda data: reading.read_image(data, few),
        "tiff": lambda data: reading.read_image(data, few),
        "mask": lambda data: reading.read_mask(data, few),
        "opacity": lambda data: reading.read_opacity(data, few),
        "jpeg": jpeg.without_long_exif,
    }[name]


def smallest(data: bytes, fails: Callable[[bytes], bool], tries: int = TRIES) -> bytes:
    """Returns as small a part of an input as still fails.

    Args:
        data: that fails; fails: tells whether an input does; tries: at most.
    """
    size = max(1, len(data) // 2)
    while tries > 0:
        at = 0
        while at < len(data) and tries > 0:
            shorter = data[:at] + data[at + size :]
            tries -= 1
            if fails(shorter):
                data = shorter
            else:
                at += size
        if size == 1:
            break
        size = max(1, size // 2)
    return data


def keep_finding(folder: Path, read: Callable[[bytes], object], data: bytes) -> bool:
    """Reads an input; what nobody expected is kept, once for each place in the code.

    Returns:
        whether it was unexpected.
    """
    place = unexpected(read, data)
    if place is None:
        return False
    path = folder / f"{abs(hash(place))}.json"
    if not path.exists():
        small = smallest(data, lambda part: unexpected(read, part) == place)
        path.write_text(json.dumps({"told": place, "input": _told(small)}))
    return True


def unexpected(read: Callable[[bytes], object], data: bytes) -> str | None:
    """Returns what nobody expects of an input: an error and where, or that it is slow; or None.

    A refusal, and a want of memory, is None.
    """
    began = time.process_time()
    try:
        read(data)
    except (UserError, MemoryError):
        pass
    except Exception as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        return f"{type(error).__name__} at {Path(last.filename).name}:{last.lineno}"
    return f"more than {LONGEST} s" if time.process_time() - began > LONGEST else None


def _header_and_numbers(reading):
    """Of a sound weights file; only what it says of itself is fuzzed, or nothing would be tried."""
    with tempfile.TemporaryDirectory() as place:
        data = reading.sound_weights(place)
    length = struct.unpack_from("<Q", data)[0]
    return data[8 : 8 + length], data[8 + length :]


def _json(data):
    try:
        return json.loads(data)
    except ValueError:
        return None


def _told(data):
    return base64.b64encode(data[:KEPT_BYTES]).decode()


def _main(reader, folder, *options):
    import atheris

    # Pillow's readers of headers are Python, and take a while to be prepared.
    libraries = ["PIL"] if reader in OF_PICTURES else []
    with atheris.instrument_imports(include=["gecat.images", "gecat.model.weights", *libraries]):
        if libraries:
            importlib.import_module("PIL.Image").init()
        read = reader_of(reader)
    if reader == "answer":
        atheris.instrument_func(UserError.from_dict)
    found = Path(folder)
    atheris.Setup([sys.argv[0], *options], lambda data: keep_finding(found, read, data))
    atheris.Fuzz()


if __name__ == "__main__":
    _main(*sys.argv[1:])
