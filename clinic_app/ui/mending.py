"""Between the workbench's page and the clinic: causes, choices, what each would free, and what was done."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from clinic_app.model.access import LookReason
from clinic_app.model.errors import CommonGroundError
from clinic_app.model.mending import Mend
from clinic_app.ui.dispatcher import Dispatcher
from clinic_app.ui.staff_window import StaffWindowWidget
from clinic_app.viewmodels.workbench import Cause, HeldWork, ReplayReport, Trial, WorkbenchModel


@dataclass(slots=True)
class Chosen:
    """What is chosen now; answers about anything else are dropped."""

    cause: Cause | None = None
    choices: Sequence[Mend] = ()
    shown: Sequence[Mend] = field(default_factory=tuple)
    mend: Mend | None = None
    number: int = 0


class Mending:
    """Keeps the staff window's page of what is held."""

    def __init__(self, model: WorkbenchModel, staff: StaffWindowWidget, dispatcher: Dispatcher) -> None:
        self._model, self._staff, self._dispatcher = model, staff, dispatcher
        self._page = staff.workbench
        self._work = HeldWork((), None)
        self._chosen = Chosen()
        page = self._page
        page.cause_chosen.connect(self._choose_cause)
        page.searched.connect(self._search)
        page.mend_chosen.connect(self._choose_mend)
        page.apply_asked.connect(self._apply)
        page.again_asked.connect(self._again)
        page.undo_asked.connect(self._undo)
        page.entry_asked.connect(self._turn)
        page.values_asked.connect(self._read_entry)

    def read(self) -> None:
        """Read what is held, then show it."""
        self._dispatcher.run(self._model.read_work, self._show)

    def _show(self, work: HeldWork) -> None:
        """Draw the causes; one that is still there stays chosen, else the first is."""
        former, self._work = self._chosen.cause, work
        page, model = self._page, self._model
        page.show_causes(model.summary(work), model.cause_lines(work), model.undo_words(work))
        self._staff.places.show_page(self._staff.held_button)
        keys = [cause.key for cause in work.causes]
        if not keys:
            self._chosen = Chosen()
            page.show_nothing()
        else:
            page.causes.choose(keys.index(former.key) if former and former.key in keys else 0)
        self._staff.places.offer(self._staff.held_button, model.badge(work))

    def _choose_cause(self, number: int) -> None:
        cause = self._work.causes[number]
        self._chosen = Chosen(cause)
        self._page.done.say("")
        self._dispatcher.run(
            lambda: self._model.read_choices(cause), lambda found: self._show_choices(cause, found)
        )
        self._read_entry(None)

    def _show_choices(self, cause: Cause, choices: Sequence[Mend]) -> None:
        if self._chosen.cause is cause:
            self._chosen.choices = choices
            self._page.show_detail(self._model.detail(cause, choices))
            self._search("")

    def _search(self, text: str) -> None:
        chosen = self._chosen
        if chosen.cause is not None:
            chosen.shown = self._model.matching(chosen.cause.concern, chosen.choices, text)
            chosen.mend = None
            self._page.show_choices(self._model.choice_lines(chosen.cause.concern, chosen.shown))

    def _choose_mend(self, number: int) -> None:
        cause, mend = self._chosen.cause, self._chosen.shown[number]
        self._chosen.mend = mend
        self._page.show_trial("", ready=False)
        if cause is not None:
            self._dispatcher.run(
                lambda: self._model.read_trial(cause, mend), lambda found: self._tried(cause, mend, found)
            )

    def _tried(self, cause: Cause, mend: Mend, found: Trial) -> None:
        if (self._chosen.cause, self._chosen.mend) == (cause, mend):
            self._page.show_trial(self._model.trial_words(found), ready=True)

    def _apply(self) -> None:
        cause, mend = self._chosen.cause, self._chosen.mend
        if cause is not None and mend is not None:
            self._page.wait()
            self._dispatcher.run(lambda: self._model.do_apply(cause, mend), self._done, self._failed)

    def _again(self) -> None:
        cause = self._chosen.cause
        if cause is not None:
            self._page.wait()
            self._dispatcher.run(lambda: self._model.do_replay(cause), self._done, self._failed)

    def _undo(self) -> None:
        self._page.wait()
        self._dispatcher.run(self._model.do_undo, self._done, self._failed)

    def _done(self, outcome: tuple[ReplayReport, HeldWork]) -> None:
        report, work = outcome
        self._staff.show_message("")
        self._show(work)
        self._page.done.say(self._model.done_words(report))

    def _failed(self, error: CommonGroundError) -> None:
        """What could not be done left all as it was, and so is the page."""
        self.read()
        self._dispatcher.failed(error)

    def _turn(self, by: int) -> None:
        cause = self._chosen.cause
        if cause is not None:
            self._chosen.number = (self._chosen.number + by) % len(cause.entry_ids)
            self._read_entry(None)

    def _read_entry(self, reason: LookReason | None) -> None:
        cause, number = self._chosen.cause, self._chosen.number
        if cause is None:
            return
        self._dispatcher.run(
            lambda: self._model.read_entry(cause, number, reason),
            lambda view: (
                self._page.entry.show_entry(view)
                if (self._chosen.cause, self._chosen.number) == (cause, number)
                else None
            ),
        )
