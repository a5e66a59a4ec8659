"""Tokens from a server that is not ours: oidc-provider of npm, which checks the assertion, and what it signs.

Its package is installed into ``build/`` by ``make proof`` (pinned); without it, or Node.js, this is skipped.
"""

import asyncio
import json
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from bridges.fhir.runner import SyncSettings, SyncStatus, run_sync
from bridges.fhir.tokens import Registration, SigningKey, public_keys
from clinic_app.model.entries import Landed, Received
from clinic_app.system.clock import SystemClock
from tests.wire.foreign import FOLDER, install, installed

HERE = Path(__file__).parent
PACKAGE = {"oidc-provider": "9.13.3"}


def signing_key(made: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> SigningKey:
    return SigningKey(made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


@contextmanager
def token_server(keys: Sequence[SigningKey]) -> Iterator[str]:
    """The address of one that knows these keys."""
    process = subprocess.Popen(
        ["node", HERE / "oauth_server.mjs", FOLDER / "node_modules"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps(public_keys(keys)))
    process.stdin.close()
    try:
        yield process.stdout.readline().strip()
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@dataclass
class Intake:
    landed: list[Received] = field(default_factory=list)
    cursors: dict[str, str] = field(default_factory=dict)

    def submit(
        self, received: Sequence[Received], cursor: tuple[str, str] | None = None
    ) -> "Future[Sequence[Landed]]":
        self.landed += received
        self.cursors.update([cursor] if cursor else [])
        future: Future[Sequence[Landed]] = Future()
        future.set_result([Landed(number, b"", False) for number, _ in enumerate(received)])
        return future

    def cursor(self, name: str) -> str:
        return self.cursors.get(name, "")

    def close(self) -> None:
        """Nothing to close."""


def synced(address: str, keys: Sequence[SigningKey], intake: Intake) -> SyncStatus:
    """What one round says."""
    told: list[SyncStatus] = []

    async def run() -> None:
        stop = asyncio.Event()

        def on_status(status: SyncStatus) -> None:
            told.append(status)
            stop.set()

        settings = SyncSettings(
            f"{address}/fhir", "", types=("Goal",), registration=Registration("common-ground", keys)
        )
        await asyncio.wait_for(run_sync(settings, intake, SystemClock(), on_status, stop), 60)

    asyncio.run(run())
    return told[0]


def check(make: Callable[[], ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey]) -> None:
    known, unknown, intake = signing_key(make()), signing_key(make()), Intake()
    with token_server([known]) as address:
        assert synced(address, [known], intake).code == ""
        assert [one.control_id for one in intake.landed] == ["Goal/g1/_history/1"]
        kept = dict(intake.cursors)
        assert synced(address, [known], intake).code == ""
        name = f"fhir {address}/fhir token"
        assert intake.cursors[name] == kept[name], "the kept token was used again"
        # A key that the server does not know yet stands before the one that it knows.
        assert synced(address, [unknown, known], Intake()).code == ""
        refused = synced(address, [unknown], Intake())
        assert (refused.code, "invalid_client" in refused.message) == ("PORTAL-TOKEN", True)
        # A token that the server has forgotten is renewed within the round.
        intake.cursors[name] = kept[name].replace('"token": "', '"token": "x')
        assert synced(address, [known], intake).code == ""


Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
MAKERS: dict[str, Callable[[], Key]] = {
    "ES384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "RS384": lambda: rsa.generate_private_key(65537, 2048),
}


@pytest.mark.parametrize("algorithm", MAKERS)
def test_tokens_are_given_to_a_signed_assertion(algorithm: str) -> None:
    if shutil.which("node") is None or not installed(PACKAGE):
        pytest.skip("oidc-provider is not installed; make proof does that")
    check(MAKERS[algorithm])


@pytest.mark.proof
@pytest.mark.timeout(600)
@pytest.mark.parametrize("algorithm", MAKERS)
def test_tokens_once_installed(algorithm: str) -> None:
    if not install(PACKAGE):
        pytest.skip("oidc-provider could not be installed: Node.js or its registry is missing")
    check(MAKERS[algorithm])
