"""The anchored rounds under JAX, from photos to a weights file, in a process of their own."""

import os
import subprocess
import sys

import numpy as np
from PIL import Image

from gecat.config import preset
from gecat.images.scenes import draw_scenes
from gecat.model.discriminator import build_discriminator
from gecat.model.unet import build_generator
from gecat.model.weights import load_weights, save_weights
from gecat.training.accelerated.pool import CUT_SIDE, SIDE, cut_rows, fill

TINY = {
    "size": 32,
    "inference_size": 64,
    "generator_widths": (4, 8),
    "discriminator_widths": (4, 8),
}


def test_a_cut_follows_the_edge_that_the_mask_missed(tmp_path):
    photo = np.full((100, 120, 3), (40, 90, 200), np.uint8)
    photo[30:80, 40:90] = (220, 60, 30)
    photo = (photo + np.random.default_rng(0).integers(-9, 10, photo.shape)).astype(np.uint8)
    fill(tmp_path, [photo, photo])
    assert np.load(tmp_path / "photos.npy").shape == (2, SIDE, SIDE, 3)
    soft = np.full((2, SIDE, SIDE), 115, np.uint8)  # half believed
    soft[:, int(0.4 * SIDE) : int(0.7 * SIDE), int(0.45 * SIDE) : int(0.65 * SIDE)] = 255
    np.save(tmp_path / "soft.npy", soft)
    np.lib.format.open_memmap(tmp_path / "cuts.new.npy", "w+", np.uint8, soft.shape).flush()
    cut_rows(str(tmp_path), 1, 5)
    cuts = np.load(tmp_path / "cuts.new.npy")
    truth = np.zeros((SIDE, SIDE), bool)
    truth[int(0.3 * SIDE) : int(0.8 * SIDE), SIDE // 3 : 3 * SIDE // 4] = True
    found = cuts[1] > 127
    assert not cuts[0].any()  # only the rows asked for
    assert (found & truth).sum() / (found | truth).sum() > 0.97
    assert CUT_SIDE < SIDE


def test_noise_says_nothing_of_the_colours():
    import jax

    from gecat.training.accelerated.views import _recolour

    halves = np.zeros((256, 16, 16, 3), np.float32)
    halves[:, :8], halves[:, 8:] = (150.0, 110.0, 110.0), (106.0, 132.0, 132.0)  # equally light
    seen = np.asarray(jax.jit(_recolour)(jax.random.key(0), halves))
    noise = seen[:, :8].std(axis=(1, 2)).mean(axis=-1)
    colour = seen[:, :8, :, 0].mean(axis=(1, 2)) - seen[:, 8:, :, 0].mean(axis=(1, 2))
    assert abs(np.corrcoef(noise, colour)[0, 1]) < 0.3


def test_rounds_write_weights_that_learned(tmp_path):
    """Photos are scenes; the teacher is a fresh network, so only the course is tested."""
    (tmp_path / "photos").mkdir()
    for index, image in enumerate(draw_scenes(130, 64, seed=3)[0]):
        Image.fromarray(image).save(tmp_path / "photos" / f"{index:03d}.png")
    (tmp_path / "photos" / "broken.png").write_bytes(b"no picture")
    config = preset("small", **TINY)
    teacher = tmp_path / "teacher.safetensors"
    save_weights(teacher, config, build_generator(config), build_discriminator(config))
    settings = [f"{key}={','.join(map(str, np.atleast_1d(value)))}" for key, value in TINY.items()]
    outcome = subprocess.run(
        [
            sys.executable,
            "-m",
            "gecat.training.accelerated",
            "--data",
            tmp_path / "photos",
            "--teacher",
            teacher,
            "--start",
            teacher,
            "--out",
            tmp_path / "out.safetensors",
            "--work",
            tmp_path / "work",
            "--preset",
            "small",
            "--warmup-seconds",
            "1",
            "--warmup-size",
            "32",
            "--warmup-batch",
            "16",
            "--seconds",
            "1",
            "--critic-seconds",
            "1",
            "--rate",
            "0.02",
            "--critic-rate",
            "0.02",
            "--batch",
            "8",
            "--workers",
            "1",
            *(f"--set={setting}" for setting in settings),
        ],
        env={**os.environ, "KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu"},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert outcome.returncode == 0, outcome.stderr
    assert "130 photos" in outcome.stdout
    before, after = load_weights(teacher), load_weights(tmp_path / "out.safetensors")
    assert after.facts["photos"] == 130 and after.facts["seconds"] > 0
    for name in ("generator", "discriminator"):
        pairs = zip(
            getattr(before, name).get_weights(), getattr(after, name).get_weights(), strict=True
        )
        assert any(np.abs(one - two).max() > 1e-4 for one, two in pairs)
        assert all(np.isfinite(weight).all() for weight in getattr(after, name).get_weights())


def test_a_view_for_the_warm_up_keeps_photo_and_mask_together():
    import jax

    from gecat.training.accelerated.views import strong_views

    photos = np.full((16, 64, 64, 3), 30, np.uint8)
    priors = np.zeros((16, 64, 64), np.uint8)
    photos[:, :, :32], priors[:, :, :32] = 220, 255
    images, masks = strong_views(jax.random.key(0), photos, priors, 32)
    assert images.shape == (16, 32, 32, 3) and masks.shape == (16, 32, 32, 1)
    assert float(abs(images).max()) <= 1.0
    shades, masks = np.asarray(images).mean(-1), np.asarray(masks)[..., 0]
    cut = [index for index in range(16) if masks[index].min() < 0.1 and masks[index].max() > 0.9]
    assert len(cut) >= 8
    for index in cut:  # the mixed colours may invert the photo, but its two halves stay apart
        inside, outside = shades[index][masks[index] > 0.9], shades[index][masks[index] < 0.1]
        gap = abs(inside.mean() - outside.mean())
        assert gap > 2 * max(inside.std(), outside.std()), index
    shares = masks.mean((1, 2))
    assert shares.std() > 0.05  # no two crops alike


def test_a_description_is_of_one_region_alone():
    from gecat.training.accelerated.warmup import build_describer

    generator = build_generator(preset("small", generator_widths=(4, 8)))
    describer = build_describer(generator)
    draw = np.random.default_rng(0)
    images = draw.uniform(-1, 1, (3, 32, 32, 3)).astype(np.float32)
    left = np.zeros((3, 8, 8), np.float32)
    left[:, :, :4] = 1.0 / 32
    shares = np.stack([left, left[:, :, ::-1]], -1)
    found = np.asarray(describer([images, shares], training=False))
    assert found.shape == (3, 2, 128)
    np.testing.assert_allclose(np.linalg.norm(found, axis=-1), 1.0, rtol=1e-5)
    swapped = np.asarray(describer([images, shares[..., ::-1]], training=False))
    np.testing.assert_allclose(swapped, found[:, ::-1], rtol=1e-4, atol=1e-5)
    assert np.abs(found[:, 0] - found[:, 1]).max() > 1e-3
    shared = {weight.path for weight in describer.trainable_variables}
    assert {"stem_conv/kernel", "bottleneck_a_conv/kernel"} <= shared
    assert not any(path.startswith(("decode", "head")) for path in shared)
