"""Who is calling behind our proxies; what the caller wrote is not believed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstvisit.kernel import addresses
from firstvisit.kernel.addresses import client_address


@pytest.mark.parametrize(
    ("remote", "forwarded", "proxies", "address"),
    [
        ("192.0.2.1", "", 0, "192.0.2.1"),
        ("192.0.2.1", "198.51.100.9", 0, "192.0.2.1"),
        ("127.0.0.1", "198.51.100.9", 1, "198.51.100.9"),
        ("127.0.0.1", "203.0.113.66, 198.51.100.9", 1, "198.51.100.9"),
        ("127.0.0.1", "203.0.113.66, 198.51.100.9, 10.0.0.2", 2, "198.51.100.9"),
        ("127.0.0.1", "198.51.100.9", 2, "127.0.0.1"),
        ("127.0.0.1", "", 1, "127.0.0.1"),
        ("127.0.0.1", " , 198.51.100.9 ,", 1, "198.51.100.9"),
        ("127.0.0.1", "2001:db8::1", 1, "2001:db8::1"),
        ("127.0.0.1", "2001:DB8:0::1", 1, "2001:db8::1"),
        ("127.0.0.1", "not an address", 1, ""),
        ("", "", 0, ""),
        ("unix:", "", 0, ""),
    ],
)
def test_the_address_is_the_one_our_proxy_saw(
    remote: str, forwarded: str, proxies: int, address: str
) -> None:
    assert client_address(remote, forwarded, proxies) == address


@given(st.text(max_size=80), st.integers(0, 3))
def test_what_the_caller_writes_in_front_changes_nothing(written: str, proxies: int) -> None:
    ours = ", ".join(["198.51.100.9", *(f"10.0.0.{n}" for n in range(1, proxies))]) if proxies else ""
    expected = "198.51.100.9" if proxies else "127.0.0.1"
    assert client_address("127.0.0.1", f"{written}, {ours}", proxies) == expected


@pytest.mark.parametrize(
    ("host", "ours"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("10.2.0.8", True),
        ("localhost", True),
        ("relay", True),
        ("mail.clinic.internal", True),
        ("203.0.113.9", True),  # a documentation address is nobody's
        ("8.8.8.8", False),
        ("smtp.example.org", False),
        ("smtp.example.org.", False),
    ],
)
def test_a_host_is_ours_when_no_public_register_knows_it(host: str, ours: bool) -> None:
    assert addresses.is_ours(host) is ours
