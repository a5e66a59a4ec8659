"""The settings: one text file, ``commonground.toml``, in which every key may be left out.

The fields below are the known keys and hold their defaults; settings_checks says what each value must be. The
shipped template names every key; a test holds the three together.
"""

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from clinic_app.model.errors import EnvironmentFault
from clinic_app.system.paths import Home
from clinic_app.system.resources import Resources
from clinic_app.system.settings_checks import CHECKS, is_loopback

__all__ = ["Settings", "filled_template", "is_loopback", "known_keys", "load_settings", "parse_settings"]

TEMPLATE = "settings/commonground.toml"
CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class ClinicSettings:
    """The clinic and its exam room: name, language, distance to the screen (m), its diagonal (inches).

    ``demonstration`` marks every screen: the people are invented.
    """

    name: str = "Our clinic"
    language: str = "en"
    demonstration: bool = False
    viewing_distance_m: float = 1.0
    screen_inches: float = 24.0


@dataclass(frozen=True, slots=True)
class BridgeSettings:
    """The listener for the EHR: where, who may connect, how large a message, how long one may take, which
    dialect.

    The ``tls_`` files are relative to the home; ``tls_clients`` is the authority that senders' certificates
    must be signed by.

    ``drop``: a folder for files of HL7 messages, relative to the home; empty for none.
    """

    host: str = "127.0.0.1"
    port: int = 2575
    allow: list[str] = field(default_factory=list)
    max_connections: int = 256
    max_connections_per_peer: int = 128
    max_message_bytes: int = 16 * 1024 * 1024
    frame_deadline_seconds: float = 30.0
    idle_seconds: float = 0.0
    tls_certificate: str = ""
    tls_key: str = ""
    tls_clients: str = ""
    profile: str = "generic"
    drop: str = ""


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """A further listener for a sender with another dialect; all else is as under ``[bridge]``."""

    name: str = ""
    port: int = 0
    profile: str = "generic"


@dataclass(frozen=True, slots=True)
class PortalSettings:
    """The embedded portal's address, or the FHIR base of another one, and how it is polled.

    ``behind_proxy``: patients reach the embedded portal by https through a proxy on this machine.
    ``client_id``: as the other portal's token server knows this clinic (SMART Backend Services; empty: a
    fixed token), where that server is (empty: as the portal says), and what is asked for.
    """

    host: str = "127.0.0.1"
    port: int = 8443
    url: str = ""
    client_id: str = ""
    token_url: str = ""
    scope: str = "system/*.rs"
    behind_proxy: bool = False
    poll_seconds: float = 2.0
    page_size: int = 100


@dataclass(frozen=True, slots=True)
class OutboxSettings:
    """Where results and plans go back to the EHR (HL7 v2 over MLLP); an empty host: nothing goes back.

    The names are those of MSH-3 to MSH-6; ``answer_seconds`` is how long an acknowledgement is waited for.

    ``tls``: encrypted. The files are relative to the home: the authority that signed the receiver's
    certificate (empty: those that this machine trusts), and a certificate to show, with its key.
    """

    host: str = ""
    port: int = 6661
    sending_application: str = "COMMONGROUND"
    sending_facility: str = "CLINIC"
    receiving_application: str = "EHR"
    receiving_facility: str = "HOSPITAL"
    answer_seconds: float = 30.0
    tls: bool = False
    tls_authority: str = ""
    tls_certificate: str = ""
    tls_key: str = ""


@dataclass(frozen=True, slots=True)
class KeySettings:
    """Where the keys are: a file of mode 0600, relative to the home; empty for the system's key store."""

    key_file: str = ""


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """Where the main store is: empty for the encrypted file in the home."""

    url: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of one home, by section."""

    clinic: ClinicSettings = field(default_factory=ClinicSettings)
    bridge: BridgeSettings = field(default_factory=BridgeSettings)
    portal: PortalSettings = field(default_factory=PortalSettings)
    outbox: OutboxSettings = field(default_factory=OutboxSettings)
    keys: KeySettings = field(default_factory=KeySettings)
    store: StoreSettings = field(default_factory=StoreSettings)
    channel: tuple[ChannelSettings, ...] = ()


def known_keys() -> frozenset[tuple[str, str]]:
    """Every (section, key) that a settings file may hold, but those of ``[[channel]]``."""
    parts = (part.name for part in fields(Settings) if part.name != CHANNEL)
    return frozenset((part, key.name) for part in parts for key in fields(getattr(Settings(), part)))


def load_settings(home: Home) -> Settings:
    """Read and check the home's settings file.

    Raises EnvironmentFault HOME-MISSING, or SETTINGS-INVALID naming line, key and reason.
    """
    home.require()
    try:
        text = home.settings.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except (OSError, UnicodeDecodeError) as error:
        raise _invalid(f"{home.settings} cannot be read as UTF-8 text") from error
    return parse_settings(text)


def parse_settings(text: str) -> Settings:
    """Settings from the text of a file; raises EnvironmentFault SETTINGS-INVALID."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _invalid(f"it is not TOML: {error}") from error
    for section, values in document.items():
        for one in values if section == CHANNEL and isinstance(values, list) else [values]:
            _check_section(text, section, one)
    settings = Settings(
        clinic=ClinicSettings(**document.get("clinic", {})),
        bridge=BridgeSettings(**document.get("bridge", {})),
        portal=PortalSettings(**document.get("portal", {})),
        outbox=OutboxSettings(**document.get("outbox", {})),
        keys=KeySettings(**document.get("keys", {})),
        store=StoreSettings(**document.get("store", {})),
        channel=tuple(ChannelSettings(**one) for one in document.get(CHANNEL, ())),
    )
    reason = contradiction(settings)
    if reason:
        raise _invalid(reason)
    return settings


def contradiction(settings: Settings) -> str:
    """What does not go together, empty where all does."""
    bridge = settings.bridge
    if not is_loopback(bridge.host) and not bridge.allow:
        return (
            'bridge.allow must name who may connect (such as ["10.1.2.0/24"])'
            " where bridge.host is not this machine"
        )
    if bool(bridge.tls_certificate) != bool(bridge.tls_key):
        return "bridge.tls_certificate and bridge.tls_key go together"
    if bridge.tls_clients and not bridge.tls_certificate:
        return "bridge.tls_clients needs bridge.tls_certificate and bridge.tls_key"
    if reason := _outbox_contradiction(settings.outbox):
        return reason
    names = [one.name for one in settings.channel]
    ports = [one.port for one in settings.channel if one.port] + [bridge.port]
    if "" in names or len(set(names)) != len(names):
        return "every [[channel]] needs a name of its own"
    if len(set(ports)) != len(ports):
        return "every [[channel]] needs a port of its own"
    return ""


def _outbox_contradiction(outbox: OutboxSettings) -> str:
    if bool(outbox.tls_certificate) != bool(outbox.tls_key):
        return "outbox.tls_certificate and outbox.tls_key go together"
    if (outbox.tls_authority or outbox.tls_certificate) and not outbox.tls:
        return "the tls_ files under [outbox] need outbox.tls = true: without it nothing is encrypted"
    return ""


def filled_template(values: Mapping[tuple[str, str], object], resources: Resources | None = None) -> str:
    """The text of a new settings file: every key commented out, but those given here.

    Raises EnvironmentFault SETTINGS-INVALID for a value that the file must not hold.
    """
    lines = (resources or Resources()).text(TEMPLATE).split("\n")
    section = ""
    for index, line in enumerate(lines):
        section = _header(line) or section
        key = _commented_key(line)
        if (section, key) in values:
            lines[index] = f"{key} = {json.dumps(values[section, key], ensure_ascii=False)}"
    text = "\n".join(lines)
    parse_settings(text)
    return text


def _check_section(text: str, section: str, values: object) -> None:
    if section not in CHECKS or not isinstance(values, dict):
        raise _invalid(f"line {_line_of(text, section, None)}: [{section}] is not a known section")
    for key, value in values.items():
        check = CHECKS[section].get(key)
        reason = check(value) if check else "is not a known key"
        if reason:
            raise _invalid(f"line {_line_of(text, section, key)}: {section}.{key} {reason}")


def _line_of(text: str, section: str, key: str | None) -> int:
    """The line where a key stands, or its section where the key is written in another way (``a.b = 1``)."""
    found, inside = 1, False
    for number, line in enumerate(text.split("\n"), 1):
        header = _header(line)
        if header:
            inside = header == section
        starts = re.match(r"\s*[\"']?([\w-]+)[\"']?\s*[.=]", line)
        name = starts.group(1) if starts else ""
        if inside and key is not None and name == key:
            return number
        if header == section or (not inside and name == section):
            found = number
    return found


def _header(line: str) -> str:
    match = re.match(r"\s*\[+\s*([\w-]+)", line)
    return match.group(1) if match else ""


def _commented_key(line: str) -> str:
    match = re.match(r"# (\w+) = ", line)
    return match.group(1) if match else ""


def _invalid(what: str) -> EnvironmentFault:
    return EnvironmentFault(
        "SETTINGS-INVALID",
        f"the settings (commonground.toml) cannot be used: {what}",
        "Correct that line, or put # before it to get the default, then start again.",
    )
