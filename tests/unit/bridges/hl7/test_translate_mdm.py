"""Documents through their life, in any order."""

import pytest

from clinic_app.model.bodies import Document
from clinic_app.model.facts import FactStatus, Statement
from clinic_app.model.moment import Moment
from tests.unit.bridges.hl7.messages import held, message, site, stated

EVN = "EVN|T02|20240310"
TEXT = "OBX|1|TX|1^Clinic letter^L||Dear colleague"
PDF = "OBX|2|ED|PDF^x^L||^AP^PDF^Base64^JVBERi0="


def txa(
    number: str = "D1", parent: str = "", kind: str = "DS", completion: str = "AU", available: str = "AV"
) -> str:
    fields = {
        1: "1",
        2: kind,
        4: "20240309",
        9: "7^Ellis^Ruth",
        12: number,
        13: parent,
        17: completion,
        19: available,
    }
    return "TXA|" + "|".join(fields.get(n, "") for n in range(1, 20))


def document(event: str, *segments: str, sent: str = "20240310153000") -> Statement:
    return stated(message(f"MDM^{event}", EVN, *segments, sent=sent))[0]


def test_a_document_and_where_its_content_stands() -> None:
    one = document("T02", txa(), TEXT, PDF)
    assert one.body == Document("Discharge summary", "DS", "D1", "available", ("OBX[1] text", "OBX[2] PDF"))
    assert (one.key, one.status, one.at, one.author) == (
        "document:D1",
        FactStatus.FINAL,
        Moment("2024-03-09"),
        "Ruth Ellis",
    )


def test_a_segment_without_content_is_no_part() -> None:
    body = document("T02", txa(), "OBX|1|TX|1^Clinic letter^L||", PDF).body
    assert isinstance(body, Document) and body == Document(
        "Discharge summary", "DS", "D1", "available", ("OBX[2] PDF",)
    )


@pytest.mark.parametrize(
    ("kind", "title"),
    [("DS", "Discharge summary"), ("XX^Dietitian's note", "Dietitian's note"), ("", "Clinic letter")],
)
def test_titles(kind: str, title: str) -> None:
    body = document("T02", txa(kind=kind), TEXT).body
    assert isinstance(body, Document)
    assert body.title == title


def test_a_draft_is_preliminary_until_it_is_signed() -> None:
    draft = document("T02", txa(completion="IP"), TEXT)
    signed = document("T04", txa(completion="LA"), TEXT)
    edited = document("T08", txa(), TEXT)
    assert [one.status for one in (draft, signed, edited)] == ["preliminary", "final", "corrected"]
    assert draft.order < signed.order < edited.order
    assert draft.key == signed.key == edited.key


def test_an_edited_draft_is_still_a_draft() -> None:
    edited = document("T08", txa(completion="IP"), TEXT)
    assert edited.status is FactStatus.PRELIMINARY
    assert edited.order < document("T04", txa(completion="AU"), TEXT).order


def test_a_document_that_is_not_available_yet_is_not_gone() -> None:
    waiting = document("T02", txa(available="UN"), TEXT)
    assert isinstance(waiting.body, Document)
    assert (waiting.body.state, waiting.status) == ("unavailable", FactStatus.FINAL)


def test_a_blank_completion_is_what_the_profile_says_and_an_unknown_one_is_held() -> None:
    raw = message("MDM^T02", EVN, txa(completion=""), TEXT)
    assert stated(raw)[0].status is FactStatus.FINAL
    careful = site('[site]\nblank_result_status = "preliminary"')
    assert stated(raw, careful)[0].status is FactStatus.PRELIMINARY
    assert held(message("MDM^T02", EVN, txa(completion="ZZ"), TEXT))[0][0] == "UNKNOWN-STATUS"


def test_a_replacement_replaces_and_an_addendum_belongs() -> None:
    new, old = stated(message("MDM^T10", EVN, txa("D2", "D1"), TEXT))
    original = document("T02", txa(), TEXT)
    assert isinstance(new.body, Document)
    assert isinstance(old.body, Document)
    assert (new.body.number, new.body.state, new.body.of) == ("D2", "available", "")
    assert (old.key, old.body.state) == (original.key, "replaced")
    assert old.order > original.order
    addendum = document("T06", txa("D3", "D1"), TEXT).body
    assert isinstance(addendum, Document)
    assert addendum.of == "D1"


def test_a_cancelled_one_is_withdrawn() -> None:
    assert document("T11", txa()).status is FactStatus.WITHDRAWN
    assert document("T03", txa(available="OB")).status is FactStatus.WITHDRAWN


def test_one_without_a_number_is_held() -> None:
    assert held(message("MDM^T02", EVN, txa(""), TEXT))[0][0] == "UNREADABLE-VALUE"
