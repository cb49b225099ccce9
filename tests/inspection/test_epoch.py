from gecat.images.scenes import draw_scene
from gecat.inspection.epoch import make_batch


def test_a_batch_has_what_a_training_draws():
    photos = [draw_scene(seed, 80)[0] for seed in range(2)]
    batch = make_batch(photos, 32, "barrier")
    assert batch["image"].shape == (2, 32, 32, 3)
    assert batch["prior"].shape == batch["mask"].shape == (2, 32, 32, 1)
    assert batch["prior"].max() > 100
    assert not batch["has_mask"].any()
