import numpy as np
from PIL import Image

from gecat.evaluation.quality import evaluate
from gecat.evaluation.sheet import CELL, best_and_worst, draw_sheet


def rows(*scores):
    return [{"image": name, "iou": score} for name, score in zip("abcdefg", scores, strict=False)]


def test_the_best_come_from_the_top_and_the_worst_from_the_bottom():
    best, worst = best_and_worst(rows(0.5, 0.9, 0.1, 0.7, 0.3), count=2)
    assert best == [("b", 0.9), ("d", 0.7)]
    assert worst == [("c", 0.1), ("e", 0.3)]


def test_no_photo_is_both():
    best, worst = best_and_worst(rows(0.5, 0.9, 0.1), count=10)
    assert (best, worst) == ([("b", 0.9)], [("c", 0.1)])


def test_the_sheet_has_three_rows_for_each_end(tmp_path):
    for kind in ("images", "masks"):
        (tmp_path / kind).mkdir()
    for index in range(4):
        Image.new("RGB", (60, 40), (60 * index, 90, 90)).save(tmp_path / f"images/{index}.png")
        mask = np.zeros((40, 60), np.uint8)
        mask[:, : 10 + 10 * index] = 255
        Image.fromarray(mask).save(tmp_path / f"masks/{index}.png")

    def predict(image):
        return np.tile(np.arange(60) < 40, (40, 1)).astype(np.float32)

    folders = tmp_path / "images", tmp_path / "masks"
    scored = evaluate(predict, *folders)["images"]
    assert [name for name, _ in best_and_worst(scored, 1)[0]] == ["3.png"]
    sheet = draw_sheet(predict, scored, *folders, count=2)
    assert sheet.shape == (6 * CELL + 12, 2 * CELL, 3)
    assert (sheet[3 * CELL : 3 * CELL + 12] == 255).all()
    alone = draw_sheet(predict, scored[:1], *folders)
    assert alone.shape == (3 * CELL + 12, CELL, 3)
