"""Drew the pictures beside it, one a format, and a broken one: `python tests/pictures/draw.py`."""

from pathlib import Path

import numpy as np
from PIL import Image

from gecat.images.scenes import draw_scene

HERE = Path(__file__).parent


def main():
    formats = ("jpg", "png", "webp", "avif", "gif", "bmp", "tiff")
    for number, ending in enumerate(formats):
        scene(number).crop((0, 0, 96 + 4 * number, 88)).save(HERE / f"{ending}.{ending}")
    turned = Image.Exif()
    turned[0x0112] = 6  # orientation: the camera stood on its side
    scene(7).crop((0, 0, 120, 80)).save(HERE / "turned.jpg", exif=turned)
    alpha = np.dstack(
        [np.asarray(scene(8)), np.asarray(Image.linear_gradient("L").resize((128, 128)))]
    )
    Image.fromarray(alpha).save(HERE / "transparent.png")
    (HERE / "broken.jpg").write_bytes((HERE / "jpg.jpg").read_bytes()[:200])


def scene(number):
    return Image.fromarray(draw_scene(number, 128)[0])


if __name__ == "__main__":
    main()
