"""Which network addresses our server may connect to for somebody: only public ones. Pure."""

import socket
from contextlib import suppress
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

# Registered as public, but they embed an IPv4 address, which may be private.
IPV4_EMBEDDING_NETWORKS = (
    IPv6Network("::/96"),  # IPv4-compatible (RFC 4291)
    IPv6Network("::ffff:0:0/96"),  # IPv4-mapped
    IPv6Network("::ffff:0:0:0/96"),  # IPv4-translated (RFC 2765)
    IPv6Network("64:ff9b::/96"),  # NAT64 (RFC 6052)
    IPv6Network("64:ff9b:1::/48"),  # NAT64 inside a network (RFC 8215)
    IPv6Network("2001::/32"),  # Teredo
    IPv6Network("2002::/16"),  # 6to4
    IPv6Network("fec0::/10"),  # site-local (RFC 3879)
)
FORBIDDEN_IPV4_NETWORKS = (
    IPv4Network("0.0.0.0/8"),
    IPv4Network("100.64.0.0/10"),  # shared by carriers; some clouds answer there
    IPv4Network("192.0.0.0/24"),
    IPv4Network("192.88.99.0/24"),  # 6to4 relays
    IPv4Network("198.18.0.0/15"),
    IPv4Network("240.0.0.0/4"),
)


def is_public_address(text: str) -> bool:
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return _is_registered_as_public(address) and not _is_in_forbidden_network(address)


def is_private_host(host: str) -> bool:
    """Without a look-up. Includes short forms that look-ups accept as addresses, such as 127.1."""
    name = host.rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):  # RFC 6761 §6.3
        return True
    digits = name.partition("%")[0]
    with suppress(OSError):
        digits = socket.inet_ntoa(socket.inet_aton(digits))
    try:
        ip_address(digits)
    except ValueError:
        return False
    return not is_public_address(digits)


def _is_registered_as_public(address: IPv4Address | IPv6Address) -> bool:
    special = (
        address.is_private,
        address.is_loopback,
        address.is_link_local,
        address.is_multicast,
        address.is_reserved,
        address.is_unspecified,
    )
    return address.is_global and not any(special)


def _is_in_forbidden_network(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv4Address):
        return any(address in network for network in FORBIDDEN_IPV4_NETWORKS)
    return any(address in network for network in IPV4_EMBEDDING_NETWORKS)
