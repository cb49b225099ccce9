"""Draws what a mask costs and how good it is: every method of `bench quality`, and others."""

from typing import Any

from matplotlib.figure import Figure

from gecat.files import AnyPath

OURS_NAMED = {"gecat": "GEC-AT", "gecat refined": "GEC-AT, refined"}
NAMES = OURS_NAMED | {
    "centre_ellipse": "centre ellipse",
    "otsu": "Otsu",
    "kmeans": "k-means",
    "felzenszwalb": "Felzenszwalb",
    "chan_vese": "Chan-Vese",
    "barrier": "barrier distance",
    "grabcut": "GrabCut",
}
OURS, OTHERS, LABELLED = "#0072b2", "#777777", "#d55e00"


def draw(rows: list[dict[str, Any]], labelled: list[dict[str, Any]], path: AnyPath) -> None:
    """Writes the picture.

    Args:
        rows: dicts of "method", "iou" and "ms", as `bench quality` publishes them.
        labelled: the same of methods that learned from masks, with "gecat_ms" of the same run:
            they are drawn as far from GEC-AT as they were then, however busy the machine was.
        path: of the picture.
    """
    (clock,) = (row["ms"] for row in rows if row["method"] == "gecat")
    labelled = [{**row, "ms": row["ms"] / row["gecat_ms"] * clock} for row in labelled]
    figure = Figure(figsize=(7.2, 4.2), layout="constrained")
    axes = figure.subplots()
    for row in [*rows, *labelled]:
        is_ours = row["method"] in OURS_NAMED
        colour = OURS if is_ours else LABELLED if row in labelled else OTHERS
        axes.semilogx(row["ms"], row["iou"], "o", color=colour, markersize=9 if is_ours else 6)
        name = NAMES.get(row["method"], row["method"])
        is_left = row["method"] == "gecat"  # the refined one follows on its right
        axes.annotate(
            name,
            (row["ms"], row["iou"]),
            (-8, 4) if is_left else (7, 5),
            textcoords="offset points",
            color=colour,
            ha="right" if is_left else "left",
        )
    axes.xaxis.set_major_formatter("{x:g}")
    axes.set_xlabel("milliseconds a photo, one thread (less is better)")
    axes.set_ylabel("IoU (more is better)")
    axes.margins(x=0.16, y=0.1)
    axes.grid(True, color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)
    figure.savefig(path, dpi=120)
