"""Titles of segments."""

from hl7apy import load_library

from bridges.hl7.segment_titles import TITLES, title_of


def test_known_own_and_unknown_segments() -> None:
    assert title_of("PID") == "Patient Identification"
    assert title_of("ZPI") == "Segment of the Sender's Own"
    assert title_of("QQQ") == ""


def test_every_title_is_of_a_segment_of_some_version() -> None:
    known = {name for version in ("2.1", "2.3", "2.5.1", "2.8.2") for name in load_library(version).SEGMENTS}
    assert set(TITLES) - known <= {"FHS", "BHS", "BTS", "FTS", "DSC", "ADD", "UB1"}
