from types import SimpleNamespace

import pytest

from gecat.app.ui.addresses import origin_of


def request(host):
    return SimpleNamespace(client=SimpleNamespace(host=host))


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8::1", "2001:db8::/64"),
        ("2001:db8::ffff:1", "2001:db8::/64"),
        ("2001:db8:0:1::1", "2001:db8:0:1::/64"),
        ("unix socket", "unix socket"),
        (None, ""),
    ],
)
def test_an_owner_of_many_addresses_is_one(host, origin):
    assert origin_of(request(host)) == origin


def test_whoever_asks_without_a_network_has_none():
    assert origin_of(None) == origin_of(SimpleNamespace(client=None)) == ""
