"""Who may connect, and how many at once; no I/O."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Final

NOT_ALLOWED: Final = "PEER-NOT-ALLOWED"
TOO_MANY: Final = "TOO-MANY-CONNECTIONS"
TOO_MANY_OF_ONE: Final = "TOO-MANY-FROM-PEER"

Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class House:
    """The house's rules.

    Attributes:
        allowed: networks that may connect; none named = whoever reaches the address.
        connections: how many may be open at once, and of one peer; further ones are closed at once, and the
            sender tries again.
        large_at_once: how many frames larger than `Terms.light_bytes` may be on their way at once; further
            ones wait for their turn, so that memory has a bound whatever comes.
    """

    allowed: tuple[Network, ...] = ()
    connections: int = 256
    per_peer: int = 128
    large_at_once: int = 2


USUAL_HOUSE: Final = House()


class Admission:
    """Counts who is in."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._of_peer: Counter[str] = Counter()

    def admit(self, peer: str) -> str:
        """Let a peer (an IP address) in, or say by a code why not."""
        if not self._is_allowed(peer):
            return NOT_ALLOWED
        if self._of_peer.total() >= self._house.connections:
            return TOO_MANY
        if self._of_peer[peer] >= self._house.per_peer:
            return TOO_MANY_OF_ONE
        self._of_peer[peer] += 1
        return ""

    def leave(self, peer: str) -> None:
        """One connection of a peer that was let in has ended."""
        self._of_peer[peer] -= 1
        if self._of_peer[peer] <= 0:
            del self._of_peer[peer]

    def _is_allowed(self, peer: str) -> bool:
        if not self._house.allowed:
            return True
        address = ip_address(peer.partition("%")[0])
        # A socket for both families writes an IPv4 peer in the form of IPv6.
        address = getattr(address, "ipv4_mapped", None) or address
        return any(address in network for network in self._house.allowed)


class Turns:
    """Few may do something at once, the others wait in the order in which they asked."""

    def __init__(self, at_once: int) -> None:
        self._free = at_once
        self._having: set[object] = set()
        self._waiting: dict[object, Callable[[], None]] = {}

    def ask(self, who: object, go: Callable[[], None]) -> bool:
        """Whether it is this one's turn now; if not, ``go`` is called when it is."""
        if who in self._having:
            return True
        if self._free:
            self._free -= 1
            self._having.add(who)
            return True
        self._waiting.setdefault(who, go)
        return False

    def done(self, who: object) -> None:
        """This one needs no turn (any more)."""
        self._waiting.pop(who, None)
        if who not in self._having:
            return
        self._having.discard(who)
        self._free += 1
        if self._waiting:
            following = next(iter(self._waiting))
            go = self._waiting.pop(following)
            self.ask(following, go)
            go()
