"""Every result of a message, also of the sender's own segments, with the place at which it was sent."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bridges.hl7.charsets import decode
from bridges.hl7.orders import Order, Result, orders_of
from bridges.hl7.profile import SiteProfile
from bridges.hl7.reading import Texts
from bridges.hl7.tokenizer import tokenize
from bridges.hl7.z_segments import Expanded, expand
from clinic_app.model.errors import SenderFault

_PLACE = re.compile(r"[A-Z][A-Z0-9]{2}\[\d+\](?:-\d+)?")


@dataclass(frozen=True, slots=True)
class Placed:
    """A result.

    Attributes:
        texts: reads the message that it stands in.
        order: to which it belongs. result: as an OBX, also where it was made of another segment.
        sent: tells places of that message as they were sent.
    """

    texts: Texts
    order: Order
    result: Result
    sent: Expanded

    @property
    def place(self) -> str:
        """Where it stands in the message as it was sent: ``OBX[2]``, ``ZPF[1]``."""
        return self.sent(self.result.place)

    def is_meant(self, reason: str) -> bool:
        """Whether a reason speaks of this result: of several that were made of one segment, by the field."""
        found = _PLACE.match(reason)
        if found is None:
            return False
        fields = range(len(self.result.obx.fields))
        return found[0] in {self.place, *(self.sent(f"{self.result.place}-{number}") for number in fields)}


def placed_results(raw: bytes, profile: SiteProfile) -> Iterator[Placed]:
    """All of them, in order; none of bytes that are no message."""
    decoded = decode(raw, profile.charset)
    try:
        texts = Texts(tokenize(decoded.text), profile, decoded.encoding)
    except SenderFault:
        return
    expanded = expand(texts) or Expanded(texts.message, {})
    whole = Texts(expanded.message, profile, decoded.encoding)
    for order in orders_of(whole.message):
        for result in order.results:
            yield Placed(whole, order, result, expanded)
