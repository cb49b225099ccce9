"""Command line of the anchored rounds: photos in, weights out."""

import argparse
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path

import cv2
import jax
import numpy as np

from gecat.config import preset
from gecat.errors import ImageError
from gecat.images.sources import open_source
from gecat.model.discriminator import build_discriminator, shares_encoder, take_encoder
from gecat.model.unet import build_generator
from gecat.model.weights import load_weights, save_weights, take_weights
from gecat.training.accelerated import pool as pools
from gecat.training.accelerated import rounds, steps, warmup


def main():
    """Runs the rounds as the command line asks."""
    options = _parser().parse_args()
    config = preset(options.preset, **dict(setting.split("=", 1) for setting in options.set))
    say = _speaker(time.monotonic())
    pool = _open_pool(options, say)
    scored = _read_scored(options.scored) if options.scored else None
    started = time.monotonic()
    generator, discriminator = build_generator(config), build_discriminator(config)
    if options.start:
        start = load_weights(options.start)
        take_weights(generator, start.generator)
        take_weights(discriminator, start.discriminator)
    if options.warmup_seconds:
        warmup.learn_encoder(
            generator,
            pool,
            options.warmup_seconds,
            size=options.warmup_size,
            stride=2 ** len(config.generator_widths),
            batch=options.warmup_batch,
            rate=options.rate,
            report=_reporter(say),
            seed=config.seed,
        )
    playing = steps.begin(generator)
    if options.seconds:
        playing = rounds.learn_generator(
            generator,
            config,
            pool,
            options.seconds,
            batch=options.batch,
            rate=options.rate,
            report=_reporter(say, scored, config.inference_size),
            renew_until=options.renew_until,
        )
    facts = {"seconds": time.monotonic() - started, "photos": len(pool), "machine": _device()}
    save_weights(options.out, config, generator, discriminator, facts)
    if options.critic_seconds:
        if shares_encoder(config) and not options.start:
            take_encoder(discriminator, generator)
        rounds.learn_discriminator(
            generator,
            discriminator,
            config,
            pool,
            playing,
            options.critic_seconds,
            batch=options.batch // 2,
            rate=options.critic_rate,
            report=_reporter(say),
        )
        facts["seconds"] = time.monotonic() - started
        save_weights(options.out, config, generator, discriminator, facts)
    say(f"written: {options.out.name}")
    pool.close()


def _parser():
    parser = argparse.ArgumentParser(prog="python -m gecat.training.accelerated")
    add = parser.add_argument
    add("--data", type=Path, nargs="+", required=True, help="folders or .zip files of photos")
    add("--teacher", type=Path, required=True, help="weights that teach at first")
    add("--start", type=Path, help="weights that both networks begin from")
    add("--out", type=Path, required=True, help="the weights file to write")
    add("--work", type=Path, required=True, help="folder for what the rounds share")
    add("--keep", action="store_true", help="learn from the pseudo-masks that are in --work")
    add("--preset", default="base")
    add("--warmup-seconds", type=float, default=0, help="of the encoder, before all else")
    add("--warmup-size", type=int, default=160, help="side of the encoder's views, pixels")
    add("--warmup-batch", type=int, default=512, help="views a step")
    add("--seconds", type=float, default=450, help="of the generator; 0 leaves it as it is")
    add("--renew-until", type=float, default=0.7, help="share of them that renews pseudo-masks")
    add("--critic-seconds", type=float, default=100, help="of the discriminator")
    add("--batch", type=int, default=64, help="photos a step")
    add("--workers", type=int, default=14, help="processes that run GrabCut")
    add("--rate", type=float, default=2e-3, help="Adam's learning rate for the generator")
    add("--critic-rate", type=float, default=1e-3, help="and for the discriminator")
    add("--scored", type=Path, help="images/ and masks/ to score on as it goes, for the log")
    add("--set", action="append", default=[], metavar="KEY=VALUE", help="a setting of config.py")
    return parser


def _open_pool(options, say):
    """The Pool of the photos, with pseudo-masks of the teacher."""
    if not (options.work / "photos.npy").exists():
        pools.fill(options.work, _read_all(options.data))
    pool = pools.Pool(options.work, options.workers)
    say(f"{len(pool)} photos")
    if options.keep:
        return pool
    teacher = load_weights(options.teacher)
    learner = steps.begin(teacher.generator)
    predict = steps.predictor(teacher.generator)
    photos = jax.device_put(np.array(pool.photos))
    pool.write_soft(rounds.predict_all(predict, learner, photos, teacher.config.inference_size))
    # Until GrabCut has been through all photos, the teacher's masks serve as they are.
    pool.write_cuts(pool.read_soft())
    pool.start_cutting()
    say("the teacher's masks are there")
    return pool


def _read_all(sources):
    """uint8 photos of all sources, those that cannot be read left out."""
    read = []
    for source in sources:
        with open_source(str(source), pools.SIDE) as members, ThreadPoolExecutor() as threads:
            read.append([image for image in threads.map(_read, members) if image is not None])
    return list(chain(*read))


def _read(member):
    try:
        return member.read()
    except ImageError as error:
        print(f"left out: {member.name}: {error}", file=sys.stderr)
        return None


def _read_scored(folder):
    """Squashed photos and true masks (N, P, P), for the log only."""
    with open_source(str(folder), pools.SIDE) as members:
        pictures = [(member.read(), member.read_mask()) for member in members]
    side = (pools.SIDE, pools.SIDE)
    photos = [cv2.resize(image, side, interpolation=cv2.INTER_AREA) for image, _ in pictures]
    truths = [cv2.resize(mask, side, interpolation=cv2.INTER_AREA) > 127 for _, mask in pictures]
    return np.stack(photos), np.stack(truths)


def _speaker(started):
    return lambda words: print(f"{time.monotonic() - started:6.1f} s  {words}", flush=True)


def _reporter(say, scored=None, size=None, every=0.1):
    due = {"at": 0.0}

    def report(progress, figures, *player):
        if progress < due["at"]:
            return
        due["at"] = progress + every
        words = " ".join(f"{name} {value:.4g}" for name, value in figures.items())
        if scored and player:
            words += f" iou {rounds.mean_iou(*player, *scored, size):.4f}"
        say(f"{progress:5.0%}  {words}")

    return report


def _device():
    device = jax.devices()[0]
    return f"{device.device_kind} ({device.platform})"


if __name__ == "__main__":
    main()
