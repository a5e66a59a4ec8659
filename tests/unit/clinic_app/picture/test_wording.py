"""Sentences of checks and measures."""

from decimal import Decimal

import pytest

from clinic_app.model.words import English
from clinic_app.picture.tables import tables_from
from clinic_app.picture.wording import CHECK_WORDINGS, check_words, measure_names, rounded
from tests.unit.clinic_app.picture.charts import table_texts


@pytest.mark.parametrize("wording", sorted(CHECK_WORDINGS))
def test_every_wording_has_a_name_and_both_sentences(wording: str) -> None:
    said = check_words(English(), wording, 1, 2, "3 March 2026")
    assert said.name and said.done.endswith(".") and said.due.endswith(".")
    assert len({said.name, said.done, said.due}) == 3


def test_every_measure_that_is_told_has_a_plain_name() -> None:
    names = measure_names(English())
    assert all(measure.code in names for measure in tables_from(table_texts()).told)


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [("75.5", 0, "76"), ("76.49", 0, "76"), ("-0.25", 1, "-0.3"), ("58", 1, "58.0")],
)
def test_rounding_is_the_one_people_use(value: str, decimals: int, shown: str) -> None:
    assert str(rounded(Decimal(value), decimals)) == shown
