"""Which address a request comes from, when proxies that are believed stand in between."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from rego.wire.errors import InvalidInput

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_IPV6_HOUSEHOLD = 8
"""The bytes of an IPv6 address that tell customers apart: one of them has a /64 at least, with 2^64 addresses."""


def networks_of(text: str) -> tuple[Network, ...]:
    """The addresses and networks in a list with commas. Raises `InvalidInput` for anything else."""
    return tuple(_network(each.strip()) for each in text.split(",") if each.strip())


def client_of(peer: str, forwarded: Iterable[str], trusted: Sequence[Network]) -> Address | None:
    """Whose request it is that came from `peer`, with the values of its `X-Forwarded-For` headers.

    Each proxy adds at the right end whom it was asked by. So the rightmost address that is no trusted proxy is the client's,
    and what stands left of it is only what the client says. None when `peer` is no IP address.
    """
    client = _address(peer)
    if client is None or not _is_in(client, trusted):
        return client
    for hop in reversed(",".join(forwarded).split(",")):
        address = _address(_without_port(hop.strip()))
        if address is None:
            break
        client = address
        if not _is_in(client, trusted):
            break
    return client


def household_of(address: Address) -> str:
    """What is limited together: an IPv4 address, or all of an IPv6 /64."""
    if isinstance(address, IPv4Address):
        return str(address)
    return f"{IPv6Address(address.packed[:_IPV6_HOUSEHOLD].ljust(16, bytes(1)))}/64"


def _network(text: str) -> Network:
    try:
        return ip_network(text)
    except ValueError:
        raise InvalidInput(
            f"A trusted proxy must be an IP address or a network such as 10.0.0.0/8, not {text!r}.", field="trusted_proxies"
        ) from None


def _address(text: str) -> Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    # A socket for both families shows IPv4 peers as ::ffff:192.0.2.1.
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


def _without_port(hop: str) -> str:
    """Some proxies write `192.0.2.1:4711` or `[2001:db8::1]:4711`."""
    if hop.startswith("["):
        return hop[1:].partition("]")[0]
    return hop.partition(":")[0] if hop.count(":") == 1 else hop


def _is_in(address: Address, networks: Sequence[Network]) -> bool:
    return any(address in network for network in networks)
