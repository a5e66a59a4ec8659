"""Messages that nobody here wrote: all are read, answered and translated; skipped where they are absent."""

import re
from collections import Counter
from pathlib import Path

import pytest

from bridges.hl7.acknowledge import answer, application_answer, examine, judge
from bridges.hl7.charsets import decode
from bridges.hl7.tokenizer import join_tree, tokenize
from bridges.hl7.translate import translate
from tests.unit.bridges.hl7.messages import ROOT, generic, site
from tests.unit.bridges.hl7.test_translate import whole

FILES: list[Path] = sorted((ROOT.parent / "shared" / "corpus").glob("*/*.hl7"))
pytestmark = pytest.mark.skipif(not FILES, reason="the corpus is not part of the checkout")


def test_every_message_is_read_to_the_last_character() -> None:
    for file in FILES:
        raw = file.read_bytes()
        decoded = decode(raw)
        message = tokenize(decoded.text)
        assert message.join() == decoded.text, file.name
        assert decoded.text.encode(decoded.encoding) == raw, file.name
        for segment in message.segments:
            assert join_tree(segment.tree(), message.separators) == segment.line, file.name


def test_every_message_is_answered_unless_it_wants_no_answer() -> None:
    for file in FILES:
        header = examine(file.read_bytes())
        outcome = judge(header)
        sent = answer(header, outcome)
        assert sent or header.enhanced, file.name
        for acknowledgement in (sent, application_answer(header, outcome)):
            if acknowledgement:
                again = tokenize(acknowledgement.decode(header.encoding))
                assert again.get("MSA-2") == header.control_id, file.name


def test_every_message_is_translated_held_or_ignored_with_a_reason_that_repeats_no_name() -> None:
    training = site('[accept]\nprocessing_ids = ["P", "T", "D"]')
    states: Counter[str] = Counter()
    for file in FILES:
        raw = file.read_bytes()
        for profile in (generic(), training):
            translation = translate(raw, profile)
            assert whole(translation), file.name
        states["ignored" if translation.ignored else "held" if translation.holds else "applied"] += 1
        family = tokenize(decode(raw).text).get("PID-5.1.1")
        for hold in translation.holds:
            if len(family) > 3:
                assert not re.search(rf"\b{re.escape(family)}\b", hold.reason), file.name
    assert states["applied"] >= 90, states


KINDS = {
    "ADT": {"patient", "visit", "allergy", "problem"},
    "MDM": {"document"},
    "OMG": {"order", "allergy", "problem"},
    "OML": {"order", "allergy", "problem"},
    "ORM": {"order", "medicine", "allergy", "problem"},
    "ORU": set[str](),  # their codes are the sender's own
    "PPR": {"problem"},
    "RDE": {"medicine"},
    "RDS": {"medicine"},
    "SIU": {"appointment", "problem"},
    "VXU": {"immunisation"},
}
"""What the messages of each family state; every other one is acknowledged and stored without facts."""


def test_each_family_states_its_kinds_and_nothing_else() -> None:
    open_door = site('[accept]\nprocessing_ids = ["P", "T", "D"]\n[identifiers]\ndefault_authority = "X"')
    found: dict[str, set[str]] = {}
    for file in FILES:
        raw = file.read_bytes()
        family = examine(raw).type.partition("^")[0]
        kinds = {one.kind.value for one in translate(raw, open_door).statements}
        found.setdefault(family, set()).update(kinds)
    assert {family: kinds for family, kinds in found.items() if family in KINDS} == KINDS
    assert not any(kinds for family, kinds in found.items() if family not in KINDS)
