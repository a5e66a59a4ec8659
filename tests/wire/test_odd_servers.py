"""Reading a portal that does what other servers were seen to do, while rows change and the bridge is killed.

The portal is the real embedded one; a proxy before it misbehaves, and a third of its answers are faults. In
the end nothing is missing, stale or doubled, and another reading changes nothing.
"""

import random
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from clinic_app.store.intake import IntakeView
from tests.faults.rig import Clinic, eventually
from tests.wire.odd_proxy import QUIRKS, OddProxy, serving
from tests.wire.test_portal_wire import Portal, answers, running_portal

FAULTS = 0.33
SHORT, LONG = (1, 25), (6, 120)
"""How often the bridge is killed, and how many changes are made to the rows."""


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[Portal]:
    with running_portal(tmp_path / "portal") as running:
        yield running


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Clinic]:
    made = Clinic(tmp_path)
    yield made
    if made.process is not None:
        made.process.kill()
        made.process.wait()


class Rows:
    """Changes rows of the portal, and knows what stands there now."""

    def __init__(self, portal: Portal, chance: random.Random) -> None:
        headers = {
            "authorization": f"Bearer {portal.house.token}",
            "content-type": "application/fhir+json",
        }
        self._client = httpx.Client(base_url=f"{portal.url}/fhir", headers=headers, trust_env=False)
        self._chance = chance
        self.names: set[str] = set()

    def change(self) -> None:
        """A new row, or another version of one."""
        kind = self._chance.choice(("QuestionnaireResponse", "QuestionnaireResponse", "Goal"))
        name = f"r{self._chance.randrange(40)}"
        done = self._client.put(
            f"/{kind}/{name}", json={**self._body(kind), "resourceType": kind, "id": name}
        )
        assert done.status_code in (200, 201), done.text
        self.names.add(f"{kind}/{name}/_history/{done.json()['meta']['versionId']}")

    def close(self) -> None:
        """Let go of the connection."""
        self._client.close()

    def newest(self) -> set[str]:
        """Name and version of every row."""
        found: dict[str, int] = {}
        for name in self.names:
            row, _, version = name.partition("/_history/")
            found[row] = max(found.get(row, 0), int(version))
        return {f"{row}/_history/{version}" for row, version in found.items()}

    def _body(self, kind: str) -> dict[str, Any]:
        if kind == "Goal":
            return {
                "lifecycleStatus": "active",
                "description": {"text": f"walk {self._chance.randrange(99)} minutes"},
                "subject": {"reference": "Patient/p"},
            }
        return answers("p", 60 + self._chance.randrange(99) / 10)


def landed(clinic: Clinic) -> Counter[str]:
    view = IntakeView(clinic.home.intake_db, clinic.key("intake"))
    found = Counter(entry.control_id for entry in view.after(0, 1_000_000) if entry.channel == "fhir")
    view.close()
    return found


def read_through(portal: Portal, clinic: Clinic, quirk: str, kills: int, changes: int) -> None:
    chance = random.Random(f"{quirk} 20261127")
    rows = Rows(portal, chance)
    proxy = OddProxy(f"{portal.url}/fhir", portal.house.token, quirk, FAULTS, chance)
    with closing(rows), serving(proxy) as base:
        settings = clinic.home.settings.read_text("utf-8")
        ours = f'url = "{base}"\npoll_seconds = 0.1\n'
        clinic.home.settings.write_text(settings.replace("[portal]\n", f"[portal]\n{ours}", 1), "utf-8")
        clinic.start()
        for number in range(changes):
            rows.change()
            time.sleep(chance.uniform(0, 0.05))
            if number % (changes // (kills + 1)) == changes // (kills + 1) - 1 and kills:
                kills -= 1
                clinic.kill_bridge()
                clinic.start()
        eventually(lambda: rows.newest() <= set(landed(clinic)), 120)
        found, rounds = landed(clinic), proxy.rounds
        eventually(lambda: proxy.rounds > rounds + 25, 120)
        assert landed(clinic) == found, "another reading changed something"
        clinic.stop()
    assert set(found) <= rows.names, "a version that never was"
    assert {name for name, count in found.items() if count > 1} == set(), "landed twice"


@pytest.mark.timeout(300)
@pytest.mark.parametrize("quirk", ["plain", "dropped"])
def test_nothing_is_missing_stale_or_doubled(portal: Portal, clinic: Clinic, quirk: str) -> None:
    read_through(portal, clinic, quirk, *SHORT)


@pytest.mark.proof
@pytest.mark.timeout(900)
@pytest.mark.parametrize("quirk", QUIRKS)
def test_every_quirk(portal: Portal, clinic: Clinic, quirk: str) -> None:
    read_through(portal, clinic, quirk, *LONG)
