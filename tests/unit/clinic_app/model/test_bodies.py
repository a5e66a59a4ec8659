"""Bodies survive their plain form, and equal contents have equal digests."""

import json
from decimal import Decimal
from hashlib import blake2b

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_app.model.bodies import BODY_TYPES, Body, content_hash, from_plain, to_plain
from clinic_app.model.facts import FactKind
from clinic_app.model.moment import Moment

moments = st.none() | st.dates().map(lambda day: Moment(day.isoformat()))
decimals = st.none() | st.decimals(allow_nan=False, allow_infinity=False)
names = st.lists(st.text(), max_size=2).map(tuple)
SPECIAL = {
    "birth_date": moments,
    "start": moments,
    "end": moments,
    "due": moments,
    "value": decimals,
    "low": decimals,
    "high": decimals,
    "other_ids": names,
    "ingredients": names,
    "kinds": names,
    "deceased": st.booleans(),
    "growth": st.booleans(),
    "private": st.booleans(),
    "allowed": st.booleans(),
    "minutes": st.integers(),
    "order": st.integers(),
}


def bodies(kind: str) -> st.SearchStrategy[Body]:
    body_type = BODY_TYPES[kind]
    parts = {name: SPECIAL.get(name, st.text()) for name in body_type.__dataclass_fields__}
    return st.builds(body_type, **parts)


ANY = st.sampled_from(sorted(BODY_TYPES)).flatmap(lambda kind: st.tuples(st.just(kind), bodies(kind)))


@given(bodies("measurement"), st.text(), moments, st.text())
def test_the_quick_way_for_measurements_gives_the_same_digest(
    body: Body, code: str, at: Moment | None, author: str
) -> None:
    stated = [
        "measurement",
        code,
        "final",
        at.text if at else "",
        to_plain(body),
        *([author] if author else []),
    ]
    canonical = json.dumps(stated, sort_keys=True, ensure_ascii=True)
    expected = blake2b(canonical.encode(), digest_size=16).hexdigest()
    assert content_hash("measurement", code, "final", at, body, author) == expected


def test_every_kind_has_a_body() -> None:
    assert set(BODY_TYPES) == {kind.value for kind in FactKind}


@given(ANY)
def test_the_plain_form_is_json_and_reads_back(made: tuple[str, Body]) -> None:
    kind, body = made
    assert from_plain(kind, json.loads(json.dumps(to_plain(body)))) == body


@given(ANY, ANY)
def test_equal_contents_and_only_these_have_equal_digests(
    one: tuple[str, Body], other: tuple[str, Body]
) -> None:
    first = content_hash(one[0], "c", "final", None, one[1])
    second = content_hash(other[0], "c", "final", None, other[1])
    same = one[0] == other[0] and to_plain(one[1]) == to_plain(other[1])
    assert (first == second) is same
    assert len(first) == 32


@pytest.mark.parametrize(
    "changed",
    [
        ("measurement", "d", "final", None),
        ("measurement", "c", "corrected", None),
        ("measurement", "c", "final", Moment("2024")),
        ("goal", "c", "final", None),
    ],
)
def test_kind_code_status_and_time_are_part_of_the_digest(
    changed: tuple[str, str, str, Moment | None],
) -> None:
    body = from_plain("goal", {"text": "x", "low": Decimal(1)})
    assert content_hash(*changed, body) != content_hash("measurement", "c", "final", None, body)


def test_the_digest_is_the_same_on_every_machine() -> None:
    body = from_plain("answer", {"question": "¿Cómo está?", "text": "bien"})
    assert content_hash("answer", "q", "final", Moment("2024"), body) == "f93551e27e1190b08ca361beed5869a3"


def test_the_author_counts_where_there_is_one() -> None:
    body = from_plain("answer", {"question": "q", "text": "a"})
    nobody = content_hash("answer", "q", "final", None, body)
    anna, ben = (content_hash("answer", "q", "final", None, body, name) for name in ("anna", "ben"))
    assert len({nobody, anna, ben}) == 3
