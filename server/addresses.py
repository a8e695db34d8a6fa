"""Addresses as people open them: of hosts that are written in several ways, and of this machine."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable

import psutil

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104  (compared, not bound)
"""Hosts to listen on that no browser can open: they mean all addresses of this machine."""


def bare_host(host: str) -> str:
    """Return a host as sockets take it: [::1], as it stands in addresses, is ::1."""
    return host[1:-1] if host.startswith("[") and host.endswith("]") else host


def opening_host(host: str) -> str:
    """Return the host under which this machine opens what listens on `host`."""
    return "localhost" if bare_host(host) in EVERYWHERE else bare_host(host)


def web_address(host: str, port: int) -> str:
    """Return the address that opens `port` of `host`, without a slash at the end."""
    # RFC 3986, 3.2.2: brackets around colons; RFC 6874: the zone's sign is written %25.
    written = f"[{host.replace('%', '%25')}]" if ":" in host else host
    return f"http://{written}" if port == 80 else f"http://{written}:{port}"


def addresses_of_this_machine() -> list[Address]:
    """Return all addresses of this machine's interfaces, as the system lists them."""
    kinds = (socket.AF_INET, socket.AF_INET6)
    return [
        # A zone (fe80::1%eth0) stays: it tells a link-local address.
        ipaddress.ip_address(one.address)
        for interface in psutil.net_if_addrs().values()
        for one in interface
        if one.family in kinds
    ]


def openable(host: str, own: Iterable[Address]) -> list[str]:
    """Return the hosts that open what listens on `host`: those for others first, for this machine last.

    `own` are the addresses of this machine. Of 0.0.0.0 these are its IPv4 addresses, of :: all of them;
    private networks (LAN) come before public addresses, IPv4 before IPv6, and link-local ones, which
    browsers cannot open, are left out. Any other host is itself.
    """
    host = bare_host(host)
    if host not in EVERYWHERE:
        return [host]
    for_others = [
        one
        for one in own
        if not (one.is_loopback or one.is_link_local or one.is_unspecified)
        and (one.version == 4 or host == "::")
    ]
    for_others.sort(key=lambda one: (not one.is_private, one.version))
    return [*dict.fromkeys(map(str, for_others)), "localhost"]
