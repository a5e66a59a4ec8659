"""Messages and profiles that the tests of this folder share; all people are invented."""

from functools import cache
from pathlib import Path

import bridges
from bridges.hl7.profile import SiteProfile
from bridges.hl7.profile_reading import parse_profile
from bridges.hl7.translate import translate
from clinic_app.model.entries import Translation
from clinic_app.model.facts import Statement

ROOT = Path(bridges.__file__).parent.parent
GENERIC_TEXT = (ROOT / "resources/profiles/generic.toml").read_text(encoding="utf-8")

PID = "PID|1||1001^^^NORTH^MR||Ives^Ann^B||20100102|F"


@cache
def generic() -> SiteProfile:
    """The profile that ships."""
    return parse_profile(GENERIC_TEXT)


def site(text: str) -> SiteProfile:
    """A site's own profile that extends the shipped one."""
    head = 'name = "site"\nedition = "1"\nextends = "generic"\n'
    return parse_profile(head + text, {"generic": GENERIC_TEXT})


def message(
    kind: str, *segments: str, pid: str = PID, sent: str = "20240310153000", control: str = "M1"
) -> bytes:
    """A message of a kind such as ORU^R01 from LAB at NORTH."""
    msh = f"MSH|^~\\&|LAB|NORTH|CG|CLINIC|{sent}||{kind}|{control}|P|2.5.1"
    return "".join(f"{segment}\r" for segment in (msh, pid, *segments) if segment).encode()


def oru(*segments: str, sent: str = "20240310153000", control: str = "M1") -> bytes:
    """An ORU^R01 with one OBR of filler number F1, taken on 10 March 2024 at 15:00."""
    return message(
        "ORU^R01", "OBR|1|P1|F1|81458-2^PFT^LN|||202403101500", *segments, sent=sent, control=control
    )


def told(raw: bytes, profile: SiteProfile | None = None) -> Translation:
    """The translation under the shipped profile or another."""
    return translate(raw, profile or generic())


def stated(raw: bytes, profile: SiteProfile | None = None) -> tuple[Statement, ...]:
    """The statements of a message in which nothing is held or remarked."""
    translation = told(raw, profile)
    assert translation.holds == ()
    assert translation.findings == ()
    assert translation.ignored == ""
    return translation.statements


def held(raw: bytes, profile: SiteProfile | None = None) -> list[tuple[str, str]]:
    """Code and reason of each hold."""
    return [(hold.code, hold.reason) for hold in told(raw, profile).holds]
