"""Causes of the quarantine and their mends, in words."""

from dataclasses import dataclass

from clinic_app.model.mending import Concern, ConcernKind, Mend, MendKind
from clinic_app.model.words import Words
from clinic_app.services.replay import ReplayReport
from clinic_app.services.workbench import Cause, Trial

_MOST = 40
"""Codes, names and units are shown up to this many characters."""


@dataclass(frozen=True, slots=True)
class ListLine:
    """One line of a list: the words, what stands below them, and a count (empty where there is none).

    Attributes:
        strong: whether it is one that can be mended here, or that fits.
    """

    title: str
    note: str
    count: str = ""
    strong: bool = False


def title(cause: Cause, words: Words) -> str:
    """What is the matter, in a few words."""
    concern = cause.concern
    code, name, unit = _code(concern, words), shown(concern.name), shown(concern.unit)
    said = {
        ConcernKind.CODE: words("Code {code}", code=code),
        ConcernKind.UNCONFIRMED: words("Code {code}, not confirmed", code=code),
        ConcernKind.UNIT: words("Unit “{unit}”", unit=unit),
        ConcernKind.OTHER_UNIT: words("Unit “{unit}” for {name}", unit=unit, name=name),
        ConcernKind.NO_UNIT: words("{name} without a unit", name=name),
        ConcernKind.SENDER: words("Sender {sender}", sender=shown(concern.sender.strip("|"))),
    }
    return said.get(concern.kind) or _known(words).get(cause.key.code, ("", ""))[0] or cause.key.reason


def note(cause: Cause, words: Words) -> str:
    """What helps to recognise it: what the sender calls the result."""
    concern = cause.concern
    name = shown(concern.name)
    if concern.kind in (ConcernKind.CODE, ConcernKind.UNCONFIRMED):
        return name
    if concern.kind is ConcernKind.UNIT:
        return words("for {name}", name=name) if name else ""
    return cause.key.code if concern.kind is ConcernKind.OTHER else ""


def question(kind: ConcernKind, words: Words) -> str:
    """What is to be chosen; empty where nothing can be."""
    return {
        ConcernKind.CODE: words("What does this code mean?"),
        ConcernKind.UNCONFIRMED: words("Is the code right?"),
        ConcernKind.UNIT: words("Which unit is meant?"),
        ConcernKind.OTHER_UNIT: words("Is this unit right?"),
        ConcernKind.NO_UNIT: words("Which unit do such numbers have?"),
        ConcernKind.SENDER: words("May this sender send to us?"),
    }.get(kind, "")


def mend_of(cause: Cause, words: Words) -> str:
    """What to do where nothing can be chosen."""
    return _known(words).get(cause.key.code, ("", ""))[1] or cause.mend


def choice(concern: Concern, mend: Mend, words: Words) -> ListLine:
    """One choice as a line."""
    fitting = words("fits {name}", name=shown(concern.name or concern.code)) if mend.fits else ""
    said: dict[MendKind, tuple[str, str]] = {
        MendKind.MEASUREMENT: (mend.name, f"{mend.target} · {mend.unit}"),
        MendKind.CULTURE: (words("A culture"), words("its organisms are read")),
        MendKind.PANEL: (words("A heading"), words("it has no value of its own")),
        MendKind.IGNORE: (words("None of our concern"), words("such results are passed over")),
        MendKind.CONFIRM: (words("Yes, it is {name}", name=mend.name), words("I have checked the code")),
        MendKind.UNIT: (mend.target, fitting),
        MendKind.ALSO: (words("Yes, take {unit} as well", unit=mend.target), mend.name),
        MendKind.BLANK_UNIT: (mend.target, fitting),
        MendKind.SENDER: (words("Yes, take its messages"), mend.target.strip("|")),
    }
    return ListLine(*said[mend.kind], strong=mend.fits)


def summary(concern: Concern, mend: Mend, words: Words) -> str:
    """A mend that was written, in a few words."""
    code = _code(concern, words)
    said = {
        MendKind.MEASUREMENT: words("{code} is {name}", code=code, name=mend.name),
        MendKind.CULTURE: words("{code} is a culture", code=code),
        MendKind.PANEL: words("{code} is a heading", code=code),
        MendKind.IGNORE: words("{code} is passed over", code=code),
        MendKind.CONFIRM: words("{code} is confirmed", code=code),
        MendKind.UNIT: words("“{sent}” means {unit}", sent=shown(concern.unit), unit=mend.target),
        MendKind.ALSO: words("{name} also in {unit}", name=mend.name, unit=mend.target),
        MendKind.BLANK_UNIT: words("{name} without a unit is in {unit}", name=mend.name, unit=mend.target),
        MendKind.SENDER: words("messages from {sender} are taken", sender=concern.sender.strip("|")),
    }
    return said[mend.kind]


def trial(found: Trial, words: Words) -> str:
    """What a choice would free, in one or two sentences."""
    left = found.looked - found.freed
    codes = ", ".join(f"{code} ({count})" for code, count in found.still)
    if not found.freed:
        return words("It would free none of these entries; what holds them then: {codes}.", codes=codes)
    parts = [words.plural("It would free {count} entry.", "It would free {count} entries.", found.freed)]
    if found.ignored:
        passed = words.plural(
            "{count} of them would be passed over.", "{count} of them would be passed over.", found.ignored
        )
        parts.append(passed)
    if left:
        stay = words.plural("{count} stays held: {codes}.", "{count} stay held: {codes}.", left, codes=codes)
        parts.append(stay)
    return " ".join(parts)


def done(report: ReplayReport, words: Words) -> str:
    """What a replay did."""
    looked = words.plural("{count} entry looked at", "{count} entries looked at", report.looked)
    return words(
        "{looked}: {applied} applied, {ignored} passed over, {held} held.",
        looked=looked,
        applied=report.applied,
        ignored=report.ignored,
        held=report.held,
    )


def shown(text: str) -> str:
    """A text of a message in one short line."""
    plain = "".join(one if one.isprintable() else " " for one in text)
    return plain if len(plain) <= _MOST else plain[:_MOST] + "…"


def _code(concern: Concern, words: Words) -> str:
    code, system = shown(concern.code), shown(concern.system)
    return words("{code} of {system}", code=code, system=system) if system else code


def _known(words: Words) -> dict[str, tuple[str, str]]:
    """Title and mend of the causes that a clinic meets every day; others are told as they are stored."""
    return {
        "UNKNOWN-PATIENT": (
            words("The patient is not known yet"),
            words("It applies by itself when the patient's ADT arrives; otherwise ask the sender for it."),
        ),
        "UNMATCHED-SUBMISSION": (
            words("Answers of a person who is not matched"),
            words("Find out who it is, then link the two: `commonground link`."),
        ),
        "BIRTH-DATE-DIFFERS": (
            words("The birth date is another one than known"),
            words(
                "If it is the same person, confirm it with `commonground inbox accept`; else have the"
                " sender correct the number."
            ),
        ),
        "MERGE-PROPOSED": (
            words("The EHR joins two numbers"),
            words("Look at both and decide, under the numbers to compare."),
        ),
    }
