"""JPEG files without what makes Pillow slow."""

EXIF_SEGMENTS = 16  # 1 MB; more are in no photo
START_OF_SCAN = 0xDA
ALONE = (0x01, *range(0xD0, 0xDA))  # markers that nothing follows


def without_long_exif(data: bytes) -> bytes:
    """Leaves out Exif segments beyond the first few: Pillow joins them in quadratic time.

    Args:
        data: bytes of a JPEG file.

    Returns:
        bytes; the same ones where there are few.
    """
    at, kept, left_out = 2, [data[:2]], 0
    exif = 0
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] != START_OF_SCAN:
        marker = data[at + 1]
        if marker == 0xFF:  # a byte of filling
            end = at + 1
        elif marker in ALONE:
            end = at + 2
        else:
            end = at + 2 + int.from_bytes(data[at + 2 : at + 4])
        exif += marker == 0xE1 and data[at + 4 : at + 10] == b"Exif\0\0"
        if marker == 0xE1 and exif > EXIF_SEGMENTS:
            left_out += 1
        else:
            kept.append(data[at:end])
        at = end
    return b"".join([*kept, data[at:]]) if left_out else data
