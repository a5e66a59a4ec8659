"""A token for the portal's FHIR interface: shown once, for administrators."""

from clinic_app.app.compose import Clinic
from tests.unit.clinic_app.app.made_home import NOW, MadeHome, Run


def accepted(clinic: Clinic, token: str) -> bool:
    with clinic.portal_store() as portal:
        return portal.doors.token_works(token)


def test_a_new_token_is_printed_and_taken_by_the_portal(run: Run, home: MadeHome) -> None:
    plain, machine = run("portal-token", *home.words), run("portal-token", "--json", *home.words)
    tokens = [plain.text.strip(), machine.json["token"]]
    assert len({*tokens}) == 2
    with home.clinic(NOW) as clinic:
        assert all(accepted(clinic, token) for token in tokens)
        assert not accepted(clinic, tokens[0][:-1])
    assert tokens[0] not in plain.error


def test_only_administrators_make_one(run: Run, home: MadeHome) -> None:
    home.give_roles(("clinician",))
    ran = run("portal-token", *home.words)
    assert (ran.status, ran.code, ran.out) == (1, "ACCESS-DENIED", b"")
