"""Bands of rows: of a large picture no second copy, and no floats, lie in memory all at once."""

from collections.abc import Iterator

ROWS = 256


def bands(length: int, rows: int = ROWS) -> Iterator[slice]:
    """Yields slices that cover 0 to length, each of at most so many rows."""
    for start in range(0, length, rows):
        yield slice(start, min(start + rows, length))
