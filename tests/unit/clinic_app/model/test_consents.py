"""What consent facts say."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from clinic_app.model.consents import consent_of, current
from clinic_app.model.facts import Fact, FactStatus, Statement
from tests.spec.samples import ANNA_PORTAL, NOW, consent, topic, weight


def facts(*statements: Statement) -> list[Fact]:
    return [Fact(number, 0, NOW, "p", stated) for number, stated in enumerate(statements)]


def test_nothing_said_is_no_decision() -> None:
    assert consent_of(facts(topic("x")), "care") is None
    assert consent_of(facts(consent(True, purpose="research")), "care") is None


def test_the_last_word_holds_whoever_received_it() -> None:
    portal = consent(False, ANNA_PORTAL, sent_at="2026-02")
    assert consent_of(facts(consent(True, sent_at="2026-01"), portal), "care") is False
    assert consent_of(facts(consent(True, sent_at="2026-03"), portal), "care") is True


def test_a_decision_about_a_kind_counts_for_that_kind_only() -> None:
    said = facts(
        consent(True, sent_at="2026-01"), consent(False, kinds=("topic",), sent_at="2026-02", key="k")
    )
    assert consent_of(said, "care") is True
    assert consent_of(said, "care", "topic") is False
    assert consent_of(said, "care", "goal") is True
    later = [*said, *facts(consent(True, sent_at="2026-03"))]
    assert consent_of(later, "care", "topic") is True


def test_a_withdrawn_decision_was_never_made() -> None:
    gone = replace(consent(False), status=FactStatus.WITHDRAWN)
    assert consent_of(facts(consent(False), gone), "care") is None


VERSIONS = [
    weight("1", sent_at="2020"),
    weight("2", sent_at="2021"),
    weight("3", status=FactStatus.CORRECTED),
]


@given(st.permutations([*VERSIONS, weight("9", key="other"), weight("1", sent_at="2020")]))
def test_the_current_version_does_not_depend_on_order(said: list[Statement]) -> None:
    assert [one.key for one in current(facts(*said))] == ["order-1/weight", "other"]
    assert current(facts(*said))[0] == VERSIONS[2]
