"""Pictures as the bytes of files that are offered."""

import io

from PIL import Image


def encode(picture, kind):
    """Bytes of a picture, fast rather than small: somebody waits for them.

    Args:
        picture: uint8 (H, W), (H, W, 3) or (H, W, 4); kind: "PNG" or "JPEG".
    """
    options = {"quality": 92} if kind == "JPEG" else {"compress_level": 1}
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, kind, **options)
    return buffer.getvalue()
