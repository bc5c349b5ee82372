"""Whose request it is: proxies that are believed, and those that only say so."""

from __future__ import annotations

import pytest

from rego.wire.errors import InvalidInput
from rego_server.core.addresses import client_of, household_of, networks_of

PROXIES = networks_of("10.0.0.0/8, 192.0.2.7,2001:db8:ffff::/48")


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("203.0.113.5", [], "203.0.113.5"),
        ("203.0.113.5", ["198.51.100.1"], "203.0.113.5"),  # no proxy of ours: what it says is not believed
        ("10.1.1.1", [], "10.1.1.1"),
        ("10.1.1.1", ["198.51.100.1"], "198.51.100.1"),
        ("10.1.1.1", ["1.1.1.1, 198.51.100.1"], "198.51.100.1"),  # the client made up 1.1.1.1
        ("10.1.1.1", ["1.1.1.1", "198.51.100.1"], "198.51.100.1"),  # the same in two headers
        ("10.1.1.1", ["198.51.100.1, 192.0.2.7"], "198.51.100.1"),  # two proxies
        ("10.1.1.1", ["10.9.9.9,192.0.2.7"], "10.9.9.9"),  # nobody but proxies
        ("10.1.1.1", ["198.51.100.1, nonsense, 192.0.2.7"], "192.0.2.7"),  # as far as can be followed
        ("10.1.1.1", [""], "10.1.1.1"),
        ("10.1.1.1", ["198.51.100.1:4711"], "198.51.100.1"),
        ("2001:db8:ffff::1", ["[2001:db8:1:2::3]:4711"], "2001:db8:1:2::3"),
        ("::ffff:10.1.1.1", ["::ffff:198.51.100.1"], "198.51.100.1"),
    ],
)
def test_the_rightmost_address_that_is_no_trusted_proxy(peer: str, forwarded: list[str], client: str) -> None:
    assert str(client_of(peer, forwarded, PROXIES)) == client


def test_without_trusted_proxies_nobody_is_believed() -> None:
    assert str(client_of("10.1.1.1", ["198.51.100.1"], networks_of(""))) == "10.1.1.1"


def test_a_peer_without_an_address_has_none() -> None:
    assert client_of("", ["198.51.100.1"], PROXIES) is None


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        ("198.51.100.1", "198.51.100.1", True),
        ("198.51.100.1", "198.51.100.2", False),
        ("2001:db8:1:2::3", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::3", "2001:db8:1:3::3", False),
    ],
)
def test_a_household_is_an_address_or_a_64(one: str, other: str, together: bool) -> None:
    households = [household_of(address) for text in (one, other) if (address := client_of(text, [], ()))]
    assert len(households) == 2
    assert (households[0] == households[1]) == together


@pytest.mark.parametrize("text", ["example.com", "10.0.0.0/33", "10.0.0.1/8", "10.0.0.1 10.0.0.2"])
def test_what_is_no_network_is_refused_by_name(text: str) -> None:
    with pytest.raises(InvalidInput, match="trusted proxy must be an IP address or a network"):
        networks_of(text)
