"""The table of the article's claims, from the one file that holds it."""

import tomllib

from gecat.files import asset

COLUMNS = ("claim", "test", "result")


def claims_table(words):
    """Returns the table as Markdown.

    Args:
        words: of `gecat.i18n.words`.
    """
    rows = tomllib.loads(asset("claims.toml").read_text(encoding="utf-8"))["rows"]
    heads = [getattr(words.about.claims, column) for column in COLUMNS]
    lines = [heads, ["---"] * len(heads)]
    lines += [[row[column][words.language] for column in COLUMNS] for row in rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
