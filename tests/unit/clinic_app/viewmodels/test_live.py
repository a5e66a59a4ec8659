"""What change rows do, and what may appear without a click."""

from dataclasses import replace

from clinic_app.model.access import Change
from clinic_app.viewmodels.live import Effects, effects_of, merge_live
from tests.ui.factory import MAYA, NOW, ROWS, change, clinic, rich, topic


def row(sequence: int, identifier: object, kind: str) -> Change:
    return Change(sequence, (identifier,), (kind,), (), NOW)  # type: ignore[arg-type]


def test_effects() -> None:
    other = ROWS[0].identifier
    assert effects_of([], (MAYA,), 4) == Effects(last=4)
    assert effects_of([row(5, MAYA, "measurement")], (MAYA,), 4) == Effects(person=True, last=5)
    assert effects_of([row(5, other, "measurement")], (MAYA,), 4) == Effects(last=5)
    assert effects_of([row(5, other, "patient")], (), 4) == Effects(list=True, last=5)
    assert effects_of([Change(6, (other,), (), (), NOW)], (), 4) == Effects(list=True, last=6)


def test_live_values_and_their_sentences_appear() -> None:
    shown = rich()
    series = shown.series | {"weight": (*shown.series["weight"], *clinic("kg", ("2026-11-23T10:00", "57.2")))}
    fresh = replace(
        shown,
        series=series,
        sentences=shown.sentences | {"weight": "1.9 kg less."},
        changes=(change("Weight went down 1.9 kg.", "down", "weight"),),
    )
    merged = merge_live(shown, fresh)
    assert merged.series["weight"] == series["weight"]
    assert merged.sentences["weight"] == "1.9 kg less."
    assert [line.text for line in merged.changes] == [
        "Weight went down 1.9 kg.",
        "New medicine: ciprofloxacin.",
        "This year’s sugar test is still open. The last one was on 4 May 2025.",
    ]


def test_everything_else_waits() -> None:
    shown = rich()
    fresh = replace(
        shown,
        series=shown.series
        | {
            "symptom_overall": clinic("{score}", ("2026-11-23", "1")),
            "home_weight": clinic("kg", ("2026-11-23", "50")),
            "lab_hba1c": clinic("%", ("2026-11-23", "7")),
        },
        sentences=shown.sentences | {"symptom_overall": "Worse."},
        agenda=(*shown.agenda, topic("new topic")),
        medicines=(),
        changes=(*shown.changes, change("A germ.", "new", "", "culture")),
    )
    assert merge_live(shown, fresh) == shown


def test_a_withdrawn_live_value_disappears() -> None:
    shown = rich()
    fresh = replace(shown, series={name: p for name, p in shown.series.items() if name != "weight"})
    assert "weight" not in merge_live(shown, fresh).series
