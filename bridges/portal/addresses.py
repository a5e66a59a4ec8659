"""Whose address a request comes from: the peer's, or behind a TLS proxy the one that the proxy names."""

from ipaddress import IPv4Address, IPv6Address, ip_address


def client_address(peer: str, forwarded: str, behind_proxy: bool) -> str:
    """The address to count failures by.

    ``forwarded`` is X-Forwarded-For. It is believed only where the portal was told of a proxy and the peer is
    this machine; then its last address counts, the only one that the proxy itself wrote.
    """
    near = _address(peer)
    if not behind_proxy or near is None or not near.is_loopback:
        return peer
    far = _address(forwarded.rpartition(",")[2].strip())
    return peer if far is None else str(far)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """An address, an IPv4 one in IPv6 clothes as IPv4; None for any other text."""
    try:
        found = ip_address(text)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found
