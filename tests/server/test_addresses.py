"""What is printed can be opened: brackets, names, and all addresses of a machine that listens everywhere."""

from __future__ import annotations

import ipaddress

import pytest

from server.addresses import addresses_of_this_machine, openable, web_address
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
