"""The table of the article's claims, from the one file that holds it."""

import tomllib

from gecat.files import asset

COLUMNS = ("claim", "test", "result")


def claims_table(words):
    """Returns the table as Markdown, for wide pages.

    Args:
        words: of `gecat.i18n.words`.
    """
    heads = [getattr(words.about.claims, column) for column in COLUMNS]
    lines = [heads, ["---"] * len(heads), *_rows(words.language)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def claims_text(words):
    """Returns the same as Markdown paragraphs, for pages of any width.

    Args:
        words: of `gecat.i18n.words`.
    """
    label = words.about.claims.test
    return "\n\n".join(
        f"**{claim}** {result}  \n*{label}: {test}*"
        for claim, test, result in _rows(words.language)
    )


def _rows(language):
    rows = tomllib.loads(asset("claims.toml").read_text(encoding="utf-8"))["rows"]
    return [[row[column][language] for column in COLUMNS] for row in rows]
