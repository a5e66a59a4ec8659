"""The policy table, enumerated: every role, action, kind and purpose."""

from itertools import product

import pytest

from clinic_app.model.access import Action, Purpose
from clinic_app.model.errors import EnvironmentFault
from clinic_app.model.facts import FactKind
from clinic_app.services.policy import ROLES, policy_from
from tests.spec.clinic import POLICY_FILE, policy

CARE, OPERATION = {Purpose.CARE}, {Purpose.OPERATION}
BOTH = CARE | OPERATION
ALL = set(FactKind)
LIST = {FactKind.PATIENT, FactKind.APPOINTMENT, FactKind.VISIT}
TREND = {FactKind.PATIENT, FactKind.VISIT, FactKind.MEASUREMENT, FactKind.CULTURE, FactKind.MEDICINE}

# role, action: kinds, purposes, consent asked. Written by hand beside the table, so that a slip in it shows.
EXPECTED: dict[tuple[str, Action], tuple[set[FactKind], set[Purpose], bool]] = {
    ("clinician", Action.LIST_PATIENTS): (ALL, CARE, True),
    ("clinician", Action.READ_PATIENT): (ALL, CARE, True),
    ("clinician", Action.WRITE_PATIENT): (ALL, CARE, True),
    ("clinician", Action.SET_CONSENT): (ALL, CARE, False),
    ("clinician", Action.READ_ACCESS_LOG): (ALL, CARE, False),
    ("clinician", Action.LIST_INBOX): (ALL, BOTH, False),
    ("clinician", Action.READ_RAW): (ALL, BOTH, False),
    ("clinician", Action.LIST_OUTBOX): (ALL, BOTH, False),
    ("clinician", Action.MEND_OUTBOX): (ALL, BOTH, False),
    ("clinician", Action.READ_OUTBOX): (ALL, BOTH, False),
    ("clinician", Action.REPLAY): (ALL, BOTH, False),
    ("clinician", Action.LINK): (ALL, BOTH, False),
    ("clinician", Action.INVITE): (ALL, BOTH, False),
    ("clinician", Action.CONFIRM_IDENTITY): (ALL, BOTH, False),
    ("coordinator", Action.LIST_PATIENTS): (LIST, CARE, True),
    ("coordinator", Action.READ_PATIENT): (LIST, CARE, True),
    ("coordinator", Action.LIST_INBOX): (ALL, BOTH, False),
    ("coordinator", Action.LINK): (ALL, BOTH, False),
    ("coordinator", Action.INVITE): (ALL, BOTH, False),
    ("coordinator", Action.CONFIRM_IDENTITY): (ALL, BOTH, False),
    ("coordinator", Action.LIST_OUTBOX): (ALL, BOTH, False),
    ("coordinator", Action.MEND_OUTBOX): (ALL, BOTH, False),
    ("coordinator", Action.REPLAY): (ALL, BOTH, False),
    ("it", Action.LIST_INBOX): (ALL, OPERATION, False),
    ("it", Action.READ_RAW): (ALL, OPERATION, False),
    ("it", Action.LIST_OUTBOX): (ALL, OPERATION, False),
    ("it", Action.MEND_OUTBOX): (ALL, OPERATION, False),
    ("it", Action.READ_OUTBOX): (ALL, OPERATION, False),
    ("it", Action.REPLAY): (ALL, OPERATION, False),
    ("it", Action.ADMINISTER): (ALL, OPERATION, False),
    ("it", Action.LOAD): (ALL, OPERATION, False),
    ("administrator", Action.ADMINISTER): (ALL, OPERATION, False),
    ("administrator", Action.LOAD): (ALL, OPERATION, False),
    ("administrator", Action.LIST_INBOX): (ALL, OPERATION, False),
    ("administrator", Action.LIST_OUTBOX): (ALL, OPERATION, False),
    ("administrator", Action.MEND_OUTBOX): (ALL, OPERATION, False),
    ("administrator", Action.REPLAY): (ALL, OPERATION, False),
    ("administrator", Action.READ_ACCESS_LOG): (ALL, OPERATION, False),
    ("improvement_lead", Action.READ_PATIENT): (TREND | {FactKind.APPOINTMENT}, {Purpose.IMPROVEMENT}, True),
    ("research_data_manager", Action.READ_PATIENT): (TREND | {FactKind.ANSWER}, {Purpose.RESEARCH}, True),
    ("system", Action.RECORD): (ALL, OPERATION, False),
    ("system", Action.QUEUE): (ALL, OPERATION, False),
    ("system", Action.SEND): (ALL, OPERATION, False),
    ("system", Action.REPLAY): (ALL, OPERATION, False),
    ("system", Action.LIST_INBOX): (ALL, OPERATION, False),
}

RULE = '[[rule]]\nrole="it"\nactions=["replay"]\nkinds=["*"]\npurposes=["operation"]\nconsent=false\n'


@pytest.mark.parametrize("role", [*sorted(ROLES), "visitor", ""])
def test_every_role_action_kind_and_purpose(role: str) -> None:
    table = policy()
    for action, kind, purpose in product(Action, FactKind, Purpose):
        kinds, purposes, consent = EXPECTED.get((role, action), (set(), set(), False))
        expected = consent if kind in kinds and purpose in purposes else None
        assert table.asks_consent((role,), action, (kind,), purpose) is expected, (
            role,
            action,
            kind,
            purpose,
        )


@pytest.mark.parametrize(("role", "action", "purpose"), product(sorted(ROLES), Action, Purpose))
def test_no_kind_named_means_all_of_them(role: str, action: Action, purpose: Purpose) -> None:
    kinds, purposes, consent = EXPECTED.get((role, action), (set(), set(), False))
    expected = consent if kinds == ALL and purpose in purposes else None
    assert policy().asks_consent((role,), action, (), purpose) is expected


def test_roles_add_up_and_nobody_has_no_rights() -> None:
    table = policy()
    both = ("clinician", "administrator")
    assert table.asks_consent(both, Action.READ_PATIENT, (), Purpose.CARE) is True
    assert table.asks_consent(both, Action.ADMINISTER, (), Purpose.OPERATION) is False
    assert table.asks_consent((), Action.READ_PATIENT, (), Purpose.CARE) is None
    mixed = ("improvement_lead", "research_data_manager")
    assert table.asks_consent(mixed, Action.READ_PATIENT, (FactKind.ANSWER,), Purpose.IMPROVEMENT) is None


def test_consent_is_asked_unless_every_kind_is_free_of_it() -> None:
    free = RULE.replace("it", "clinician", 1).replace("replay", "read_patient").replace('"*"', '"visit"')
    table = policy_from(POLICY_FILE.read_text("utf-8") + free.replace("operation", "care"))
    kinds = (FactKind.VISIT, FactKind.TOPIC)
    assert table.asks_consent(("clinician",), Action.READ_PATIENT, kinds[:1], Purpose.CARE) is False
    assert table.asks_consent(("clinician",), Action.READ_PATIENT, kinds, Purpose.CARE) is True


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ('role="it"', 'role="boss"'),
        ('"replay"', '"peek"'),
        ('"*"', '"everything"'),
        ('"operation"', '"fun"'),
        ("consent=false", 'consent="no"'),
        ("consent=false\n", ""),
        ("consent=false", "consent=false\nextra=1"),
        ("[[rule]]", "other=1\n[[rule]]"),
        ("[[rule]]", "[[rules]]"),
        ('kinds=["*"]', "kinds=1"),
        ("[[rule]]", "[[rule"),
    ],
)
def test_a_slip_in_the_table_is_refused_at_start(right: str, wrong: str) -> None:
    assert policy_from(RULE).rules
    with pytest.raises(EnvironmentFault, match="SETTINGS-INVALID"):
        policy_from(RULE.replace(right, wrong, 1))
