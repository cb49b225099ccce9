import logging

from gecat.app.ui.log_limits import (
    ENTRIES,
    LETTERS,
    SECONDS,
    TRACEBACK_LETTERS,
    BoundedLog,
    bounded_log,
)


def entry(message="x", *args, exc_info=None):
    return logging.LogRecord("a", logging.WARNING, "a.py", 1, message, args, exc_info)


def test_so_many_entries_a_minute_are_written():
    now = [0.0]
    bound = BoundedLog(lambda: now[0])
    passed = [bound.filter(entry()) for _ in range(3 * ENTRIES)]
    assert passed == [True] * ENTRIES + [False] * 2 * ENTRIES
    now[0] = SECONDS
    later, last = entry("later: %s", "a"), entry("last")
    assert bound.filter(later) and bound.filter(last)
    told = f"({2 * ENTRIES} entries before this were left out) later: a"
    assert (later.getMessage(), last.getMessage()) == (told, "last")


def test_an_entry_is_cut():
    long, plain = entry("%s", "x" * 10**6), entry("%s of %s", 1, 2)
    bound = BoundedLog()
    assert bound.filter(long) and bound.filter(plain)
    assert len(long.getMessage()) == LETTERS and plain.getMessage() == "1 of 2"
    try:
        raise KeyError("x" * 10**6)
    except KeyError as error:
        failed = entry(exc_info=(type(error), error, error.__traceback__))
    assert bound.filter(failed)
    assert len(logging.Formatter().format(failed)) < 2 * TRACEBACK_LETTERS


def test_all_handlers_share_one_bound(capsys):
    with bounded_log():
        for number in range(2 * ENTRIES):
            logging.lastResort.handle(entry(f"entry {number}"))
    logging.lastResort.handle(entry("afterwards"))
    assert capsys.readouterr().err.split("\n")[ENTRIES - 1 :] == [
        f"entry {ENTRIES - 1}",
        "afterwards",
        "",
    ]
