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
    rows = [
        [claim, test, f"**{verdict}** {result}"]
        for claim, verdict, result, test in _rows(words.language)
    ]
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def claims_text(words):
    """Returns the same as Markdown for pages of any width: figures and tests are folded away.

    Args:
        words: of `gecat.i18n.words`.
    """
    told = words.about.claims
    return "\n\n".join(
        f"**{claim}** {verdict}\n\n<details><summary>{told.figures}</summary>\n\n"
        f"{result}\n\n*{told.test}: {test}*\n\n</details>"
        for claim, verdict, result, test in _rows(words.language)
    )


def _rows(language):
    rows = tomllib.loads(asset("claims.toml").read_text(encoding="utf-8"))["rows"]
    return [
        [row[name][language] for name in ("claim", "verdict", "result", "test")] for row in rows
    ]
