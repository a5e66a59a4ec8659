"""Versions are ordered by status, then the sender's time, then content."""

from itertools import pairwise

from clinic_app.model.facts import Fact, FactStatus
from tests.spec.samples import ANNA, NOW, weight


def test_status_ranks_decide_first() -> None:
    ranks = ["registered", "preliminary", "final", "corrected", "withdrawn"]
    assert sorted(FactStatus, key=lambda status: status.rank) == ranks
    early = weight("1", status=FactStatus.CORRECTED, sent_at="2020")
    assert early.order > weight("1", sent_at="2026").order


def test_then_the_senders_time_then_the_content() -> None:
    versions = [weight("1", sent_at="2020"), weight("2", sent_at="2021"), weight("3", sent_at="2022")]
    assert all(first.order < second.order for first, second in pairwise(versions))
    one, other = weight("1"), weight("2")
    assert (one.order < other.order) == (one.content_hash < other.content_hash)


def test_a_fact_is_a_statement_with_its_origin() -> None:
    fact = Fact(1, 2, NOW, "p1", weight("58"))
    assert fact.statement.subject == ANNA
