"""Keys for another portal: made, listed, shown in their public half, retired; for administrators."""

import json

from tests.unit.clinic_app.app.made_home import MadeHome, Run


def test_a_key_is_made_shown_and_used_before_the_older_ones(run: Run, home: MadeHome) -> None:
    first = run("portal-key", "new", *home.words).text.strip()
    second = run("portal-key", "new", "--rsa", *home.words).text.strip()
    assert run("portal-key", "list", *home.words).text.split() == sorted([first, second], reverse=True)
    told = run("portal-key", "jwks", *home.words)
    assert {key["alg"] for key in told.json["keys"]} == {"ES384", "RS384"}
    assert '"d"' not in told.text
    folder = home.root / "portal-keys"
    for file in folder.iterdir():
        assert file.stat().st_mode & 0o777 == 0o600
        assert file.read_bytes().startswith(b"-----BEGIN ENCRYPTED ")
    ran = run("portal-key", "retire", first, *home.words)
    assert (ran.status, run("portal-key", "list", *home.words).text.split()) == (0, [second])


def test_the_only_key_and_one_that_is_not_there_stay(run: Run, home: MadeHome) -> None:
    only = run("portal-key", "new", *home.words).text.strip()
    for name in (only, "../main.db", "other.pem"):
        ran = run("portal-key", "retire", name, *home.words)
        assert (ran.status, ran.code) == (2, "USE")
    assert len(json.loads(run("portal-key", "jwks", *home.words).text)["keys"]) == 1


def test_without_a_key_it_is_said_what_to_do(run: Run, home: MadeHome) -> None:
    ran = run("portal-key", "jwks", *home.words)
    assert (ran.status, ran.code) == (1, "PORTAL-KEY")
    assert "portal-key new" in ran.error


def test_words_that_do_not_belong_together(run: Run, home: MadeHome) -> None:
    for words in (("retire",), ("list", "x"), ("jwks", "--rsa")):
        assert run("portal-key", *words, *home.words).code == "USE"


def test_only_administrators(run: Run, home: MadeHome) -> None:
    home.give_roles(("clinician",))
    ran = run("portal-key", "new", *home.words)
    assert (ran.status, ran.code) == (1, "ACCESS-DENIED")
