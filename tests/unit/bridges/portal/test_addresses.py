import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridges.portal.addresses import client_address


@pytest.mark.parametrize(
    ("peer", "forwarded", "behind_proxy", "address"),
    [
        ("127.0.0.1", "203.0.113.9", True, "203.0.113.9"),
        ("::1", "2001:db8::9", True, "2001:db8::9"),
        ("::ffff:127.0.0.1", "::ffff:203.0.113.9", True, "203.0.113.9"),
        ("127.0.0.1", "1.2.3.4, 203.0.113.9", True, "203.0.113.9"),
        ("127.0.0.1", "203.0.113.9", False, "127.0.0.1"),
        ("198.51.100.7", "203.0.113.9", True, "198.51.100.7"),
        ("127.0.0.1", "", True, "127.0.0.1"),
        ("127.0.0.1", "203.0.113.9, unknown", True, "127.0.0.1"),
        ("", "203.0.113.9", True, ""),
    ],
)
def test_a_forwarded_address_is_believed_from_a_known_proxy_on_this_machine_only(
    peer: str, forwarded: str, behind_proxy: bool, address: str
) -> None:
    assert client_address(peer, forwarded, behind_proxy) == address


@given(st.text(), st.ip_addresses())
def test_what_a_client_writes_itself_never_counts(written: str, real: object) -> None:
    assert client_address("127.0.0.1", f"{written}, {real}", True) == client_address(
        "127.0.0.1", str(real), True
    )
