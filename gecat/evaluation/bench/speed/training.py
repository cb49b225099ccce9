"""Pictures a second that are learned from, beside the article's loop, and PyTorch where it is.

The preset `small` stands beside the article's loop as the page's default training; the article's
own networks (preset `article`) stand beside both others, so that none has less to do. A picture
counts each time that a network's loss and gradient are computed of it.
"""

import json
import subprocess
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from gecat.config import Config, preset
from gecat.evaluation.bench.speed.comparison import Figures, in_turn, seconds
from gecat.images.datasets import Photos, load_photos

ANCHOR_STEPS = 4  # of one turn
PHOTOS = 64
TORCH = Path(__file__).with_name("torch_loop.py")


def measure(figures: Figures, repeats: int, torch: str | None = None) -> None:
    """Compares anchor steps and gradient epochs with both others, and tells where time goes.

    Args:
        torch: a Python that has PyTorch, or None to leave it out.
    """
    config = preset("article")
    photos = load_photos("scenes", config.size, prior="barrier", limit=PHOTOS)
    small, same = (Ours(each, photos) for each in (preset("small"), config))
    article = _Article(config, photos)
    rates = {
        "anchor steps": small.anchor,
        "gradient epochs": small.epoch,
        "anchor steps of the article's networks": same.anchor,
        "gradient epochs of the article's networks": same.epoch,
        "the article's loop": article.game,
    }
    with _Torch(torch, config) as other:
        if torch:
            rates |= {"steps in PyTorch": other.anchor, "the game in PyTorch": other.game}
        told = in_turn(repeats, *rates.values())
    found = dict(zip(rates, told, strict=True))
    *ours, loop = list(rates)[:5]
    for name in ours:
        figures.compare(name, found[name], loop, found[loop], "pictures/s")
    for name, rival in zip(ours[2:], list(rates)[5:], strict=False):
        figures.compare(name, found[name], rival, found[rival], "pictures/s")
    for name, spent in small.profile(repeats).items():
        figures.tell(f"of an anchor step: {name}", spent, "ms")


class Ours:
    """This engine, on batches as a run makes them.

    Args:
        config: the settings of its run; photos: what it learns from.
    """

    def __init__(self, config: Config, photos: Photos) -> None:
        from gecat.training.engine import Engine
        from gecat.training.losses import full_weights
        from gecat.training.supply import Supply

        self._config = config
        self._engine = Engine(config)
        self._state = self._engine.initial_state()
        self._supply = Supply(self._engine, photos, 0)
        self._weights = full_weights(config)

    def anchor(self) -> float:
        """Pictures a second of steps that learn from the teachers."""
        return self._config.batch_size / self._anchored(self._take)

    def step(self) -> float:
        """Seconds of such a step on a batch that is there already."""
        return self._anchored(lambda: self._held)

    def epoch(self) -> float:
        """Pictures a second of a gradient epoch, whose critic sees each with two masks."""
        told = []

        def play():
            self._state, epoch = self._engine.play(self._state, self._take, self._weights, 0.5)
            told.append(epoch.asked)

        spent = seconds(play)
        # Each of the critic's evaluations is of as many real pairs as wrong ones.
        of_critic = self._config.discriminator_steps
        shown = 2 * -(-self._config.batch_size // self._config.judged_every)
        return ((told[0] - of_critic) * self._config.batch_size + of_critic * shown) / spent

    def profile(self, repeats: int) -> dict[str, float]:
        """Milliseconds of the parts of an anchor step, medians."""
        weights = {**self._weights, "adversarial": 0.0}
        frozen = self._held
        objective = self._engine.generator_objective(self._state, frozen, weights)
        spent = in_turn(
            repeats,
            lambda: seconds(lambda: np.asarray(self._take()["target"])),
            lambda: seconds(lambda: objective(self._state.generator)),
            lambda: seconds(
                lambda: float(self._engine.teach_generator(self._state, frozen, weights)[2].loss)
            ),
        )
        batch, loss, step = (1000 * float(np.median(each)) for each in spent)
        return {
            "waiting for the batch, and freezing it": batch,
            "loss and gradient": loss,
            "Adam, the moving average and the figures": max(0.0, step - loss),
        }

    @cached_property
    def _held(self):
        frozen = self._take()
        np.asarray(frozen["target"])  # under JAX it may still be on its way
        return frozen

    def _take(self):
        return self._supply.take(self._state, 0.0)

    def _anchored(self, take):
        weights = {**self._weights, "adversarial": 0.0}

        def steps():
            for _ in range(ANCHOR_STEPS):
                self._state, _, record = self._engine.teach_generator(self._state, take(), weights)
            float(record.loss)

        return seconds(steps) / ANCHOR_STEPS


class _Article:
    """The article's loop, made to run: three calls of `train_on_batch`, masks by `predict`."""

    def __init__(self, config, photos):
        import keras

        from gecat.model.registry import build_discriminator, build_generator

        self._config = config
        self._generator = build_generator(config)
        whole = build_discriminator(config)
        self._critic = keras.Model(whole.input, whole.output[0])
        loss = keras.losses.BinaryCrossentropy(from_logits=True)
        self._critic.compile(keras.optimizers.Adam(1e-3, beta_1=0.5), loss)
        image = keras.Input((config.size, config.size, 3))
        verdict = self._critic([image, keras.ops.sigmoid(self._generator(image))])
        self._critic.trainable = False
        self._both = keras.Model(image, verdict)
        self._both.compile(keras.optimizers.Adam(1e-3), loss)
        self._critic.trainable = True
        self._critic.compile(keras.optimizers.Adam(1e-3, beta_1=0.5), loss)
        rows = np.arange(config.batch_size) % len(photos.names)
        self._images = photos.images[rows].astype(np.float32) / 127.5 - 1.0
        self._masks = (photos.priors[rows, ..., None] > 127).astype(np.float32)

    def game(self) -> float:
        """Pictures a second of one turn of the loop."""
        count = self._config.batch_size
        ones, zeros = np.ones((count, 1), np.float32), np.zeros((count, 1), np.float32)

        def turn():
            logits = self._generator.predict(self._images, batch_size=count, verbose=0)
            masks = 1.0 / (1.0 + np.exp(-logits))
            self._critic.train_on_batch([self._images, self._masks], ones)
            self._critic.train_on_batch([self._images, masks], zeros)
            self._both.train_on_batch(self._images, ones)

        return 3 * count / seconds(turn)


class _Torch:
    """The same networks in PyTorch, in a process of the Python that has it."""

    def __init__(self, python: str | None, config: Any) -> None:
        self._there = python is not None
        words = [python or "", str(TORCH), str(config.batch_size), str(config.size)]
        words += [",".join(map(str, config.generator_widths + config.discriminator_widths))]
        self._words = words

    def __enter__(self):
        if self._there:
            self._process = subprocess.Popen(
                self._words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
        return self

    def __exit__(self, *_):
        if self._there:
            self._process.communicate()

    def anchor(self) -> float:
        """Pictures a second of steps towards given masks."""
        return self._ask("anchor")

    def game(self) -> float:
        """Pictures a second of the critic's step and the generator's against it."""
        return self._ask("game")

    def _ask(self, what):
        self._process.stdin.write(what + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError("the Python that was named has no PyTorch that works")
        return json.loads(answer)
