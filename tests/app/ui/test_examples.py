"""The photo that a page opens with."""

from pathlib import Path

from gecat.app.ui.examples import opening_photo

EXAMPLES = [Path("/examples/coffee.jpg"), Path("/examples/cat.jpg")]


def test_an_address_may_name_an_example_and_a_browser_remember_a_photo(tmp_path):
    own = tmp_path / "own.png"  # where uploads lie
    own.write_bytes(b"")
    assert opening_photo(EXAMPLES, "cat", None) == "/examples/cat.jpg"
    assert opening_photo(EXAMPLES, "cat", str(own)) == "/examples/cat.jpg"
    assert opening_photo(EXAMPLES, None, str(own)) == str(own)


def test_what_is_no_upload_or_gone_is_passed_over(tmp_path):
    for name in ("dog", "../cat", "", None):
        for own in (__file__, str(tmp_path / "gone.png"), "", None, ["/"]):
            assert opening_photo(EXAMPLES, name, own) == "/examples/coffee.jpg"
