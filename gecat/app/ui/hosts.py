"""By which names the app may be called, and from whose pages.

Any name can be pointed at any address, and a page there would then be of the same origin as the
app. An address cannot, so addresses are known, and names where the operator has named them.
"""

import ipaddress
from urllib.parse import urlsplit

from gecat.app.ui.answers import plain, told, words_of

READING = ("GET", "HEAD", "OPTIONS")


class KnownHosts:
    """ASGI middleware that answers only to its own names, and takes nothing from other pages.

    Args:
        app: the ASGI application behind it.
        hosts: names, as `Access.hosts`.
    """

    def __init__(self, app, hosts=()):
        self._app = app
        self._hosts = frozenset(hosts)

    async def __call__(self, scope, receive, send):
        if scope["type"] == "http":
            headers = dict(scope["headers"])
            host, origin = headers.get(b"host", b""), headers.get(b"origin")
            if not self.knows(host):
                await plain(words_of(scope).unknown_host, 421)(scope, receive, send)
                return
            if scope["method"] not in READING and origin and not self.is_own_page(origin, host):
                await told(words_of(scope).foreign_page, 403)(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def knows(self, host):
        """Whether this is a name of the app, as the header `host` has it."""
        name = _name(b"//" + host)
        above = (f"*.{name.split('.', level)[-1]}" for level in range(1, name.count(".") + 1))
        return bool(name) and (_is_local(name) or not self._hosts.isdisjoint((name, "*", *above)))

    def is_own_page(self, origin, host):
        """Whether a page is the app's, by the headers `origin` and `host`.

        A proxy may change the host's port, so a page under a name that is named is the app's; on an
        address, or this machine, others serve pages by other ports.
        """
        name = _name(origin)
        own = _netloc(origin) == host.decode("latin-1").lower()
        return own or (name in self._hosts and not _is_local(name))


def _is_local(name):
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")
    return True


def _name(address):
    try:
        return (urlsplit(address.decode("latin-1")).hostname or "").rstrip(".")
    except ValueError:
        return ""


def _netloc(address):
    try:
        return urlsplit(address.decode("latin-1")).netloc.lower()
    except ValueError:
        return ""
