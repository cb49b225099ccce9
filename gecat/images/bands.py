"""Parts of a large picture: no second copy of it, and no floats, lie in memory all at once."""

from collections.abc import Iterator

ROWS = 256
TILE = 512  # pixels


def bands(length: int, rows: int = ROWS) -> Iterator[slice]:
    """Yields slices that cover 0 to length, each of at most so many rows."""
    for start in range(0, length, rows):
        yield slice(start, min(start + rows, length))


def tiles(shape: tuple[int, ...], side: int = TILE) -> Iterator[tuple[slice, slice]]:
    """Yields rows and columns of tiles, each of at most so many pixels a side, that cover (H, W).

    However long and thin a picture is, a tile of it is small.
    """
    for rows in bands(shape[0], side):
        for columns in bands(shape[1], side):
            yield rows, columns
