"""What else the chart holds: for staff, newest first, traced to its entries."""

import json
from dataclasses import replace

from clinic_app.model.bodies import Allergy, Document, Immunisation, Order, Problem
from clinic_app.model.moment import Moment
from clinic_app.picture.json_form import to_json
from clinic_app.picture.tables import SHARED, tables_from
from tests.unit.clinic_app.picture.charts import RESOURCE_DIR, TABLES, Chart, table_texts


def full(chart: Chart) -> None:
    for day in ("2025-01-01", "2026-01-01"):
        chart.add("order", Order(f"Glucose {day}", "L|1", "ordered", Moment(day)), day)
        chart.add(
            "document", Document(f"Letter {day}", "DS", day, "available", ("OBX[1] text",)), day, author="R"
        )
        chart.add("immunisation", Immunisation(f"Influenza {day}", "CVX|141", "given"), day)
        chart.add("problem", Problem(f"Sinusitis {day}", "", "active", Moment(day)), day)
    for name in ("Penicillin", "aspirin"):
        chart.add("allergy", Allergy(name, "", "DA", "severe", "hives"), None)
    chart.add("allergy", Allergy("No known allergies", "", "", "", "", "all"), None)


def test_newest_first_and_for_staff(chart: Chart) -> None:
    full(chart)
    picture = chart.draw()
    assert [line.name for line in picture.orders] == ["Glucose 2026-01-01", "Glucose 2025-01-01"]
    assert [line.title for line in picture.documents] == ["Letter 2026-01-01", "Letter 2025-01-01"]
    assert [line.name for line in picture.immunisations] == ["Influenza 2026-01-01", "Influenza 2025-01-01"]
    assert [line.name for line in picture.problems] == ["Sinusitis 2026-01-01", "Sinusitis 2025-01-01"]
    lists = (picture.orders, picture.documents, picture.immunisations, picture.problems, picture.allergies)
    assert {line.audience for lines in lists for line in lines} == {"staff"}
    assert picture.orders[0].evidence.inbox_ids


def test_a_replaced_document_keeps_what_it_was_called(chart: Chart) -> None:
    letter = Document("Letter", "DS", "D1", "available", ("OBX[1] text",))
    chart.add("document", letter, "2026-01-01", key="d")
    replaced = Document("", "", "D1", "replaced")
    chart.add("document", replaced, "2026-01-02", key="d", status="corrected")
    chart.add("document", Document("", "", "D0", "replaced"), "2025-01-01")
    first, unknown = chart.draw().documents
    assert (first.title, first.state, first.parts) == ("Letter", "replaced", ("OBX[1] text",))
    assert (unknown.title, unknown.number) == ("", "D0")


def test_an_order_of_which_only_the_number_is_known_is_what_was_ordered_under_it(chart: Chart) -> None:
    chart.add("order", Order("", "", "cancelled"), "2026-02-01", key="order:1")
    assert chart.draw().orders == ()
    wanted = Order("Glucose", "L|1", "ordered", Moment("2026-03-01"))
    chart.add("order", wanted, "2026-01-01", "lab_glucose_fasting", key="order:1")
    (line,) = chart.draw().orders
    assert (line.name, line.state, line.due, line.series) == (
        "Glucose",
        "cancelled",
        Moment("2026-03-01"),
        "lab_glucose_fasting",
    )


def test_the_allow_list_that_ships_shares_none_of_it(chart: Chart) -> None:
    full(chart)
    texts = {**table_texts(), SHARED: (RESOURCE_DIR / SHARED).read_text(encoding="utf-8")}
    picture = chart.draw(tables=tables_from(texts))
    lists = (picture.orders, picture.documents, picture.immunisations, picture.problems, picture.allergies)
    assert all(lists)
    assert {line.audience for lines in lists for line in lines} == {"staff"}


def test_a_kind_is_shared_only_where_the_clinic_says_so(chart: Chart) -> None:
    full(chart)
    tables = replace(TABLES, shared=replace(TABLES.shared, kinds=frozenset({"immunisation"})))
    picture = chart.draw(tables=tables)
    assert {line.audience for line in picture.immunisations} == {"shared"}
    assert {line.audience for line in picture.problems} == {"staff"}


def test_real_allergies_stand_before_none_known(chart: Chart) -> None:
    full(chart)
    picture = chart.draw()
    assert [line.substance for line in picture.allergies] == ["aspirin", "Penicillin"]
    assert picture.summary["allergies"] == "aspirin, Penicillin"


def test_none_known_is_said_only_where_somebody_said_it(chart: Chart) -> None:
    assert chart.draw().summary["allergies"] == "not known here"
    chart.add("allergy", Allergy("NKDA", "", "", "", "", "drugs"), None)
    assert chart.draw().summary["allergies"] == "no drug allergies known, says the hospital"
    chart.add("allergy", Allergy("NKFA", "", "", "", "", "food"), None)
    assert chart.draw().summary["allergies"] == (
        "no drug allergies known, says the hospital, no food allergies known, says the hospital"
    )
    chart.add("allergy", Allergy("NKA", "", "", "", "", "all"), None)
    picture = chart.draw()
    assert picture.summary["allergies"] == "no allergies known, says the hospital"
    assert {line.none_known for line in picture.allergies} == {"drugs", "food", "all"}


def test_the_json_form_holds_them(chart: Chart) -> None:
    full(chart)
    plain = json.loads(json.dumps(to_json(chart.draw())))
    assert plain["documents"][0]["parts"] == ["OBX[1] text"]
    assert plain["orders"][0]["due"] == "2026-01-01"
    assert plain["allergies"][0]["evidence"]
