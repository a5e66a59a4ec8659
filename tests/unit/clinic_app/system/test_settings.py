"""The settings file: template, defaults and keys agree; an error names line, key and reason."""

import re
from pathlib import Path

import pytest

from clinic_app.model.errors import EnvironmentFault
from clinic_app.system.paths import Home
from clinic_app.system.resources import Resources
from clinic_app.system.settings import (
    TEMPLATE,
    ChannelSettings,
    Settings,
    filled_template,
    known_keys,
    load_settings,
    parse_settings,
)


def uncommented(template: str) -> str:
    return re.sub(r"^# (?=\w+ = )", "", template, flags=re.MULTILINE)


def test_the_template_names_every_key_with_its_default() -> None:
    text = Resources().text(TEMPLATE)
    assert parse_settings(text) == Settings()
    assert parse_settings(uncommented(text)) == Settings()
    section, found = "", []
    for line in text.split("\n"):
        if header := re.fullmatch(r"\[(\w+)\]", line):
            section = header.group(1)
        if key := re.match(r"# (\w+) = ", line):
            found.append((section, key.group(1)))
    assert sorted(found) == sorted(known_keys())


def test_given_values_stand_in_a_new_file() -> None:
    text = filled_template(
        {("keys", "key_file"): 'C:\\keys\\a "b".key', ("bridge", "port"): 0, ("clinic", "name"): "Ñ"}
    )
    settings = parse_settings(text)
    assert settings.keys.key_file == 'C:\\keys\\a "b".key'
    assert (settings.bridge.port, settings.clinic.name) == (0, "Ñ")
    assert settings.portal == Settings().portal
    with pytest.raises(EnvironmentFault, match="SETTINGS-INVALID"):
        filled_template({("bridge", "port"): -1})


def test_read_from_a_home(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with pytest.raises(EnvironmentFault, match="HOME-MISSING"):
        load_settings(home)
    home.settings.write_bytes(b'\xef\xbb\xbf[clinic]\r\nlanguage = "es"\r\nviewing_distance_m = 2\r\n')
    assert load_settings(home).clinic.language == "es"
    assert load_settings(home).clinic.viewing_distance_m == 2
    home.settings.write_bytes(b"\xff")
    with pytest.raises(EnvironmentFault, match="SETTINGS-INVALID.*UTF-8"):
        load_settings(home)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("clinic.name = ''", "must not be empty"),
        ("clinic.name = 3", "must be a text"),
        ('clinic.name = "a\\nb"', "must be a text"),
        ("clinic.language = 'de'", 'must be "en" or "es"'),
        ("clinic.demonstration = 1", "must be true or false"),
        ("clinic.viewing_distance_m = 0.1", "must be a number from 0.4 to 5"),
        ("clinic.viewing_distance_m = nan", "must be a number"),
        ("clinic.screen_inches = true", "must be a number"),
        ("bridge.port = 65536", "must be a whole number from 0 to 65535"),
        ("bridge.port = 1.5", "must be a whole number"),
        ("bridge.port = true", "must be a whole number"),
        ("bridge.max_message_bytes = 1", "must be a whole number"),
        ("bridge.frame_deadline_seconds = 'x'", "must be a number"),
        ("bridge.profile = '../x'", "must be the name of a site profile"),
        ("portal.host = '0.0.0.0'", "must be a loopback address"),
        ("portal.host = 1", "must be a loopback address"),
        ("portal.url = 'http://portal.example/fhir'", "must be empty or an https address"),
        ("portal.url = 'https://user:secret@portal.example'", "must be empty or an https address"),
        ("portal.url = 'https://portal.example/?a=b'", "must be empty or an https address"),
        ("portal.url = 'https://[x'", "must be empty or an https address"),
        ("portal.url = 7", "must be empty or an https address"),
        ("store.url = 'postgresql://db'", "must stay empty"),
        ("clinic.colour = 1", "is not a known key"),
    ],
)
def test_a_wrong_value_is_named(line: str, reason: str) -> None:
    section, assignment = line.split(".", 1)
    key = assignment.split(" ")[0]
    with pytest.raises(EnvironmentFault) as caught:
        parse_settings(f"# one\n[keys]\n\n[{section}]\n# {key} = 1\n{assignment}\n")
    assert caught.value.code == "SETTINGS-INVALID"
    assert f"line 6: {section}.{key} {reason}" in str(caught.value)


def test_the_line_of_other_forms() -> None:
    for text in (
        "\nclinic = {name = ''}",
        "\nclinic.name = ''",
        "\n[clinic]\n'name' = ''",
        "\n[clinic]\nname=''",
    ):
        with pytest.raises(EnvironmentFault, match="line [23]: clinic.name"):
            parse_settings(text)


@pytest.mark.parametrize("text", ["\n[[clinic]]\nname='a'", "\n[colour]", "\ncolour = 1", "\nclinic = 3"])
def test_a_wrong_section_is_named(text: str) -> None:
    with pytest.raises(EnvironmentFault, match=r"line 2: \[(clinic|colour)\] is not a known section"):
        parse_settings(text)


def test_what_is_not_toml_is_named_with_its_line() -> None:
    with pytest.raises(EnvironmentFault, match="SETTINGS-INVALID.*is not TOML.*line 2"):
        parse_settings("[clinic]\nname = \n")


@pytest.mark.parametrize(
    "url",
    [
        "https://portal.example/fhir",
        "http://127.0.0.1:40124/fhir",
        "http://localhost:1",
        "http://[::1]:1/fhir",
    ],
)
def test_good_portal_addresses(url: str) -> None:
    assert parse_settings(f'[portal]\nurl = "{url}"').portal.url == url


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[bridge]\nhost = '0.0.0.0'", "bridge.allow must name who may connect"),
        ("[bridge]\nallow = ['10.0.0.1/8']", "must be a list of addresses"),
        ("[bridge]\nallow = [7]", "must be a list of addresses"),
        ("[bridge]\nallow = '10.0.0.1'", "must be a list of addresses"),
        ("[bridge]\nidle_seconds = 1", "must be 0, or a number from 5 to 86400"),
        ("[bridge]\ntls_key = 'a.pem'", "go together"),
        ("[bridge]\ntls_clients = 'a.pem'", "needs bridge.tls_certificate"),
        ("[outbox]\ntls = true\ntls_key = 'a.pem'", "outbox.tls_certificate and outbox.tls_key go together"),
        ("[outbox]\ntls_authority = 'a.pem'", "need outbox.tls = true"),
        ("[outbox]\nanswer_seconds = 0", "must be a number from 1 to 600"),
        ("[[channel]]\nport = 2576", "needs a name of its own"),
        ("[[channel]]\nname = 'a'\nport = 2575", "needs a port of its own"),
        ("[[channel]]\nname = 'a'\nport = 1\n[[channel]]\nname = 'a'\nport = 2", "needs a name of its own"),
        ("[[channel]]\nname = 'a'\nport = 0", "must be a whole number from 1 to 65535"),
        ("channel = 1", "line 1: \\[channel\\] is not a known section"),
    ],
)
def test_what_does_not_go_together_is_said(text: str, reason: str) -> None:
    with pytest.raises(EnvironmentFault, match=reason):
        parse_settings(text)


def test_a_listener_for_the_network_with_channels_and_certificates() -> None:
    settings = parse_settings(
        """
        [bridge]
        host = "0.0.0.0"
        allow = ["10.1.2.3", "fd00::/8"]
        idle_seconds = 600
        tls_certificate = "tls/cert.pem"
        tls_key = "tls/key.pem"
        tls_clients = "tls/hospital.pem"
        [[channel]]
        name = "laboratory"
        port = 2576
        profile = "lab"
        """
    )
    assert settings.bridge.allow == ["10.1.2.3", "fd00::/8"]
    assert settings.channel == (ChannelSettings("laboratory", 2576, "lab"),)
