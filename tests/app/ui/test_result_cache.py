from gecat.app.ui.result_cache import Shelf


def test_a_ticket_gets_its_result_back():
    shelf = Shelf(capacity=100)
    first, second = shelf.put("first", 10), shelf.put("second", 10)
    assert first != second
    assert shelf.get(first) == "first"
    assert shelf.get(second) == "second"


def test_an_unknown_ticket_gets_nothing():
    assert Shelf().get("no such ticket") is None


def test_the_result_not_looked_at_for_longest_goes_first():
    shelf = Shelf(capacity=100)
    old, middle = shelf.put("old", 40), shelf.put("middle", 40)
    shelf.get(old)
    new = shelf.put("new", 40)
    assert shelf.get(middle) is None
    assert shelf.get(old) == "old"
    assert shelf.get(new) == "new"


def test_a_result_larger_than_the_shelf_is_kept_alone():
    shelf = Shelf(capacity=100)
    small, huge = shelf.put("small", 10), shelf.put("huge", 1000)
    assert shelf.get(small) is None
    assert shelf.get(huge) == "huge"
    shelf.put("next", 10)
    assert shelf.get(huge) is None
