"""The key store is used only where it keeps keys encrypted; once with a real one."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from keyring import errors as keyring_errors
from keyring.backend import KeyringBackend
from keyring.backends import SecretService, chainer, fail, null

from clinic_app.model.errors import EnvironmentFault
from clinic_app.system.key_store import KeyStore, backend_name, chosen_backend

KEY = bytes(range(32))
ROOT = Path(__file__).parents[4]


class Fake(KeyringBackend):
    """A store in memory that passes for Secret Service; ``broken`` makes it raise."""

    priority = 5
    viable = False  # not to be found by keyring itself
    __module__ = "keyring.backends.SecretService"

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.broken = False

    def get_password(self, service: str, username: str) -> str | None:
        if self.broken:
            raise keyring_errors.KeyringLocked("secret text of the system")
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.broken:
            raise keyring_errors.PasswordSetError("secret text of the system")
        self.kept[service, username] = password


Fake.__qualname__ = "Keyring"


class Plain(KeyringBackend):
    """Keeps nothing encrypted."""

    priority = 9
    viable = False

    def get_password(self, service: str, username: str) -> str | None:
        return None

    def set_password(self, service: str, username: str, password: str) -> None:
        raise AssertionError("a key was about to be written in the open")


class Chain(chainer.ChainerBackend):
    """A chain of chosen members."""

    viable = False

    members: tuple[KeyringBackend, ...] = ()

    def __init__(self, *members: KeyringBackend) -> None:
        self.members = members

    @property
    def backends(self) -> list[KeyringBackend]:
        return list(self.members)


def made(kind: Callable[[], KeyringBackend]) -> KeyringBackend:
    """One of keyring's own backends (its constructors are untyped)."""
    return kind()


NULL, FAIL, PLAIN = made(null.Keyring), made(fail.Keyring), made(Plain)


def test_what_is_put_is_found_under_the_homes_name() -> None:
    backend = Fake()
    store = KeyStore("ab12", backend)
    assert not store.has("main")
    store.put("main", KEY)
    assert store.get("main") == KEY
    assert store.has("main")
    assert list(backend.kept) == [("commonground ab12", "main")]
    assert not KeyStore("other", backend).has("main")


def test_the_longest_secret_fits_what_windows_keeps() -> None:
    backend = Fake()
    KeyStore("a", backend).put("portal-token", b"\xff" * 1024)
    (text,) = backend.kept.values()
    assert len(text.encode("utf-16-le")) <= 2560


def test_missing_and_malformed() -> None:
    backend = Fake()
    store = KeyStore("a", backend)
    with pytest.raises(EnvironmentFault, match="KEY-MISSING"):
        store.get("main")
    for text in ("not base 85 \x00", "ü", "AAAA", ""):
        backend.kept["commonground a", "main"] = text
        with pytest.raises(EnvironmentFault, match="KEY-MALFORMED"):
            store.get("main")
    with pytest.raises(EnvironmentFault, match="KEY-MALFORMED"):
        store.put("main", b"short")


def test_a_locked_store_says_so_without_the_systems_text() -> None:
    backend = Fake()
    backend.broken = True
    store = KeyStore("a", backend)
    for use in (lambda: store.get("main"), lambda: store.has("main"), lambda: store.put("main", KEY)):
        with pytest.raises(EnvironmentFault, match="KEY-STORE-UNAVAILABLE") as caught:
            use()
        assert "secret text" not in str(caught.value)


@pytest.mark.parametrize("backend", [PLAIN, NULL, FAIL, Chain(Fake())])
def test_another_backend_is_refused(backend: KeyringBackend) -> None:
    with pytest.raises(EnvironmentFault, match="KEY-STORE-UNSAFE"):
        KeyStore("a", backend)


def test_the_choice() -> None:
    good = Fake()
    assert chosen_backend(good) is good
    assert chosen_backend(Chain(PLAIN, good, Chain(PLAIN))) is good
    assert backend_name(good) == "keyring.backends.SecretService.Keyring"
    assert backend_name(made(SecretService.Keyring)) == backend_name(good)


@pytest.mark.parametrize(
    ("backend", "code"),
    [
        (FAIL, "KEY-STORE-UNAVAILABLE"),
        (Chain(), "KEY-STORE-UNAVAILABLE"),
        (Chain(FAIL), "KEY-STORE-UNAVAILABLE"),
        (NULL, "KEY-STORE-UNSAFE"),
        (PLAIN, "KEY-STORE-UNSAFE"),
        (Chain(PLAIN, FAIL), "KEY-STORE-UNSAFE"),
    ],
)
def test_no_safe_backend(backend: KeyringBackend, code: str) -> None:
    with pytest.raises(EnvironmentFault) as caught:
        chosen_backend(backend)
    assert caught.value.code == code


REAL = """
import sys
from collections.abc import Callable
from pathlib import Path
from clinic_app.system.paths import Home
from clinic_app.system.secrets import open_secrets
from clinic_app.system.settings import KeySettings
home = Home(Path(sys.argv[1]))
secrets = open_secrets(home, KeySettings())
if sys.argv[2] == "put":
    home_has = secrets.has("main")
    secrets.put("main", bytes(range(32)))
    print("had", home_has)
else:
    print(secrets.get("main") == bytes(range(32)), secrets.has("intake"))
"""
TOOLS = ("dbus-run-session", "gnome-keyring-daemon")


@pytest.mark.skipif(
    not all(map(shutil.which, TOOLS)), reason="needs dbus-run-session and gnome-keyring-daemon"
)
def test_a_real_secret_service_across_processes(tmp_path: Path) -> None:
    """GNOME's key store on a bus of its own, in a private HOME: put in one process, found in the next."""
    from_settings = tmp_path / "home"
    from_settings.mkdir()
    (from_settings / "home.id").write_text("0123456789abcdef\n")
    runtime = tmp_path / "run"
    runtime.mkdir(mode=0o700)
    private = {"HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(runtime), "PYTHONPATH": str(ROOT), "CODE": REAL}
    kept = {name: value for name, value in os.environ.items() if name == "PATH" or name.startswith("COV")}
    program = f'"{sys.executable}" -c "$CODE" "{from_settings}"'
    script = (
        "printf pass | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1; "
        f"{program} put && {program} get"
    )
    done = subprocess.run(
        ["dbus-run-session", "--", "sh", "-c", script],
        env=kept | private,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.stdout.split() == ["had", "False", "True", "False"], done.stderr
