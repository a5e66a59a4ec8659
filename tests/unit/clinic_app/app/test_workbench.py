"""Mending a real home: grouped, tried, written, replayed, undone; no value of a person on the way."""

import pytest
from sqlalchemy import text

from clinic_app.app.workbench import Workbench
from clinic_app.model.access import LookReason
from clinic_app.model.errors import AccessDenied, CommonGroundError, EnvironmentFault
from clinic_app.model.mending import ConcernKind, Mend, MendKind
from clinic_app.services.masking import MASK
from clinic_app.services.workbench import Cause
from tests.unit.clinic_app.app.made_home import NOW, MadeHome, adt, home_weight, spirometry

LOCAL = "PFT100^Forced volume^L"
FEV1 = Mend(MendKind.MEASUREMENT, "fev1", "L", "FEV1")


def profile(home: MadeHome) -> str:
    return (home.root / "profiles" / "site.toml").read_text()


def litre(control: str) -> bytes:
    return spirometry(control).replace(b"||2.50|L|", b"||2.50|Lit|")


def states(home: MadeHome) -> dict[str, str]:
    with home.clinic() as clinic, clinic.store.snapshot() as view:
        return {one.control_id: one.state.value for one in view.inbox()}


def of_kind(bench: Workbench, kind: ConcernKind) -> Cause:
    return next(one for one in bench.held_work().causes if one.concern.kind is kind)


@pytest.fixture
def held(home: MadeHome) -> MadeHome:
    """Two of an unknown code, one of an unknown unit, one submission that is not matched."""
    home.receive(adt("A1"), spirometry("R1", code=LOCAL), spirometry("R2", code=LOCAL), litre("R3"))
    home.submit(home_weight("p1", 60.0))
    return home


def test_a_code_is_mapped_tried_written_replayed_and_undone(held: MadeHome) -> None:
    before = profile(held)
    with held.clinic() as clinic:
        bench = Workbench(clinic)
        work = bench.held_work()
        assert [(one.concern.kind, len(one.entry_ids)) for one in work.causes] == [
            (ConcernKind.CODE, 2),
            (ConcernKind.UNIT, 1),
            (ConcernKind.OTHER, 1),
        ]
        assert work.undo is None
        cause = work.causes[0]
        assert (cause.key.profile, cause.concern.name) == ("site", "Forced volume")
        assert FEV1 in bench.choices(cause)
        assert bench.choices(work.causes[2]) == ()
        trial = bench.try_mend(cause, FEV1)
        assert (trial.looked, trial.applied) == (2, 2)
        assert profile(held) == before
        assert states(held)["R1"] == "held"
        report = bench.apply_mend(cause, FEV1)
        assert (report.looked, report.freed, report.recorded) == (2, 2, 2)
        assert profile(held).startswith(before)
        assert 'code = "PFT100"' in profile(held)
        undo = bench.held_work().undo
        assert undo is not None
        assert (undo.mend, undo.by, undo.at.date()) == (FEV1, clinic.actor.account, NOW.date())
    held.receive(spirometry("R9", code=LOCAL))
    assert states(held) | {"R9": "applied", "R1": "applied"} == states(held)
    with held.clinic() as clinic:
        bench = Workbench(clinic)
        report = bench.undo_mend()
        assert report.withdrawn == 3, "also what came in between and was read by the mended profile"
        assert bench.held_work().undo is None
    assert profile(held) == before
    assert [states(held)[one] for one in ("R1", "R2", "R9", "A1")] == ["held", "held", "held", "applied"]


def test_what_came_since_the_page_was_drawn_is_freed_too(held: MadeHome) -> None:
    with held.clinic() as clinic:
        cause = of_kind(Workbench(clinic), ConcernKind.UNIT)
    held.receive(litre("R8"))
    with held.clinic() as clinic:
        assert Workbench(clinic).apply_mend(cause, Mend(MendKind.UNIT, "L")).freed == 2
    assert f'"Lit" = "L" # {clinic.actor.account}, {NOW:%Y-%m-%d}' in profile(held)


def test_a_mend_by_hand_is_taken_over_when_one_looks_again(held: MadeHome) -> None:
    with held.clinic() as clinic:
        bench = Workbench(clinic)
        cause = of_kind(bench, ConcernKind.UNIT)
        path = held.root / "profiles" / "site.toml"
        path.write_text(profile(held) + '\n[units]\n"Lit" = "L"\n')
        assert bench.replay(cause).freed == 1


def test_a_mend_that_the_profile_refuses_changes_nothing(held: MadeHome) -> None:
    before = profile(held)
    with held.clinic() as clinic:
        bench = Workbench(clinic)
        cause = of_kind(bench, ConcernKind.UNIT)
        for attempt in (bench.try_mend, bench.apply_mend):
            with pytest.raises(EnvironmentFault, match="PROFILE-INVALID"):
                attempt(cause, Mend(MendKind.UNIT, "nonsense unit"))
    assert profile(held) == before


def test_who_does_not_administer_may_try_but_not_write(held: MadeHome) -> None:
    held.give_roles(["coordinator"])
    before = profile(held)
    with held.clinic() as clinic:
        bench = Workbench(clinic)
        cause = of_kind(bench, ConcernKind.CODE)
        assert bench.try_mend(cause, FEV1).freed == 2
        with pytest.raises(AccessDenied):
            bench.apply_mend(cause, FEV1)
    assert profile(held) == before


def test_values_are_masked_until_a_reason_is_given_and_that_is_logged(held: MadeHome) -> None:
    held.give_roles(["it"])
    with held.clinic() as clinic:
        bench = Workbench(clinic)
        entry_id = of_kind(bench, ConcernKind.CODE).entry_ids[0]
        entry, laid = bench.read_held(entry_id, None)
        shown = {value.place: value.text for value in laid.values()}
        assert (shown["PID-5.1"], shown["OBX-5"], shown["OBX-3.1"]) == (MASK, MASK, "PFT100")
        assert entry.raw == b""
        _, laid = bench.read_held(entry_id, LookReason.SENDER)
        assert "Sample" in {value.text for value in laid.values()}
        query = text("SELECT action, reason FROM access_log WHERE entry_id=:id AND account<>'system'")
        with clinic.store._engine.begin() as connection:
            rows = [tuple(row) for row in connection.execute(query, {"id": entry_id})]
    assert rows == [("list_inbox", ""), ("read_raw", LookReason.SENDER)]


def test_the_change_of_the_profile_is_on_record(held: MadeHome) -> None:
    with held.clinic() as clinic:
        bench = Workbench(clinic)
        bench.apply_mend(of_kind(bench, ConcernKind.CODE), FEV1)
        query = text("SELECT count(*) FROM access_log WHERE action='administer' AND outcome='allowed'")
        with clinic.store._engine.begin() as connection:
            assert connection.execute(query).scalar() == 1


def test_nothing_is_undone_after_a_change_by_hand(held: MadeHome) -> None:
    with held.clinic() as clinic:
        bench = Workbench(clinic)
        bench.apply_mend(of_kind(bench, ConcernKind.CODE), FEV1)
        (held.root / "profiles" / "site.toml").write_text(profile(held) + "# by hand\n")
        assert bench.held_work().undo is None
        with pytest.raises(CommonGroundError, match="NOTHING-TO-UNDO"):
            bench.undo_mend()


def test_a_profile_that_ships_offers_nothing_to_pick(held: MadeHome) -> None:
    held.settings.write_text(held.settings.read_text().replace('profile = "site"', 'profile = "generic"'))
    with held.clinic() as clinic:
        bench = Workbench(clinic)
        cause = of_kind(bench, ConcernKind.CODE)
        assert cause.key.profile == "generic"
        with pytest.raises(EnvironmentFault, match="PROFILE-SHIPPED"):
            bench.choices(cause)


def test_a_sender_with_a_dialect_of_its_own_is_mended_there(held: MadeHome) -> None:
    folder = held.root / "profiles"
    (folder / "lab.toml").write_text('name = "lab"\nedition = "1"\nextends = "generic"\n')
    (folder / "site.toml").write_text(profile(held) + '\n[dialects]\n"LAB|DEMO" = "lab"\n')
    with held.clinic() as clinic:
        bench = Workbench(clinic)
        cause = of_kind(bench, ConcernKind.CODE)
        assert cause.key.profile == "lab"
        assert bench.try_mend(cause, FEV1).freed == 2
        assert bench.apply_mend(cause, FEV1).freed == 2
    assert "PFT100" in (folder / "lab.toml").read_text()
