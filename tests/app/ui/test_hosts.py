import pytest

from gecat.app.ui.hosts import KnownHosts

HOSTS = KnownHosts(None, ["gecat.example.org", "*.hf.space", "127.0.0.1", "localhost"])


@pytest.mark.parametrize(
    "host",
    [
        b"127.0.0.1:7860",
        b"localhost",
        b"LOCALHOST:7860",
        b"gecat.localhost:7860",
        b"192.168.1.20:7860",
        b"0.0.0.0:7860",
        b"[::1]:7860",
        b"gecat.example.org",
        b"Gecat.Example.org.:443",
        b"me-gecat.hf.space",
    ],
)
def test_the_apps_own_names_are_known(host):
    assert HOSTS.knows(host)


@pytest.mark.parametrize(
    "host",
    [
        b"",
        b"evil.example.org",
        b"gecat.example.org.evil.com",
        b"localhost.evil.com",
        b"127.0.0.1.nip.io",
        b"hf.space",
        b"a.hf.space.evil.com",
        b"user@evil.com",
        b"[::1",
        b"\xff\xfe",
        b"evil.com/127.0.0.1",
    ],
)
def test_no_other_name_is(host):
    assert not HOSTS.knows(host)


def test_an_operator_may_allow_any():
    assert KnownHosts(None, ["*"]).knows(b"evil.example.org")


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        (b"http://127.0.0.1:7860", b"127.0.0.1:7860"),
        (b"http://localhost:7860", b"localhost:7860"),
        (b"https://me-gecat.hf.space", b"me-gecat.hf.space"),
        (b"https://gecat.example.org", b"127.0.0.1:7860"),  # a proxy names itself
        (b"https://gecat.example.org:8443", b"gecat.example.org"),
    ],
)
def test_the_apps_own_pages_may_ask(origin, host):
    assert HOSTS.is_own_page(origin, host)


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        (b"null", b"127.0.0.1:7860"),
        (b"http://127.0.0.1:8000", b"127.0.0.1:7860"),
        (b"http://localhost:8000", b"localhost:7860"),
        (b"https://other.hf.space", b"me-gecat.hf.space"),
        (b"https://evil.example.org", b"gecat.example.org"),
        (b"http://[", b"127.0.0.1:7860"),
    ],
)
def test_the_pages_of_others_may_not(origin, host):
    assert not HOSTS.is_own_page(origin, host)
