"""Which birth date stands: most stated, then sent first, then the smaller text; never by order."""

import itertools
from collections.abc import Iterable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_app.store.anchor import agree, anchor

A, B, C = "1990-03-12", "1950-01-01", "1990-03-13"
DATES = st.sampled_from([A, B, C, "1990", "1990-03", "1950", A + "T10:00"])


def unasked() -> Iterable[tuple[str, int]]:
    raise AssertionError("there is nothing to decide")


@pytest.mark.parametrize(
    ("introduced", "confirmed", "expected"),
    [
        ({}, [], None),
        ({}, [A], None),
        ({A: "2026"}, [], A),
        ({A + "T10:00": "2026"}, [B], A),
        ({"1990": "2020", A: "2026"}, [], A),
        ({A: "2026", A + "T10:00": "2020"}, [], A),
        ({A: "2026", B: "2020"}, [B], A),
        ({A: "2026", B: "2020"}, ["1950"], A),
    ],
)
def test_without_a_choice_nobody_is_counted(
    introduced: dict[str, str], confirmed: Sequence[str], expected: str | None
) -> None:
    assert anchor(introduced, confirmed, unasked) == expected


@pytest.mark.parametrize(
    ("stated", "introduced", "confirmed", "expected"),
    [
        ({A: 2, B: 1}, {A: "2026", B: "2020"}, [], A),
        ({A: 1, B: 1}, {A: "2026", B: "2020"}, [], B),
        ({A: 1, C: 1}, {A: "2026", C: "2026"}, [], A),
        ({A: 1, B: 2, C: 9}, {A: "2026", B: "2020"}, [], B),
        ({A: 1, "1990": 2, B: 2}, {A: "2026", B: "2020"}, [], A),
        ({A: 1, C: 1, "1990": 5}, {A: "2026", C: "2025", "1990": "2024"}, [], A),
        ({A: 1, B: 2}, {A: "2026", B: "2020"}, [A, B], B),
    ],
)
def test_the_date_stated_most_stands(
    stated: dict[str, int], introduced: dict[str, str], confirmed: Sequence[str], expected: str
) -> None:
    assert anchor(introduced, confirmed, stated.items) == expected


@given(
    st.dictionaries(DATES, st.sampled_from(["2020", "2026"])),
    st.dictionaries(DATES, st.integers(1, 3)),
    st.lists(DATES, max_size=2, unique=True),
)
def test_order_never_matters_and_the_anchor_was_introduced(
    introduced: dict[str, str], stated: dict[str, int], confirmed: list[str]
) -> None:
    found = anchor(introduced, confirmed, stated.items)
    backwards = dict(reversed(introduced.items()))
    assert anchor(backwards, confirmed[::-1], lambda: reversed(stated.items())) == found
    assert (found is None) == (not introduced)
    assert found is None or found in {date[:10] for date in introduced}


def test_dates_agree_as_far_as_both_say() -> None:
    pairs = itertools.combinations([A, "1990", "1990-03", C, B], 2)
    assert {pair for pair in pairs if agree(*pair)} == {
        (A, "1990"),
        (A, "1990-03"),
        ("1990", "1990-03"),
        ("1990", C),
        ("1990-03", C),
    }
