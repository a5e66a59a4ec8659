"""Who may connect, and whose turn it is."""

from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridges.mllp.admission import NOT_ALLOWED, TOO_MANY, TOO_MANY_OF_ONE, Admission, House, Turns


@pytest.mark.parametrize(
    ("allowed", "peer", "code"),
    [
        ((), "192.0.2.1", ""),
        (("192.0.2.0/24",), "192.0.2.1", ""),
        (("192.0.2.0/24",), "198.51.100.1", NOT_ALLOWED),
        (("192.0.2.0/24",), "::ffff:192.0.2.9", ""),
        (("192.0.2.0/24",), "2001:db8::1", NOT_ALLOWED),
        (("192.0.2.0/24", "2001:db8::/32"), "2001:db8::1", ""),
        (("fe80::/10",), "fe80::1%eth0", ""),
    ],
)
def test_only_named_networks_may_connect(allowed: tuple[str, ...], peer: str, code: str) -> None:
    house = House(allowed=tuple(ip_network(name) for name in allowed))
    assert Admission(house).admit(peer) == code


def test_bounds_in_all_and_of_one_peer() -> None:
    admission = Admission(House(connections=3, per_peer=2))
    assert [admission.admit(peer) for peer in ("a", "a", "a", "b", "c")] == [
        "",
        "",
        TOO_MANY_OF_ONE,
        "",
        TOO_MANY,
    ]
    admission.leave("a")
    assert admission.admit("a") == ""
    for peer in ("a", "a", "b"):
        admission.leave(peer)
    assert [admission.admit("a"), admission.admit("a")] == ["", ""]


def test_turns_come_in_the_order_of_asking() -> None:
    turns = Turns(1)
    went: list[str] = []
    assert turns.ask("a", lambda: went.append("a"))
    assert turns.ask("a", lambda: went.append("a"))  # it has it
    assert not turns.ask("b", lambda: went.append("b"))
    assert not turns.ask("c", lambda: went.append("c"))
    assert not turns.ask("b", lambda: went.append("b twice"))
    turns.done("c")  # it gave up waiting
    turns.done("nobody")
    turns.done("a")
    assert went == ["b"]
    assert not turns.ask("d", lambda: went.append("d"))
    turns.done("b")
    turns.done("d")
    assert went == ["b", "d"]
    assert turns.ask("e", lambda: None)


@given(steps=st.lists(st.tuples(st.booleans(), st.integers(0, 5)), max_size=60), at_once=st.integers(1, 3))
def test_never_more_at_once_and_nobody_waits_for_nothing(steps: list[tuple[bool, int]], at_once: int) -> None:
    turns = Turns(at_once)
    having: set[int] = set()
    waiting: list[int] = []

    def go(who: int) -> None:
        waiting.remove(who)
        having.add(who)

    for asks, who in steps:
        if asks:
            if turns.ask(who, lambda who=who: go(who)):  # type: ignore[misc]
                having.add(who)
            elif who not in waiting:
                waiting.append(who)
        else:
            if who in waiting:
                waiting.remove(who)
            having.discard(who)
            turns.done(who)
        assert len(having) <= at_once
        assert not waiting or len(having) == at_once
