"""Addresses as people open them: of hosts that are written in several ways, and of this machine."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104  (compared, not bound)
"""Hosts to listen on that no browser can open: they mean all addresses of this machine."""


def bare_host(host: str) -> str:
    """Return a host as sockets take it: [::1], as it stands in addresses, is ::1."""
    return host[1:-1] if host.startswith("[") and host.endswith("]") else host


def opening_host(host: str) -> str:
    """Return the host under which this machine opens what listens on `host`."""
    return "localhost" if bare_host(host) in EVERYWHERE else bare_host(host)


def host_and_port(written: str) -> tuple[str, int]:
    """Return what `host:port` or `[host]:port` names; raises ValueError."""
    host, _, port = written.rpartition(":")
    if not host or not port.isdecimal() or not 0 <= int(port) < 65536 or (":" in host and host[0] != "["):
        raise ValueError("must be an address and a port, such as 127.0.0.1:9464 or [::1]:9464")
    return bare_host(host), int(port)


def is_loopback(host: str) -> bool:
    """Tell whether only this machine reaches what listens on `host`."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def web_address(host: str, port: int) -> str:
    """Return the address that opens `port` of `host`, without a slash at the end."""
    # RFC 3986, 3.2.2: brackets around colons; RFC 6874: the zone's sign is written %25.
    written = f"[{host.replace('%', '%25')}]" if ":" in host else host
    return f"http://{written}" if port == 80 else f"http://{written}:{port}"


def network_of(host: str) -> str:
    """Return what stands for the address that a request or a line came from when it is counted.

    An IPv6 address belongs to a network of which whoever has it has 2^64 more; that is taken instead. What is
    no address, such as a name or a socket of this machine, stands for itself.
    """
    address = _address_of(host)
    if address is None:
        return host
    return str(address) if address.version == 4 else str(_network(address, 64))


def shortened(host: str) -> str:
    """Return the network of an address (IPv4: /24, IPv6: /48), "" for what is none: no single person's."""
    address = _address_of(host)
    if address is None:
        return ""
    return str(_network(address, 24 if address.version == 4 else 48).network_address)


def _address_of(host: str) -> Address | None:
    """Read an address however it is written: in brackets, with a zone, IPv4 as IPv6."""
    try:
        address = ipaddress.ip_address(bare_host(host).partition("%")[0])
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, ipaddress.IPv6Address) else address


def _network(address: Address, kept_bits: int) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    return ipaddress.ip_network((address, kept_bits), strict=False)


def addresses_of_this_machine() -> list[Address]:
    """Return all addresses of this machine's interfaces, as the system lists them."""
    # Loaded where it is used: every command reads the settings, and few ask for addresses.
    import psutil

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
