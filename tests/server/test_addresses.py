"""What is printed can be opened: brackets, names, and all addresses of a machine that listens everywhere."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.addresses import addresses_of_this_machine, network_of, openable, web_address
from server.settings import Settings

OWN = [
    ipaddress.ip_address(one)
    for one in (
        "127.0.0.1",
        "::1",
        "2001:db8:1::7",
        "203.0.113.5",
        "192.168.1.5",
        "fe80::1%eth0",
        "169.254.3.4",
        "fd00::5",
    )
]
# The networks for documentation count as private for Python, so a public one stands for them.
OWN[2], OWN[3] = ipaddress.ip_address("2400:3200::1"), ipaddress.ip_address("223.5.5.5")


@pytest.mark.parametrize(
    ("host", "hosts"),
    [
        ("0.0.0.0", ["192.168.1.5", "223.5.5.5", "localhost"]),
        ("::", ["192.168.1.5", "fd00::5", "223.5.5.5", "2400:3200::1", "localhost"]),
        ("[::]", ["192.168.1.5", "fd00::5", "223.5.5.5", "2400:3200::1", "localhost"]),
        ("::1", ["::1"]),
        ("[::1]", ["::1"]),
        ("weike.local", ["weike.local"]),
    ],
)
def test_the_local_network_comes_first_and_this_machine_last(host: str, hosts: list[str]) -> None:
    assert openable(host, OWN) == hosts


@pytest.mark.parametrize(
    ("host", "port", "url"),
    [
        ("::1", 8000, "http://[::1]:8000"),
        ("fe80::1%eth0", 8000, "http://[fe80::1%25eth0]:8000"),
        ("10.0.0.1", 80, "http://10.0.0.1"),
    ],
)
def test_addresses_are_written_as_browsers_read_them(host: str, port: int, url: str) -> None:
    assert web_address(host, port) == url


@pytest.mark.parametrize(
    ("host", "url"),
    [("::1", "http://[::1]:8000"), ("0.0.0.0", "http://localhost:8000"), ("::", "http://localhost:8000")],
)
def test_links_open_where_the_site_listens(host: str, url: str) -> None:
    assert Settings(host=host, _env_file=None).base_url == url  # type: ignore[call-arg]


def test_this_machine_has_a_loopback() -> None:
    assert any(one.is_loopback for one in addresses_of_this_machine())


@pytest.mark.parametrize(
    "url", ["weike.example", "ftp://x/", "https://x/a?b=1", "https://x/a b", "https://x/党"]
)
def test_a_public_address_that_no_browser_opens_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="public_url"):
        Settings(public_url=url, _env_file=None)  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("url", "prefix"),
    [
        ("", ""),
        ("https://x", ""),
        ("https://x/", ""),
        ("https://x/weike/", "/weike"),
        ("http://x:8/a/b", "/a/b"),
    ],
)
def test_the_path_of_a_public_address_is_the_prefix(url: str, prefix: str) -> None:
    assert Settings(public_url=url, _env_file=None).prefix == prefix  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::ff", "2001:db8:1:2::/64"),
        ("[2001:db8:1:3::1]", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("unix:", "unix:"),
    ],
)
def test_an_ipv6_network_is_one_address(address: str, network: str) -> None:
    assert network_of(address) == network


@pytest.mark.slow
@given(st.ip_addresses(v=6), st.integers(0, 2**64 - 1))
def test_no_ipv6_address_leaves_its_network(address: ipaddress.IPv6Address, other: int) -> None:
    if address.ipv4_mapped is None:
        sibling = ipaddress.IPv6Address(int(address) >> 64 << 64 | other)
        if sibling.ipv4_mapped is None:
            assert network_of(str(address)) == network_of(str(sibling)) != ""
