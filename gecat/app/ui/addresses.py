"""Who asks, as far as a server can know: the address that a connection comes from.

Keys and sessions are made up freely, addresses are not. An address that a proxy forwards counts
where the operator names that proxy to uvicorn, by FORWARDED_ALLOW_IPS; otherwise all who come
through it share its one address.
"""

import ipaddress

from gradio.context import LocalContext

NETWORK_BITS = 64  # of an IPv6 address: the rest is its owner's to choose


def origin_of(request):
    """Returns the address whose share a request counts in.

    Args:
        request: of Starlette, or None where nobody has asked over the network.

    Returns:
        str: an IPv4 address, an IPv6 network, or "" where there is none.
    """
    client = getattr(request, "client", None)
    host = getattr(client, "host", None) or ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if address.version == 4:
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((int(address), NETWORK_BITS), strict=False))


def origin_of_caller():
    """Returns the address whose share the event that runs here counts in, "" outside of one."""
    return origin_of(LocalContext.request.get(None))
