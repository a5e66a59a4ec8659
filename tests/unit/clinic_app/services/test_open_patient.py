"""Opening and refreshing a person."""

from pathlib import Path

import pytest

from clinic_app.model.access import Purpose
from clinic_app.model.errors import AccessDenied, CommonGroundError
from clinic_app.model.facts import FactKind
from clinic_app.model.words import English
from clinic_app.picture.tables import RESOURCES, PictureTables, tables_from
from clinic_app.services.consent import set_consent
from clinic_app.services.open_patient import open_patient, refresh
from clinic_app.store.memory import MemoryStore
from tests.spec.clinic import POLICY_FILE, Clinic, adt, oru
from tests.spec.samples import ANNA, ANNA_PORTAL, BELA, BORN, NOW, demographics, topic, weight


@pytest.fixture(scope="module")
def tables() -> PictureTables:
    root = POLICY_FILE.parents[1]
    return tables_from({name: Path(root / name).read_text("utf-8") for name in RESOURCES})


@pytest.fixture
def clinic() -> Clinic:
    meaning = {
        "A": adt(demographics(), born=BORN, subject=ANNA),
        "R": oru(weight("58"), born=BORN, subject=ANNA),
        "S": oru(topic("I cough at night.", ANNA_PORTAL), born=None, subject=ANNA_PORTAL),
    }
    clinic = Clinic(MemoryStore(), meaning)
    clinic.receive("A", "R", "S")
    return clinic


def test_a_person_is_opened_with_one_row_and_refreshed_with_none(
    clinic: Clinic, tables: PictureTables
) -> None:
    opened = open_patient(clinic.staff, ANNA, NOW, tables, English())
    assert opened.picture.patient.name == "Anna Example"
    assert [str(point.value) for point in opened.picture.series["weight"]] == ["58"]
    assert opened.people == (ANNA,)
    assert opened.picture.agenda == ()
    clinic.link(ANNA, ANNA_PORTAL)
    again = refresh(clinic.staff, opened, NOW, tables, English())
    assert again.people == (ANNA, ANNA_PORTAL)
    assert [item.text for item in again.picture.agenda] == ["I cough at night."]
    assert again.change_sequence > opened.change_sequence
    with clinic.store.snapshot() as view:
        assert [row.action for row in view.accesses((ANNA,))].count("read_patient") == 1


def test_nobody_unknown_is_opened(clinic: Clinic, tables: PictureTables) -> None:
    with pytest.raises(CommonGroundError, match="MRN-UNKNOWN"):
        open_patient(clinic.staff, BELA, NOW, tables, English())


def test_a_no_is_obeyed_from_that_moment(clinic: Clinic, tables: PictureTables) -> None:
    opened = open_patient(clinic.staff, ANNA, NOW, tables, English())
    set_consent(clinic.staff, ANNA, Purpose.CARE, False, NOW)
    with pytest.raises(AccessDenied, match="CONSENT-CARE"):
        refresh(clinic.staff, opened, NOW, tables, English())
    with pytest.raises(AccessDenied, match="CONSENT-CARE"):
        open_patient(clinic.staff, ANNA, NOW, tables, English())


def test_a_kind_refused_is_not_in_the_picture(clinic: Clinic, tables: PictureTables) -> None:
    set_consent(clinic.staff, ANNA, Purpose.CARE, False, NOW, (FactKind.MEASUREMENT,))
    assert "weight" not in open_patient(clinic.staff, ANNA, NOW, tables, English()).picture.series
