"""The engine's steps and gradient epochs: what moves, what stands still, and that it learns."""

import dataclasses
from types import SimpleNamespace

import numpy as np
import pytest
import tensorflow as tf

from gecat.config import preset
from gecat.errors import RunError
from gecat.images.batches import shuffled_batch
from gecat.images.datasets import load_photos
from gecat.training import losses, pairs
from gecat.training.engine import Engine
from gecat.training.losses import full_weights
from gecat.training.vectors import call

TINY = {"generator_widths": (8, 16, 24), "discriminator_widths": (8, 16, 24), "batch_size": 8}


@pytest.fixture(scope="module")
def photos():
    return load_photos("scenes", 64, prior="barrier", limit=48, seed=1)


@pytest.fixture(scope="module")
def engine():
    tf.keras.utils.set_random_seed(0)
    return Engine(preset("small", **TINY))


@pytest.fixture(scope="module")
def penalised():
    return Engine(preset("small", **TINY, judged_every=1, gradient_penalty=0.5))


@pytest.fixture(scope="module")
def frozen(engine, photos):
    return engine.freeze(shuffled_batch(photos, 8, 0, 0), (0, 1))


ALL = {**full_weights(preset("small")), "anchor": 1.0, "composite": 1.0, "adversarial": 0.5}


def weight_bytes(*vectors):
    return [np.asarray(vector).tobytes() for vector in vectors]


def test_the_discriminator_is_byte_for_byte_the_same_after_a_cycle(engine, frozen):
    state = engine.initial_state()
    engine.load_average(state)
    model_before = [weight.tobytes() for weight in engine.discriminator.get_weights()]
    before = weight_bytes(state.discriminator, state.discriminator_statistics)
    after, epoch = engine.play(state, lambda: frozen, ALL, 1.0, "generator")
    assert weight_bytes(after.discriminator, after.discriminator_statistics) == before
    assert [weight.tobytes() for weight in engine.discriminator.get_weights()] == model_before
    assert np.abs(after.generator - state.generator).max() > 0.0
    assert len(epoch.walked.steps) == engine.config.generator_steps


def test_the_generator_is_byte_for_byte_the_same_while_the_discriminator_learns(engine, frozen):
    state = engine.initial_state()
    before = weight_bytes(state.generator, state.generator_statistics, state.average)
    after, _ = engine.teach_discriminator(state, frozen)
    assert weight_bytes(after.generator, after.generator_statistics, after.average) == before
    assert np.abs(after.discriminator - state.discriminator).max() > 0.0


def test_an_untrained_discriminator_begins_with_the_generators_encoder(frozen):
    at_rest = Engine(preset("small", **TINY, discriminator_learning_rate=1e-7))
    fresh = at_rest.initial_state()
    for judged, furthest in ((1, 2.0), (0, 1e-5)):
        state = dataclasses.replace(fresh, judged=judged)
        state, _ = at_rest.teach_discriminator(state, frozen)
        at_rest.load_average(state)
        learned = at_rest.generator.get_layer("encode2_a_conv").kernel
        taken = at_rest.discriminator.get_layer("encode2_a_conv").kernel
        distance = np.abs(taken - learned).max()
        assert (distance < furthest) and (distance > 0.05) == bool(judged)
        assert state.judged == judged + 1


def test_the_frozen_loss_is_the_same_number_each_time(engine, frozen):
    state = engine.initial_state()
    objective = engine.generator_objective(state, frozen, ALL)
    assert objective(state.generator).loss == objective(state.generator).loss


def test_conjugate_steps_never_raise_the_frozen_loss(engine, frozen):
    state = engine.initial_state()
    start = engine.generator_objective(state, frozen, ALL)(state.generator).loss
    _, epoch = engine.play(state, lambda: frozen, ALL, 1.0, "generator")
    losses = [start] + [step.loss for step in epoch.walked.steps]
    assert all(later <= earlier for earlier, later in zip(losses, losses[1:], strict=False))
    assert losses[-1] < losses[0]


def test_gradients_of_the_whole_loss_match_finite_differences(engine, frozen):
    state = engine.initial_state()
    objective = engine.generator_objective(state, frozen, ALL)
    gradient = objective(state.generator).gradient
    generator = np.random.default_rng(0)
    for _ in range(4):
        # Mostly along the gradient, so that float32 leaves a difference to measure.
        noise = tf.constant(generator.normal(size=gradient.shape), tf.float32)
        direction = gradient / tf.norm(gradient) + 0.3 * noise / tf.norm(noise)
        step = 1e-3
        ahead = objective(state.generator + step * direction).loss
        behind = objective(state.generator - step * direction).loss
        slope = float(tf.reduce_sum(gradient * direction))
        assert (ahead - behind) / (2 * step) == pytest.approx(slope, rel=0.03)


def test_the_gradient_penalty_is_how_steep_the_score_is_about_real_masks(engine, penalised, frozen):
    state = engine.initial_state()
    wrong = engine.wrong(frozen, state.generator, state)
    one, other = (
        each.discriminator_objective(state, frozen, wrong)(state.discriminator)
        for each in (engine, penalised)
    )
    engine.load_average(state)
    solid = tf.cast(frozen["target"] > 0.5, tf.float32)
    real = pairs.show(pairs.soften(solid), frozen["softness"][:, 1])
    with tf.GradientTape() as tape:
        tape.watch(real)
        pictures = tf.concat([frozen["pictures"]] * 2, 0)
        scores, _ = engine.discriminator([pictures, tf.concat([real, wrong], 0)], training=True)
        total = tf.reduce_sum(scores)
    slopes = tape.gradient(total, real)
    expected = 0.5 * float(tf.reduce_sum(slopes**2)) / (2 * len(real))
    assert other.loss - one.loss == pytest.approx(expected, rel=0.01)
    assert float(tf.norm(other.gradient - one.gradient)) > 0.1 * float(tf.norm(one.gradient))


def test_a_critic_may_judge_every_other_picture(frozen):
    engine = Engine(preset("small", **TINY, judged_every=2))
    state = engine.initial_state()
    alone = {name: float(name == "adversarial") for name in ALL}
    found = engine.generator_objective(state, frozen, alone)(state.generator)
    logits, _ = call(
        engine.generator, state.generator, state.generator_statistics, frozen["pictures"]
    )
    shown = [frozen["pictures"][::2], tf.sigmoid(logits[::2])]
    verdicts, _ = call(
        engine.discriminator,
        state.discriminator,
        state.discriminator_statistics,
        shown,
        training=False,
    )
    expected = losses.adversarial_loss(*verdicts, engine.config.score_map_weight)
    assert found.loss == pytest.approx(float(tf.reduce_mean(expected)), rel=1e-4)
    judged = engine.judged(frozen)
    assert len(judged["pictures"]) == 4 and 0.0 < float(tf.reduce_sum(judged["is_composite"])) < 4.0
    with pytest.raises(RunError, match="Received: 1"):
        Engine(
            preset("small", batch_size=2, judged_every=2), SimpleNamespace(num_replicas_in_sync=2)
        )


def test_a_mask_of_nothing_or_of_all_has_no_steepness(engine, penalised, frozen):
    # The mean over an object of no pixel changes by 1,000 with the first one.
    state = engine.initial_state()
    for area in (0.0, 1.0):
        alike = {**frozen, "target": tf.fill(frozen["target"].shape, area)}
        wrong = engine.wrong(alike, None, state)
        one, other = (
            each.discriminator_objective(state, alike, wrong)(state.discriminator).loss
            for each in (engine, penalised)
        )
        assert one == pytest.approx(other)


def test_another_look_makes_the_frozen_critic_the_one_that_learned(engine, frozen):
    state = engine.initial_state()
    wrong = engine.wrong(frozen, state.generator, state)
    statistics = state.discriminator_statistics
    far = 3.0 * state.discriminator  # as after a long stride
    solid = tf.cast(frozen["target"] > 0.5, tf.float32)
    real = pairs.show(pairs.soften(solid), frozen["softness"][:, 1])
    shown = [tf.concat([frozen["pictures"]] * 2, 0), tf.concat([real, wrong], 0)]
    (learned, _), _ = call(engine.discriminator, far, statistics, shown)
    gaps = []
    for _ in range(12):
        (frozen_whole, _), _ = call(engine.discriminator, far, statistics, shown, training=False)
        gaps.append(float(tf.reduce_mean(tf.abs(frozen_whole - learned))))
        statistics = engine.look_again(frozen, wrong, far, statistics)
    assert gaps[1] < gaps[0] and gaps[-1] < 0.01 * gaps[0]


def test_the_average_forgets_a_random_start_but_not_trained_weights(engine, frozen):
    fresh = engine.initial_state()
    moved, _, _ = engine.teach_generator(fresh, frozen, ALL)
    kept = float(
        tf.norm(moved.average - moved.generator) / tf.norm(fresh.generator - moved.generator)
    )
    assert kept == pytest.approx(0.1, abs=1e-3)  # a tenth of the start is left
    trained = engine.load_start(engine.generator, engine.discriminator)
    moved, _, _ = engine.teach_generator(trained, frozen, ALL)
    kept = float(
        tf.norm(moved.average - moved.generator) / tf.norm(trained.generator - moved.generator)
    )
    assert kept == pytest.approx(engine.config.average_decay, abs=1e-3)


def test_the_average_labels_photos_more_surely_than_it_sees_them(engine, photos):
    state = engine.initial_state()
    batch = shuffled_batch(photos, 8, 0, 0)
    engine.load_average(state)
    pictures = tf.cast(batch["image"], tf.float32) / 127.5 - 1.0
    seen = tf.sigmoid(engine.generator(pictures, training=False)).numpy()
    labelled = engine.relabel(state, batch)
    prior = np.asarray(labelled["prior"]) / 255.0
    np.testing.assert_allclose(prior, seen**2 / (seen**2 + (1 - seen) ** 2), atol=0.005)
    assert labelled["image"] is batch["image"]


@pytest.mark.slow
def test_two_devices_take_the_steps_of_one():
    """In a process of its own: logical devices must be made before TensorFlow starts."""
    import subprocess
    import sys

    result = subprocess.run(
        [sys.executable, "-c", _TWO_DEVICES], capture_output=True, text=True, timeout=280
    )
    assert result.returncode == 0, result.stderr[-2000:]
    # Sums in another order differ in their last digits only.
    assert float(result.stdout) < 1e-4, result.stdout


# The generator first: Adam's first step follows the mere sign of a gradient, so weights of the
# discriminator whose gradient is next to 0 part by rounding alone, and three steps against it make
# more of that; those are left out.
_TWO_DEVICES = """
import tensorflow as tf
cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 3)
from gecat.config import preset
from gecat.images.batches import shuffled_batch
from gecat.images.datasets import load_photos
from gecat.training.engine import Engine
from gecat.training.losses import full_weights

config = preset("small", generator_widths=(8, 16), discriminator_widths=(8, 16), batch_size=8)
config = config.replace(radius_tried=False)  # far away, rectifiers make more of rounding
photos = load_photos("scenes", 64, prior="barrier", limit=16)
batch = shuffled_batch(photos, 8, 0, 0)

def begin(strategy):
    tf.keras.utils.set_random_seed(0)
    engine = Engine(config, strategy)
    return engine, engine.initial_state()

def run(engine, state):
    frozen = engine.freeze(engine.relabel(state, batch), (0, 1))
    weights = {**full_weights(config), "adversarial": 0.5}
    taught, epoch = engine.play(state, lambda: frozen, weights, 1.0, "generator")
    taught, _ = engine.teach_discriminator(taught, frozen)
    assert len(epoch.walked.steps) == config.generator_steps
    assert float(tf.norm(taught.generator - state.generator)) > 0.005
    return taught

try:
    Engine(config, tf.distribute.MirroredStrategy(["CPU:0", "CPU:1", "CPU:2"]))
    raise SystemExit("three replicas were given a batch of eight")
except ValueError as error:
    assert "multiple of the 3 replicas" in str(error) and "Received: 8" in str(error)
alone = begin(None)
one, two = run(*alone), run(*begin(tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])))
assert float(tf.reduce_max(tf.abs(one.generator - run(*alone).generator))) == 0.0
pairs = [
    (getattr(one, name), getattr(two, name))
    for name in ("generator", "generator_statistics", "average", "discriminator_statistics")
]
(_, gradient, _), (_, other, _) = one.discriminator_adam, two.discriminator_adam
led = tf.abs(gradient) > 1e-5
pairs += [(gradient, other), (one.discriminator[led], two.discriminator[led])]
assert tf.reduce_mean(tf.cast(led, tf.float32)) > 0.9
print(max(float(tf.reduce_max(tf.abs(a - b))) for a, b in pairs))
"""


@pytest.mark.slow
def test_warm_up_alone_makes_the_discriminator_prefer_true_masks():
    """Learned on scenes with their exact masks as the fitting ones; asked on scenes held out."""
    photos = load_photos("scenes", 64, limit=400, seed=1)
    exact = dataclasses.replace(photos, priors=photos.masks)
    tf.keras.utils.set_random_seed(1)
    narrow = {"generator_widths": (12, 16, 24, 32), "discriminator_widths": (12, 16, 24)}
    engine = Engine(preset("small", **narrow, discriminator_learning_rate=2e-3, batch_size=16))
    state = engine.initial_state()
    for number in range(180):
        frozen = engine.freeze(shuffled_batch(exact, 16, 0, number), (0, number))
        state, _ = engine.teach_discriminator(state, frozen, spoiled_only=True)
    engine.load_average(state)
    held_out = load_photos("scenes", 64, limit=32, seed=77)
    pictures = tf.constant(held_out.images.astype(np.float32) / 127.5 - 1.0)
    true = tf.constant(held_out.masks[..., None].astype(np.float32) / 255.0)

    def scores(masks):
        return engine.discriminator([pictures, masks], training=False)[0][:, 0].numpy()

    of_true = scores(pairs.soften(true))
    for index, kind in enumerate(pairs.SPOILINGS):
        draws = pairs.draw(np.random.default_rng(5), 32)
        draws["kind"][:], draws["strength"][:] = index, 0.9
        wins = np.mean(of_true > scores(pairs.spoil(true, draws)))
        assert wins > 0.6, f"{kind}: the true mask is preferred in {wins:.0%} of pairs"
