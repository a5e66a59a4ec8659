import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from bridges.fhir.runner import SyncSettings, SyncStatus, backoff, credentials_of, run_sync, sync_once
from bridges.fhir.sync import Answer
from bridges.fhir.tokens import Registration, SigningKey
from bridges.fhir.transport import HttpTransport
from clinic_app.model.errors import EnvironmentFault, UseFault
from tests.unit.bridges.fhir.servers import BASE, START, Clock, Intake, Server, answer

SETTINGS = SyncSettings(BASE, "secret", ("Goal",), every=0.001, most_wait=0.002, again=())


def filled(count: int = 5) -> Server:
    server = Server()
    for number in range(count):
        server.put(f"g{number}", number * 60)
    return server


def run_until(
    rounds: int, intake: Intake, fetch: Callable[[str], object], settings: SyncSettings = SETTINGS
) -> list[SyncStatus]:
    """Run the loop until so many rounds have reported."""
    told: list[SyncStatus] = []

    async def run() -> None:
        stop = asyncio.Event()

        def on_status(status: SyncStatus) -> None:
            told.append(status)
            if len(told) >= rounds:
                stop.set()

        await run_sync(settings, intake, Clock(), on_status, stop, fetch)  # type: ignore[arg-type]

    asyncio.run(run())
    return told


def test_records_land_with_the_position_in_one_submission() -> None:
    intake, server = Intake(), filled()
    assert asyncio.run(sync_once(SETTINGS, intake, Clock(), server.fetch)) == 5
    assert intake.cursors[f"fhir {BASE} Goal"] == "2026-11-01T00:04:00.000Z"
    assert (intake.submissions, intake.landed[0].sender, intake.landed[0].channel) == (2, BASE, "fhir")
    assert intake.landed[0].control_id == "Goal/g0/_history/1"


def test_after_a_restart_the_position_goes_on_and_what_is_read_again_is_landed_once() -> None:
    intake, server = Intake(), filled()
    asyncio.run(sync_once(SETTINGS, intake, Clock(), server.fetch))
    server.put("new", 6 * 60)
    assert asyncio.run(sync_once(SETTINGS, intake, Clock(), server.fetch)) == 1
    assert intake.names[-1] == "Goal/new/_history/1"
    assert "_lastUpdated" in server.asked[-1]


def test_the_position_never_passes_what_has_not_landed() -> None:
    intake, server = Intake(broken=1), filled()
    with pytest.raises(EnvironmentFault, match="no room"):
        asyncio.run(sync_once(SETTINGS, intake, Clock(), server.fetch))
    assert intake.cursors == {}
    assert asyncio.run(sync_once(SETTINGS, intake, Clock(), server.fetch)) == 5


def test_faults_are_told_and_tried_again() -> None:
    answers = [answer(b"", 401), answer(b"<html>"), answer(b"", 429, retry_after="0")]
    server = filled()

    async def fetch(address: str) -> Answer:
        return answers.pop(0) if answers else await server.fetch(address)

    intake = Intake(broken=1)
    told = run_until(5, intake, fetch)
    assert [status.code for status in told] == [
        "PORTAL-TOKEN",
        "PORTAL-ANSWER",
        "PORTAL-BUSY",
        "INTAKE-FULL",
        "",
    ]
    assert [status.failures for status in told] == [1, 2, 3, 4, 0]
    assert told[0].message.startswith("PORTAL-TOKEN: the portal does not accept our token. Nothing was lost.")
    assert told[-1] == SyncStatus(START, landed=5)


def test_in_the_running_loop_nothing_is_submitted_twice() -> None:
    intake, server = Intake(), filled()
    told = run_until(3, intake, server.fetch)
    assert ([status.landed for status in told], intake.submissions) == ([5, 0, 0], 2)


def test_one_request_that_fails_is_made_again_before_the_round_counts_as_failed() -> None:
    server, intake = filled(), Intake()
    answers = [answer(b"", 500), answer(b'{"resourceType": "Bun')]

    async def fetch(address: str) -> Answer:
        return answers.pop(0) if answers else await server.fetch(address)

    settings = replace(SETTINGS, again=(0.0, 0.0))
    assert [status.code for status in run_until(1, intake, fetch, settings)] == [""]
    assert len(intake.landed) == 5


def test_a_busy_portal_and_a_refused_token_are_not_asked_again_at_once() -> None:
    for refusal in (answer(b"", 429, retry_after="0"), answer(b"", 401)):
        asked: list[str] = []

        async def fetch(address: str, refusal: Answer = refusal, asked: list[str] = asked) -> Answer:
            asked.append(address)
            return refusal

        told = run_until(1, Intake(), fetch, replace(SETTINGS, again=(0.0, 0.0)))
        assert (len(asked), told[0].failures) == (1, 1)


def test_a_round_that_was_cut_off_goes_on_where_it_was() -> None:
    """The second type fails every other time; the third is read all the same, and failures do not add up."""
    server, asked = filled(), list[str]()

    async def fetch(address: str) -> Answer:
        kind = address.partition("?")[0].rpartition("/")[2]
        asked.append(kind)
        return answer(b"", 500) if kind == "Two" and asked.count("Two") % 2 else await server.fetch(address)

    settings = replace(SETTINGS, types=("One", "Two", "Three"))
    told = run_until(4, Intake(), fetch, settings)
    assert [status.failures for status in told] == [1, 0, 1, 0]
    assert asked[:7] == ["One", "Two", "Two", "Three", "One", "One", "Two"]


def test_what_slipped_is_found_when_everything_is_read_again() -> None:
    server, intake, clock = filled(), Intake(), Moving()
    sync = partial(sync_once, SETTINGS, intake, clock, server.fetch)
    asyncio.run(sync())
    server.put("slipped", -3600)  # became visible long after its stamp
    assert asyncio.run(sync()) == 0
    clock.at += timedelta(hours=6)
    assert asyncio.run(sync()) == 1
    assert intake.cursors[f"fhir {BASE} Goal"] == "2026-11-01T00:04:00.000Z"
    assert asyncio.run(sync()) == 0
    clock.at -= timedelta(days=1)  # a clock that is set back counts as due
    server.put("too", -7200)
    assert asyncio.run(sync()) == 1


class Moving:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.at = START

    def now(self) -> datetime:
        """Its time."""
        return self.at


def test_without_a_fetch_the_network_is_asked() -> None:
    settings = SyncSettings("http://127.0.0.1:9", "secret", ("Goal",), every=0.001)
    told = run_until(1, Intake(), None, settings)  # type: ignore[arg-type]
    assert told[0].code == "PORTAL-UNREACHABLE"


def test_backoff_doubles_up_to_the_most() -> None:
    assert [backoff(n, 2.0, 300.0) for n in (0, 1, 2, 3, 99)] == [2.0, 4.0, 8.0, 16.0, 300.0]


def test_a_name_outlives_a_change_of_address() -> None:
    settings = SyncSettings("http://localhost:1/fhir/", "secret", name="portal")
    assert (settings.sender, SyncSettings(BASE + "/", "t").sender) == ("portal", BASE)
    assert "secret" not in repr(settings)


@pytest.mark.parametrize("base", ["http://portal.example/fhir", "ftp://x", "portal.example", "https://"])
def test_a_token_is_never_shown_to_the_net(base: str) -> None:
    with pytest.raises(UseFault) as fault:
        SyncSettings(base, "secret")
    assert fault.value.code == "SETTINGS-INVALID"


@pytest.mark.parametrize("base", ["https://p.example/fhir", "http://127.0.0.1:1/fhir", "http://[::1]:1/fhir"])
def test_good_addresses(base: str) -> None:
    assert SyncSettings(base, "secret").base == base


def test_the_next_page_is_asked_for_while_one_lands_and_let_go_where_landing_fails() -> None:
    server, intake = Server(), Intake(broken=1)
    for number in range(700):
        server.put(f"g{number:03}", number)
    ended: list[str] = []

    async def fetch(address: str) -> Answer:
        try:
            await asyncio.sleep(0.01 if server.asked else 0)
            return await server.fetch(address)
        except asyncio.CancelledError:
            ended.append(address)
            raise

    with pytest.raises(EnvironmentFault, match="no room"):
        asyncio.run(sync_once(SETTINGS, intake, Clock(), fetch))
    assert (len(ended), intake.cursors) == (1, {})
    assert asyncio.run(sync_once(SETTINGS, intake, Clock(), fetch)) == 700
    assert [one.partition("/")[2][:4] for one in intake.names] == [f"g{number:03}" for number in range(700)]


def test_a_page_that_failed_while_the_one_before_it_landed_is_asked_again() -> None:
    server, intake, failures = Server(), Intake(), [1, 1]
    for number in range(450):
        server.put(f"g{number:03}", number)

    async def fetch(address: str) -> Answer:
        if server.asked and failures and failures.pop():
            raise EnvironmentFault("PORTAL-UNREACHABLE", "no", "wait")
        return await server.fetch(address)

    assert asyncio.run(sync_once(replace(SETTINGS, again=(0.0, 0.0)), intake, Clock(), fetch)) == 450
    failures += [1]
    server.put("new", 1000)
    with pytest.raises(EnvironmentFault, match="PORTAL-UNREACHABLE"):
        asyncio.run(sync_once(SETTINGS, intake, Clock(), fetch))


def test_when_everything_was_last_read_is_not_known() -> None:
    server, intake = filled(), Intake()
    asyncio.run(sync_once(SETTINGS, intake, Clock(), server.fetch))
    intake.cursors[f"fhir {BASE} Goal whole"] = "rubbish"
    server.put("slipped", -3600)
    assert asyncio.run(sync_once(SETTINGS, intake, Clock(), server.fetch)) == 1


def test_a_registration_makes_tokens_that_are_kept_with_the_positions() -> None:
    key = SigningKey(
        ec.generate_private_key(ec.SECP384R1()).private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        )
    )
    registration = Registration("clinic", [key], token_url="https://auth.example/token")
    settings, intake = replace(SETTINGS, registration=registration), Intake()

    def reply(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"access_token": "t", "token_type": "bearer"})

    async def run() -> str:
        async with HttpTransport(httpx.MockTransport(reply)) as transport:
            return await credentials_of(settings, intake, Clock(), transport).current()

    assert asyncio.run(run()) == "t"
    assert '"token": "t"' in intake.cursors[f"fhir {BASE} token"]
    assert asyncio.run(fixed()) == "secret"


async def fixed() -> str:
    async with HttpTransport() as transport:
        return await credentials_of(SETTINGS, Intake(), Clock(), transport).current()


def test_tokens_are_asked_for_by_https_only() -> None:
    for url in ("http://auth.example/token", "ftp://x"):
        with pytest.raises(EnvironmentFault):
            replace(SETTINGS, registration=Registration("clinic", [], token_url=url))
