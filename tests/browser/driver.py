"""A small WebDriver client over plain HTTP: enough to fill forms in a real browser and to look at the
pages."""

import base64
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
_ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)


class Browser:
    """One browser window."""

    def __init__(self, client: httpx.Client, session: str) -> None:
        self._client = client
        self._base = f"/session/{session}"
        self._size = (1280, 800)

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        answer = self._client.request(method, self._base + path, json=body if method == "POST" else None)
        value = answer.json()["value"]
        if answer.status_code != 200:
            raise AssertionError(f"{path}: {value['error']}: {value['message'].splitlines()[0]}")
        return value

    def open(self, url: str) -> None:
        self.ask("POST", "/url", {"url": url})

    def size(self, width: int, height: int) -> None:
        self._size = (width, height)
        self._resize(width, height)

    def _resize(self, width: int, height: int) -> None:
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.command("Emulation.setDeviceMetricsOverride", metrics)

    def command(self, name: str, parameters: dict[str, Any]) -> Any:
        return self.ask("POST", "/goog/cdp/execute", {"cmd": name, "params": parameters})

    def run(self, script: str) -> Any:
        return self.ask("POST", "/execute/sync", {"script": script, "args": []})

    def find(self, selector: str) -> str:
        found = self.ask("POST", "/element", {"using": "css selector", "value": selector})
        return str(found[_ELEMENT])

    def click(self, selector: str) -> None:
        """Found again where the page was just exchanged for the next one."""
        try:
            self.ask("POST", f"/element/{self.find(selector)}/click", {})
        except AssertionError as error:
            if "stale element" not in str(error):
                raise
            self.ask("POST", f"/element/{self.find(selector)}/click", {})

    def type(self, selector: str, text: str) -> None:
        self.ask("POST", f"/element/{self.find(selector)}/value", {"text": text})

    def text(self, selector: str = "body") -> str:
        return str(self.ask("GET", f"/element/{self.find(selector)}/text"))

    def picture(self, path: Path) -> None:
        """The whole page, however long: the window is made as tall as the page for the moment."""
        width, height = self._size
        whole = max(height, int(self.run("return document.documentElement.scrollHeight")))
        self._resize(width, whole)
        path.write_bytes(base64.b64decode(self.ask("GET", "/screenshot")))
        self._resize(width, height)


@contextmanager
def browser(profile: Path) -> Iterator[Browser]:
    """Start a driver and a window with an empty profile; both are ended."""
    assert BROWSER is not None
    assert DRIVER is not None
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [DRIVER, f"--port={port}", "--silent"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60, trust_env=False) as client:
            _wait(client)
            options = {"binary": BROWSER, "args": [*_FLAGS, f"--user-data-dir={profile}"]}
            wanted = {"capabilities": {"alwaysMatch": {"goog:chromeOptions": options}}}
            session = client.post("/session", json=wanted).json()["value"]["sessionId"]
            window = Browser(client, session)
            try:
                window.ask("POST", "/timeouts", {"implicit": 5000})
                yield window
            finally:
                client.delete(f"/session/{session}")
    finally:
        process.terminate()
        process.wait(10)


def _wait(client: httpx.Client) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        try:
            if client.get("/status").json()["value"]["ready"]:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError("the driver did not start")
