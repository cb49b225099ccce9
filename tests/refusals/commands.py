"""How each refusal of a command, of an evaluation and of a page's action is provoked."""

import sys
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from types import SimpleNamespace

import gradio as gr
import keras
import numpy as np

from gecat.__main__ import _parser
from gecat.app.explore.duel import DuelActions
from gecat.app.explore.explorer import make_explorer
from gecat.app.mcp.tools import file_of
from gecat.app.segment.endpoints import Endpoints, checked_threshold
from gecat.app.ui import uploads
from gecat.app.ui.calls import check_value, check_values, checked_names
from gecat.app.ui.large_photos import PLACES, LargePhotos
from gecat.app.ui.result_cache import ResultCache
from gecat.app.ui.uploads import checked_files
from gecat.evaluation.bench.robustness import fuzz
from gecat.evaluation.bench.robustness.ledger import Ledger
from gecat.evaluation.bench.robustness.serving import App
from gecat.evaluation.bench.semisupervised import learn_from_masks
from gecat.evaluation.discriminator_quality import examine
from gecat.evaluation.quality import evaluate
from gecat.i18n import words
from gecat.images.colour import parse_colour
from gecat.inference.strokes import (
    MOST_POINTS,
    MOST_STROKES,
    Stroke,
    check_strokes,
    read_strokes,
)
from gecat.model import export as module

from ..hub_stand_in import hub
from .images import png, saved

FOLDERS = "--images given --masks given"


def typed(text):
    """Runs what is typed, without what catches its errors."""

    def provoke(tools):
        options = _parser().parse_args(text.split())
        options.run(options)

    return provoke


MASK = png(8)


def pairs(tools, *photos, masks=(MASK,)):
    """Folders of photos and of masks, by what the files hold."""
    for folder, files in ("given", photos), ("given-masks", masks):
        (tools.place / folder).mkdir()
        for number, data in enumerate(files):
            saved(tools.place / folder / f"given{number}.png", data)
    return tools.place / "given", tools.place / "given-masks"


def uploaded(tools, count, **limits):
    """Sends a file several times."""
    for name, limit in limits.items():
        tools.patch.setattr(uploads, name, limit)
    path = saved(tools.place / "given.png", b"x" * 600_000)
    checked_files([{"path": str(path), "orig_name": "given.png"}] * count)


def nothing_painted(tools):
    photo = SimpleNamespace(image=np.zeros((1, 1, 3), np.uint8))
    DuelActions(make_explorer(words("en"), None, ResultCache()), {})._mask(photo, None)


def all_places_taken(tools):
    large, photo = LargePhotos(pixels=1), np.zeros((1, 1, 3), np.uint8)
    with ThreadPoolExecutor() as pool, large.turn(photo):
        waiting = [pool.submit(large.turn(photo).__enter__) for _ in range(PLACES)]
        refused, _ = wait(waiting, return_when=FIRST_COMPLETED)
        raise refused.pop().exception()


def no_fuzzer(tools):
    tools.patch.setattr(fuzz.importlib.util, "find_spec", lambda name: None)
    fuzz.run(Ledger().part("fuzz", 1))


def export_under_jax(tools):
    tools.patch.setattr(keras.backend, "backend", lambda: "jax")
    module.export(tools.weights, "litert", tools.place / "given.tflite")


def export_over_a_folder(tools):
    (tools.place / "given").mkdir()
    module.export(tools.weights, "saved_model", tools.place / "given")


def export_without_onnx(tools):
    tools.patch.setitem(sys.modules, "tf2onnx", None)
    module.export(tools.weights, "onnx", tools.place / "given")


def export_that_differs(tools):
    wrong = dict.fromkeys(("logits", "score", "score_map"), np.float32(99.0))
    tools.patch.setattr(module, "save_model", lambda *_, count: None)
    tools.patch.setattr(module, "_run_saved_model", lambda _: lambda *_, **inputs: wrong)
    module.export(tools.weights, "saved_model", tools.place / "given")


def stroke(*points, radius=None):
    check_strokes([Stroke(points, True, radius)], (8, 8, 3))


def ask_hub(tools, address="http://127.0.0.1:9"):
    tools.patch.setenv("HF_ENDPOINT", address)
    typed(f"hub push given/given --weights {tools.weights}")(tools)


def hub_that_refuses(tools):
    with hub({}, refuses=True) as address:
        ask_hub(tools, address)


def page():
    return Endpoints(words("en"), None, ResultCache())


def no_mask(tools):
    photo = {"path": str(saved(tools.place / "given.png", png(8)))}
    Endpoints.answer_score.__wrapped__(page(), photo, None)


RECIPES = {
    "command.setting": typed("train --run given --cycles 1 --set given"),
    "command.clocks": typed("train --run given --seconds 9 --strategy multiworker"),
    "command.method_alone": typed(f"evaluate {FOLDERS} --method otsu --refine"),
    "command.scenes_alone": typed(f"bench ablation --cycles 1 --data scenes {FOLDERS}"),
    "command.ablation_needs": typed("bench ablation --cycles 1 --data given"),
    "export.backend": export_under_jax,
    "export.exists": export_over_a_folder,
    "export.no_onnx": export_without_onnx,
    "export.differs": export_that_differs,
    "segment.one_file": typed("segment given1 given2 --out given.png"),
    "segment.over_input": typed("segment given.png --out given.png"),
    "segment.two_formats": typed("segment given.jpg --out given.png --format webp"),
    "segment.background_alone": typed("segment given.jpg --out given --background red --what mask"),
    "segment.jpeg_is_opaque": typed("segment given.jpg --out given --what cutout --format jpeg"),
    "command.no_app": lambda tools: App(tools.place, "--given").begin(),
    "command.no_fuzzer": no_fuzzer,
    "evaluation.no_folder": typed(f"evaluate {FOLDERS} --method otsu"),
    "evaluation.no_pairs": lambda tools: evaluate(None, *pairs(tools, masks=())),
    "evaluation.none_scored": lambda tools: evaluate(None, *pairs(tools, b"only words")),
    "evaluation.none_read": lambda tools: examine(None, *pairs(tools, b"only words")),
    "evaluation.method": typed(f"evaluate {FOLDERS} --method given"),
    "evaluation.too_few_masks": lambda tools: learn_from_masks(
        *pairs(tools, png(8)), start=None, teacher=None
    ),
    "stroke.no_list": lambda tools: read_strokes("given"),
    "stroke.malformed": lambda tools: read_strokes(["given"]),
    "stroke.too_many": lambda tools: read_strokes(["given"] * (MOST_STROKES + 1)),
    "stroke.too_many_points": lambda tools: stroke(*[(1, 1)] * (MOST_POINTS + 1)),
    "stroke.no_points": lambda tools: stroke(),
    "stroke.outside": lambda tools: stroke((8, 2)),
    "stroke.radius": lambda tools: stroke((1, 1), radius=9),
    "page.forgotten": lambda tools: page()._cached("given"),
    "page.bad_colour": lambda tools: parse_colour("given"),
    "page.bad_threshold": lambda tools: checked_threshold("given"),
    "page.no_photo": lambda tools: Endpoints.answer.__wrapped__(page(), None),
    "page.none_chosen": lambda tools: checked_files(None),
    "page.too_many_photos": lambda tools: uploaded(tools, 41),
    "page.too_large": lambda tools: uploaded(tools, 5, MANY_BYTES=2_000_000),
    "page.nothing_painted": nothing_painted,
    "page.busy": all_places_taken,
    "page.bad_value": lambda tools: check_value(gr.Checkbox(label="given"), "given"),
    "page.bad_name": lambda tools: checked_names(SimpleNamespace(fn=page, inputs=[]), {"given": 1}),
    "page.bad_file": lambda tools: file_of("photo", "given://given.png"),
    "page.no_mask": no_mask,
    "hub.name": typed("hub pull given:given --out given"),
    "hub.refused": hub_that_refuses,
    "hub.unreachable": ask_hub,
    "page.bad_count": lambda tools: check_values(SimpleNamespace(inputs=[]), ["given"]),
}
