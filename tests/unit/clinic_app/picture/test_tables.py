"""Rules and reference tables are checked at start."""

import pytest

from clinic_app.model.errors import EnvironmentFault
from clinic_app.picture.tables import (
    BMI_FILES,
    CHANGES,
    CHECKS,
    FALL,
    GLI_FILES,
    MODULATORS,
    NUTRITION,
    SHARED,
    tables_from,
)
from tests.unit.clinic_app.picture.charts import RESOURCE_DIR, table_texts


def test_the_shipped_files_are_fit() -> None:
    texts = table_texts()
    shipped = RESOURCE_DIR / SHARED
    if shipped.exists():
        texts[SHARED] = shipped.read_text(encoding="utf-8")
    tables = tables_from(texts, frozenset({"lab_x"}))
    assert [check.key for check in tables.checks] == ["lung_function", "ogtt", "phq9", "gad7"]
    assert tables.disabled_codes == {"lab_x"}
    assert tables.shared.audience(True) == "shared" and tables.shared.audience(False) == "staff"


@pytest.mark.parametrize(
    ("path", "old", "new", "why"),
    [
        (GLI_FILES[0], "female,fvc,", "female,xvc,", "female"),
        (BMI_FILES[0], "23.5,", "x,", "could not convert"),
        (CHECKS, 'key = "ogtt"', 'key = "phq9"', "same key"),
        (CHECKS, 'wording = "sugar_test"', 'wording = "sugar"', "no such wording: sugar"),
        (CHECKS, "count = 2", "count = 0", "count must be at least 1"),
        (CHECKS, "not_with = []\n", "", "no 'not_with'"),
        (CHECKS, 'codes = ["pro_gad7_total"]', 'codes = "pro_gad7_total"', "a list of names"),
        (CHECKS, 'codes = ["pro_gad7_total"]', "codes = [7]", "a list of names"),
        (CHECKS, "[[check]]", "[[check", "cannot be used"),
        (FALL, "staff_percent = 5", "staff_percent = 50", "staff_percent"),
        (FALL, "attention_percent = 10", 'attention_percent = "x"', "cannot be used"),
        (NUTRITION, 'low = "50"', 'low = "x"', "cannot be used"),
        (MODULATORS, "[brands]", "[names]", "no 'brands'"),
        (CHANGES, 'least = "0.5"', "least = []", "cannot be used"),
        (SHARED, "kinds", "sorts", "no 'kinds'"),
    ],
)
def test_an_unfit_file_is_named_with_the_reason(path: str, old: str, new: str, why: str) -> None:
    texts = table_texts()
    assert old in texts[path]
    with pytest.raises(EnvironmentFault) as raised:
        tables_from({**texts, path: texts[path].replace(old, new)})
    assert raised.value.code == "SETTINGS-INVALID"
    assert path in str(raised.value) and why in str(raised.value)
