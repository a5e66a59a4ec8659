"""The quarantine as the page shows it."""

from clinic_app.model.access import LookReason
from clinic_app.model.words import English
from clinic_app.viewmodels.workbench import HeldWork, Undoable, WorkbenchModel, look_reasons
from tests.ui.factory import NOW
from tests.ui.workbench import CAUSES, FEV1, LITRE, UNIT, MemoryWorkbench


class Desk:
    def __init__(self) -> None:
        self.workbench = MemoryWorkbench()
        self.workbench.work = HeldWork(CAUSES, Undoable(UNIT, LITRE, "chris", NOW))


def model() -> tuple[WorkbenchModel, MemoryWorkbench]:
    desk = Desk()
    return WorkbenchModel(desk, English()), desk.workbench


def test_words_above_and_on_the_button() -> None:
    made, bench = model()
    assert made.badge(bench.work) == "41 held" and made.badge(HeldWork((), None)) == ""
    assert made.summary(made.read_work()) == "41 entries are held · 3 causes"
    assert made.undo_words(made.read_work()) == "Last change: “Liter” means L (chris, just now)"
    assert made.summary(HeldWork((), None)) == "Nothing is held."
    assert made.undo_words(HeldWork((), None)) == ""


def test_causes_with_counts_and_senders() -> None:
    made, bench = model()
    first, _, last = made.cause_lines(bench.work)
    assert (first.title, first.count, first.strong) == ("Code LUFU1 of L", "38", True)
    assert first.note == "Einsekundenkapazität · LUFU|NORTH, LAB|NORTH"
    assert (last.count, last.strong) == ("1", False)


def test_choices_are_narrowed_by_every_word() -> None:
    made, _ = model()
    cause = CAUSES[0]
    choices = made.read_choices(cause)
    assert made.matching(cause.concern, choices, " ") == choices
    assert made.matching(cause.concern, choices, "FEV1 l") == (FEV1,)
    assert made.matching(cause.concern, choices, "weight") == ()
    detail = made.detail(cause, choices)
    assert detail.note == "38 entries are held, the oldest came Friday · UNKNOWN-CODE"
    assert (detail.question, detail.mend) == ("What does this code mean?", "")
    assert made.detail(CAUSES[2], ()).mend.startswith("It applies by itself")


def test_the_newest_entry_comes_first_and_a_look_has_a_reason() -> None:
    made, bench = model()
    view = made.read_entry(CAUSES[0], 0, None)
    assert (view.heading, view.place, view.masked) == (
        "Entry 38: ORU^R01 from LUFU|NORTH",
        "1 of 38, 2 hours ago",
        True,
    )
    assert not made.read_entry(CAUSES[0], 1, LookReason.SENDER).masked
    assert bench.asked == ["entry 38 masked", "entry 37 to report it to the sender"]
    assert [reason for reason, _ in look_reasons(English())] == list(LookReason)


def test_what_is_done_is_read_again() -> None:
    made, bench = model()
    report, work = made.do_apply(CAUSES[0], FEV1)
    assert made.done_words(report).startswith("38 entries looked at") and len(work.causes) == 2
    assert made.do_replay(CAUSES[1])[0].held == 2
    assert made.do_undo()[1].causes == CAUSES
    assert made.trial_words(made.read_trial(CAUSES[0], FEV1)).startswith("It would free 37")
