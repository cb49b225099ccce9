from gecat.app.ui.result_cache import ResultCache


def test_a_ticket_gets_its_result_back():
    cache = ResultCache(capacity=100)
    first, second = cache.put("first", 10), cache.put("second", 10)
    assert first != second
    assert cache.get(first) == "first"
    assert cache.get(second) == "second"


def test_an_unknown_ticket_gets_nothing():
    assert ResultCache().get("no such ticket") is None


def test_the_result_not_looked_at_for_longest_goes_first():
    cache = ResultCache(capacity=100)
    old, middle = cache.put("old", 40), cache.put("middle", 40)
    cache.get(old)
    new = cache.put("new", 40)
    assert cache.get(middle) is None
    assert cache.get(old) == "old"
    assert cache.get(new) == "new"


def test_a_result_larger_than_the_cache_is_kept_alone():
    cache = ResultCache(capacity=100)
    small, huge = cache.put("small", 10), cache.put("huge", 1000)
    assert cache.get(small) is None
    assert cache.get(huge) == "huge"
    cache.put("next", 10)
    assert cache.get(huge) is None


def test_what_has_been_here_for_long_enough_is_forgotten_however_often_looked_at():
    now = [0.0]
    cache = ResultCache(kept_seconds=60, clock=lambda: now[0])
    old = cache.put("old", 1)
    now[0] = 50.0
    new = cache.put("new", 1)
    assert cache.get(old) == "old"
    now[0] = 61.0
    cache.drop_old()
    assert (cache.get(old), cache.get(new)) == (None, "new")


def test_whoever_holds_most_makes_room():
    asked_by = iter(["quiet", *["flood"] * 20])
    cache = ResultCache(capacity=100, origin=lambda: next(asked_by))
    quiet = cache.put("quiet", 40)
    flood = [cache.put(number, 20) for number in range(20)]
    assert cache.get(quiet) == "quiet"
    assert [cache.get(ticket) for ticket in flood[-3:]] == [17, 18, 19]
    assert not any(map(cache.get, flood[:-3]))
