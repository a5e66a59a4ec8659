"""Goal → what the patient wants to reach. Consent → what their data may be used for."""

from decimal import Decimal

from bridges.fhir.codes import MEASURES, PURPOSES
from bridges.fhir.making import (
    Context,
    author_of,
    coding,
    hold_of,
    patient_of,
    quantity,
    resource_name,
    version_time,
)
from bridges.fhir.reading import Spot, Unreadable
from clinic_app.model.bodies import ConsentDecision, Goal
from clinic_app.model.entries import Hold, RawEntry, Translation
from clinic_app.model.facts import FactKind, FactStatus, Source, Statement
from clinic_app.model.moment import Moment

_GOAL_STATES = frozenset(
    {
        "proposed",
        "planned",
        "accepted",
        "active",
        "on-hold",
        "completed",
        "cancelled",
        "rejected",
        "entered-in-error",
    }
)
_CONSENT_RUNNING = frozenset({"draft", "proposed"})
_CONSENT_STATES = frozenset({"active", "rejected", "inactive", "entered-in-error"})
_LIMITS = ("period", "actor", "action", "securityLabel", "class", "code", "dataPeriod", "data")


def translate_goal(root: Spot, entry: RawEntry) -> Translation:
    """One goal in the patient's words; raises Unreadable where it cannot be used. A target that cannot be
    used is held, the words are stated without it.
    """
    state = root.at("lifecycleStatus")
    if state.text() not in _GOAL_STATES:
        raise Unreadable(state.path, "is not a state of a goal")
    at = root.at("startDate").moment() or root.at("statusDate").moment()
    status = FactStatus.WITHDRAWN if state.text() == "entered-in-error" else FactStatus.FINAL
    context = _context(root, entry, root.at("subject"), root.at("expressedBy"), at, status)
    text = root.at("description").at("text").text()
    if not text.strip() and status is not FactStatus.WITHDRAWN:
        raise Unreadable(f"{root.path}.description.text", "is missing")
    holds: tuple[Hold, ...] = ()
    try:
        body = _goal(text, root.first("target"), state.text())
    except Unreadable as problem:
        body = Goal(text, state=state.text())
        holds = () if status is FactStatus.WITHDRAWN else (hold_of(problem),)
    made = context.state(FactKind.GOAL, body.code, "", body)
    return Translation(context.subject, statements=(made,), holds=holds)


def _context(
    root: Spot, entry: RawEntry, patient: Spot, author: Spot, at: Moment | None, status: FactStatus
) -> Context:
    return Context(
        subject=patient_of(patient, entry.sender),
        resource=resource_name(root),
        sent_at=version_time(root, at),
        at=at,
        source=Source.PATIENT,
        author=author_of(author),
        status=status,
    )


def _goal(text: str, target: Spot, state: str) -> Goal:
    """The words, with measure and band of the first target; raises Unreadable for a bound that cannot be."""
    known = (coding(spot) for spot in target.at("measure").each("coding"))
    measure = next((MEASURES[code] for code in known if code in MEASURES), "")
    exact, span = target.at("detailQuantity"), target.at("detailRange")
    low, low_unit = _bound(exact if exact.present else span.at("low"), measure)
    high, high_unit = _bound(exact if exact.present else span.at("high"), measure)
    if measure and low_unit and high_unit and low_unit != high_unit:
        raise Unreadable(span.path, "has two units", "UNKNOWN-UNIT")
    comparator = exact.at("comparator").text()
    return Goal(
        text,
        measure,
        None if comparator.startswith("<") else low,
        None if comparator.startswith(">") else high,
        low_unit or high_unit,
        state,
    )


def _bound(spot: Spot, measure: str) -> tuple[Decimal | None, str]:
    """A bound and its unit: UCUM and within the limits where the measure is known, else as it was sent."""
    if not spot.present:
        return None, ""
    if measure:
        body = quantity(spot, f"home_{measure}")
        return body.value, body.unit
    return spot.at("value").number(), spot.at("code").text() or spot.at("unit").text()


def translate_consent(root: Spot, entry: RawEntry) -> Translation:
    """One decision per purpose; raises Unreadable where nothing of it can be used.

    An inactive consent states what holds without one: care allowed, improvement and research not. A provision
    with limits that cannot be obeyed here (by actor, data or period) is held, never widened.
    """
    status = root.at("status")
    if status.text() in _CONSENT_RUNNING:
        return Translation(None, ignored="IN-PROGRESS")
    if status.text() not in _CONSENT_STATES:
        raise Unreadable(status.path, "is not a status of a consent")
    withdrawn = status.text() == "entered-in-error"
    context = _context(
        root,
        entry,
        root.at("patient"),
        root.first("performer"),
        root.at("dateTime").moment(),
        FactStatus.WITHDRAWN if withdrawn else FactStatus.FINAL,
    )
    top = root.at("provision")
    statements: dict[str, Statement] = {}
    holds: list[Hold] = []
    for provision in (top, *top.each("provision")):
        try:
            for purpose, permit in _decisions(provision, provision is top):
                allowed = {"active": permit, "rejected": False}.get(status.text(), purpose == "care")
                decision = ConsentDecision(purpose, allowed)
                # Two provisions that disagree about a purpose: the stricter one counts.
                if purpose not in statements or not allowed:
                    statements[purpose] = context.state(FactKind.CONSENT, purpose, purpose, decision)
        except Unreadable as problem:
            holds.append(hold_of(problem))
    if not statements and not holds:
        raise Unreadable(f"{top.path}.purpose", "is missing")
    return Translation(context.subject, statements=tuple(statements.values()), holds=tuple(holds))


def _decisions(provision: Spot, outermost: bool) -> list[tuple[str, bool]]:
    """Purposes of one provision, and whether it permits; none where the outermost only frames the others."""
    purposes = list(provision.each("purpose"))
    if not purposes and outermost:
        return []
    kind = provision.at("type")
    if kind.text() not in ("permit", "deny"):
        raise Unreadable(kind.path, "is neither permit nor deny")
    for name in _LIMITS:
        if provision.at(name).present:
            raise Unreadable(f"{provision.path}.{name}", "is a limit that cannot be obeyed here")
    found = []
    for spot in purposes:
        purpose = PURPOSES.get(coding(spot))
        if purpose is None:
            raise Unreadable(spot.path, "is no purpose that is known here", "UNKNOWN-CODE")
        found.append((purpose, kind.text() == "permit"))
    if not found:
        raise Unreadable(f"{provision.path}.purpose", "is missing")
    return found
