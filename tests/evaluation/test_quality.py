import numpy as np
import pytest
from PIL import Image

from gecat.errors import UserError
from gecat.evaluation.quality import bootstrap_interval, evaluate, pair_files, table


def left_half(image):
    height, width = image.shape[:2]
    return np.tile(np.arange(width) < width // 2, (height, 1)).astype(np.float32)


def write(path, array):
    path.parent.mkdir(exist_ok=True)
    Image.fromarray(array).save(path)


@pytest.fixture
def folders(tmp_path):
    """Photo a, whose object is the left half; b, whose object is the upper half."""
    for name, rows, columns in (("a", 40, 20), ("b", 20, 40)):
        write(tmp_path / "images" / f"{name}.jpg", np.full((40, 40, 3), 90, np.uint8))
        mask = np.zeros((40, 40), np.uint8)
        mask[:rows, :columns] = 255
        write(tmp_path / "masks" / f"{name}.png", mask)
    return tmp_path / "images", tmp_path / "masks"


def test_scores_are_means_over_photos(folders):
    result = evaluate(left_half, *folders)
    assert result["count"] == 2
    assert [row["iou"] for row in result["images"]] == pytest.approx([1, 1 / 3])
    assert result["iou"] == pytest.approx(2 / 3)
    assert result["pixel_accuracy"] == pytest.approx(3 / 4)
    assert 0 < result["boundary_f"] < 1
    assert result["ms"] >= 0
    assert result["without_partner"] == result["skipped"] == []


def test_undecided_pixels_are_left_out(folders, tmp_path):
    ignore = np.zeros((40, 40), np.uint8)
    ignore[:20, 20:] = 255
    write(tmp_path / "ignore" / "b.png", ignore)
    result = evaluate(left_half, *folders, tmp_path / "ignore")
    assert [row["iou"] for row in result["images"]] == pytest.approx([1, 1 / 2])
    assert result["boundary_f"] is None
    assert " - " in table({"left": result})


def test_files_without_a_partner_are_named(folders):
    images, masks = folders
    write(images / "c.png", np.zeros((4, 4, 3), np.uint8))
    write(masks / "d.png", np.zeros((4, 4), np.uint8))
    write(images / "a.bmp", np.zeros((4, 4, 3), np.uint8))  # there is an a.jpg as well
    triples, lonely = pair_files(images, masks)
    assert [triple[0].name for triple in triples] == ["a.jpg", "b.jpg"]
    assert lonely == ["a.bmp", "c.png", "d.png"]


def test_a_bad_pair_is_left_out_and_named(folders):
    images, masks = folders
    (images / "c.png").write_bytes(b"no picture")
    write(masks / "c.png", np.zeros((4, 4), np.uint8))
    write(images / "d.png", np.zeros((4, 4, 3), np.uint8))
    write(masks / "d.png", np.zeros((5, 4), np.uint8))
    result = evaluate(left_half, images, masks)
    assert result["count"] == 2
    assert [name for name, _ in result["skipped"]] == ["c.png", "d.png"]


def test_nothing_to_score_is_refused(folders, tmp_path):
    images, masks = folders
    with pytest.raises(UserError, match="nowhere"):
        evaluate(left_half, tmp_path / "nowhere", masks)
    with pytest.raises(ValueError, match="received 0"):
        evaluate(left_half, images, masks, limit=0)
    for path in images.iterdir():
        path.write_bytes(b"")
    with pytest.raises(ValueError, match="None of 2 photos"):
        evaluate(left_half, images, masks)
    for path in images.iterdir():
        path.unlink()
    with pytest.raises(ValueError, match="same name"):
        evaluate(left_half, images, masks)


def test_a_limit_spreads_over_the_names(folders):
    images, masks = folders
    for name in "cdefghij":
        (images / f"{name}.jpg").write_bytes((images / "a.jpg").read_bytes())
        (masks / f"{name}.png").write_bytes((masks / "a.png").read_bytes())
    result = evaluate(left_half, images, masks, limit=3)
    assert [row["image"] for row in result["images"]] == ["a.jpg", "e.jpg", "j.jpg"]


def test_the_interval_holds_the_mean_and_narrows_with_photos():
    scores = np.random.default_rng(3).random(400)
    few, many = bootstrap_interval(scores[:25]), bootstrap_interval(scores)
    assert few[0] < scores[:25].mean() < few[1]
    assert many[1] - many[0] < few[1] - few[0]
    # Of a normal mean: 1.96 standard errors to each side.
    reach = 1.96 * scores.std() / np.sqrt(len(scores))
    assert many == pytest.approx((scores.mean() - reach, scores.mean() + reach), abs=0.1 * reach)


def test_the_interval_is_that_of_all_resamples_of_two_scores():
    # The mean is 0, 1/2 or 1, with the chances 1/4, 1/2 and 1/4.
    assert bootstrap_interval([0.0, 1.0]) == (0.0, 1.0)
    assert bootstrap_interval([0.0, 1.0], level=0.4) == (0.5, 0.5)
    assert bootstrap_interval([0.3]) == (0.3, 0.3)
    # As the project has drawn its intervals from the start: the same seed, the same figures.
    assert bootstrap_interval([0.1, 0.5, 0.9, 0.7]) == pytest.approx((0.25, 0.8))


def test_the_table_has_a_row_for_each_method(folders):
    result = evaluate(left_half, *folders)
    lines = table({"one": result, "another": result}).splitlines()
    assert [line.split()[0] for line in lines] == ["method", "one", "another"]
    assert len({len(line) for line in lines}) == 1
    assert "0.667" in lines[1]


def test_names_that_are_nearly_the_same_pair_up(tmp_path):
    for folder in ("images", "masks"):
        (tmp_path / folder).mkdir()
    names = ("0.jpg", "0_mask.png"), ("Cafe\u0301.jpg", "Café.png"), ("1.png", "1.png")
    for photo, mask in names:
        (tmp_path / "images" / photo).touch()
        (tmp_path / "masks" / mask).touch()
    for other in ("Thumbs.db", "README.md", ".DS_Store"):
        (tmp_path / "images" / other).touch()
    (tmp_path / "masks" / "1_mask.png").touch()  # there is a better one
    triples, lonely = pair_files(tmp_path / "images", tmp_path / "masks")
    assert {(photo.name, mask.name) for photo, mask, _ in triples} == set(names)
    assert lonely == ["1_mask.png"]
