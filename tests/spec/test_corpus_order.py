"""Messages that nobody here wrote end in the same state in any order; skipped where they are absent."""

from pathlib import Path
from random import Random

import pytest

from bridges.hl7.translate import translate
from clinic_app.ports.store import Store
from clinic_app.store.memory import MemoryStore
from tests.spec.clinic import Clinic
from tests.unit.bridges.hl7.messages import ROOT, generic

FILES: list[Path] = sorted((ROOT.parent / "shared" / "corpus").glob("*/*.hl7"))
pytestmark = pytest.mark.skipif(not FILES, reason="the corpus is not part of the checkout")


def outcome(store: Store, order: list[str]) -> object:
    profile = generic()
    meaning = {str(file): translate(file.read_bytes(), profile) for file in FILES}
    clinic = Clinic(store, meaning)
    for begin in range(0, len(order), 5):
        clinic.receive(*order[begin : begin + 5])
    people = {said.subject for said in meaning.values() if said.subject is not None}
    assert clinic.replay().changed == 0
    return clinic.states(), clinic.statements(people)


def test_the_order_of_real_messages_never_matters(store: Store) -> None:
    order = [str(file) for file in FILES]
    first = outcome(MemoryStore(), order)
    Random(20260310).shuffle(order)
    assert outcome(store, order) == first
