"""Findings are kept by entry, shapes and places remembered, in an encrypted file of its own."""

from pathlib import Path

import pytest

from clinic_app.model.entries import Finding
from clinic_app.model.errors import EnvironmentFault
from clinic_app.store.conformance import ConformanceFile

KEY = bytes(range(32))


def test_what_is_kept_is_there_again(tmp_path: Path) -> None:
    path = tmp_path / "conformance.db"
    file = ConformanceFile(path, KEY)
    assert (file.place("all"), file.counts(), file.findings(1), file.checked(1)) == (0, (0, 0), [], False)
    file.keep(1, "LAB ORU", [Finding("CONFORMANCE-SEGMENTS", "segment 3 is ZZZ as sent")])
    file.keep(2, "LAB ORU", [])
    file.move("all", 2)
    file.move("all", 3)
    file.close()
    again = ConformanceFile(path, KEY)
    assert again.findings(1) == [Finding("CONFORMANCE-SEGMENTS", "segment 3 is ZZZ as sent")]
    assert (again.findings(2), again.checked(2), again.counts(), again.place("all")) == ([], True, (2, 1), 3)
    assert again.all_findings() == {1: again.findings(1)}
    assert again.knows("LAB ORU")
    assert not again.knows("LAB ADT")
    again.close()


def test_a_wrong_key_says_so(tmp_path: Path) -> None:
    path = tmp_path / "conformance.db"
    ConformanceFile(path, KEY).close()
    with pytest.raises(EnvironmentFault, match="STORE-KEY"):
        ConformanceFile(path, bytes(32))
