"""What each setting must be; a check answers with the reason where a value is not."""

import ipaddress
import re
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

Check = Callable[[object], str]
"""Says what a value must be where it is not; empty where it is good."""


def _text(value: object) -> str:
    good = isinstance(value, str) and len(value) <= 200 and value.isprintable()
    return "" if good else "must be a text of at most 200 characters, without control characters"


def _filled(value: object) -> str:
    return _text(value) or ("" if value else "must not be empty")


def _between(low: float, high: float) -> Check:
    def check(value: object) -> str:
        good = isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high
        return "" if good else f"must be a number from {low:g} to {high:g}"

    return check


def _whole(low: int, high: int) -> Check:
    def check(value: object) -> str:
        good = isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
        return "" if good else f"must be a whole number from {low} to {high}"

    return check


def _flag(value: object) -> str:
    return "" if isinstance(value, bool) else "must be true or false"


def _language(value: object) -> str:
    return "" if value in ("en", "es") else 'must be "en" or "es"'


def _profile(value: object) -> str:
    good = isinstance(value, str) and re.fullmatch(r"[a-z0-9][a-z0-9_-]*", value)
    return "" if good else "must be the name of a site profile: small letters, digits, - and _, without .toml"


def is_loopback(host: str) -> bool:
    """Whether this name or address is this machine itself."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _networks(value: object) -> str:
    try:
        for one in value if isinstance(value, list) else [None]:
            ipaddress.ip_network(one if isinstance(one, str) else "no text")
    except ValueError:
        return 'must be a list of addresses or networks, such as ["10.1.2.3", "10.1.3.0/24"]'
    return ""


def _idle(value: object) -> str:
    never = value == 0 and not isinstance(value, bool)
    return "must be 0, or a number from 5 to 86400" if not never and _between(5, 86400)(value) else ""


def _loopback(value: object) -> str:
    good = isinstance(value, str) and is_loopback(value)
    return (
        ""
        if good
        else "must be a loopback address: the portal speaks plain HTTP, so a TLS proxy stands before it"
    )


def _portal_url(value: object) -> str:
    if value == "":
        return ""
    try:
        parts = urlsplit(value) if isinstance(value, str) else urlsplit("")
        good = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))
        good = (
            good
            and bool(parts.hostname)
            and parts.username is None
            and not parts.query
            and not parts.fragment
        )
    except ValueError:
        good = False
    return (
        "" if good else "must be empty or an https address (http on this machine only), without user or query"
    )


def _empty(value: object) -> str:
    return "" if value == "" else "must stay empty: this version keeps its data in the home"


CHECKS: Mapping[str, Mapping[str, Check]] = {
    "clinic": {
        "name": _filled,
        "language": _language,
        "demonstration": _flag,
        "viewing_distance_m": _between(0.4, 5),
        "screen_inches": _between(8, 120),
    },
    "bridge": {
        "host": _filled,
        "port": _whole(0, 65535),
        "allow": _networks,
        "max_connections": _whole(1, 10_000),
        "max_connections_per_peer": _whole(1, 10_000),
        "idle_seconds": _idle,
        "tls_certificate": _text,
        "tls_key": _text,
        "tls_clients": _text,
        "max_message_bytes": _whole(64 * 1024, 512 * 1024 * 1024),
        "frame_deadline_seconds": _between(1, 3600),
        "profile": _profile,
        "drop": _text,
    },
    "portal": {
        "host": _loopback,
        "port": _whole(0, 65535),
        "url": _portal_url,
        "client_id": _text,
        "token_url": _portal_url,
        "scope": _filled,
        "behind_proxy": _flag,
        "poll_seconds": _between(0.1, 3600),
        "page_size": _whole(1, 1000),
    },
    "outbox": {
        "host": _text,
        "port": _whole(1, 65535),
        "sending_application": _filled,
        "sending_facility": _filled,
        "receiving_application": _filled,
        "receiving_facility": _filled,
        "answer_seconds": _between(1, 600),
        "tls": _flag,
        "tls_authority": _text,
        "tls_certificate": _text,
        "tls_key": _text,
    },
    "keys": {"key_file": _text},
    "store": {"url": _empty},
    "channel": {"name": _profile, "port": _whole(1, 65535), "profile": _profile},
}
