"""Character sets: declared, shown, lying, undecodable."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridges.hl7.charsets import codec_of, decode, readings, view, visible


def message(text: str, charset: str, codec: str) -> bytes:
    return f"MSH|^~\\&|A|B|C|D|2024||ADT^A08|1|P|2.5|||||ESP|{charset}\rPID|1||1||{text}\r".encode(codec)


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("UNICODE UTF-8", "utf-8"),
        ("UTF-8", "utf-8"),
        ("utf8", "utf-8"),
        ("UNICODE", "utf-8"),
        ("8859/1", "iso8859-1"),
        ("ISO-8859-1", "iso8859-1"),
        ("ISO_8859-1:1987", "iso8859-1"),
        ("8859/15", "iso8859-15"),
        ("8859/2", "iso8859-2"),
        ("ISO IR6", "ascii"),
        ("ASCII", "ascii"),
        ("US-ASCII", "ascii"),
        ("cp1252", "cp1252"),
        ("WINDOWS-1252", "cp1252"),
        ("windows-1250", "cp1250"),
        ("GB 18030-2000", "gb18030"),
        ("KS X 1001", "euc_kr"),
        ("ISO IR87", "iso2022_jp"),
        ("UNICODE UTF-16", "utf-16"),
        ("", ""),
    ],
)
def test_names(name: str, codec: str) -> None:
    assert codec_of(name) == codec


@pytest.mark.parametrize("name", ["EBCDIC", "8859/77", "8859/12"])
def test_unknown_names(name: str) -> None:
    with pytest.raises(LookupError):
        codec_of(name)


@pytest.mark.parametrize(
    ("charset", "codec"),
    [
        ("UNICODE UTF-8", "utf-8"),
        ("", "utf-8"),
        ("8859/1", "latin-1"),
        ("8859/15", "iso8859-15"),
        ("cp1252", "cp1252"),
        ("", "cp1252"),
        ("~8859/1", "latin-1"),
        ("8859/1~8859/2", "latin-1"),
        ("GB 18030-2000", "gb18030"),
    ],
)
def test_honest_declarations_are_read_without_remark(charset: str, codec: str) -> None:
    decoded = decode(message("Núñez", charset, codec))
    assert "Núñez" in decoded.text
    assert decoded.findings == ()


@pytest.mark.parametrize(
    ("charset", "codec", "read_as"),
    [
        ("ASCII", "utf-8", "utf-8"),
        ("8859/1", "utf-8", "utf-8"),
        ("ASCII", "cp1252", "cp1252"),
        ("UTF-8", "cp1252", "cp1252"),
        ("8859/1", "cp1252", "cp1252"),
    ],
)
def test_a_lie_is_seen_through_and_told(charset: str, codec: str, read_as: str) -> None:
    decoded = decode(message("“Núñez”", charset, codec))
    assert "“Núñez”" in decoded.text
    assert decoded.encoding == read_as
    assert [finding.code for finding in decoded.findings] == ["CHARSET-DIFFERS"]


def test_latin_1_stays_latin_1_where_nothing_speaks_against_it() -> None:
    decoded = decode(message("Núñez", "8859/1", "latin-1"))
    assert (decoded.encoding, decoded.findings) == ("iso8859-1", ())
    # 81 is nothing in cp1252 either: then the declaration stands.
    assert decode(message("x", "8859/1", "ascii") + b"\x93\x81").encoding == "iso8859-1"


@pytest.mark.parametrize(
    ("charset", "codec", "name"),
    [
        ("ISO IR101", "iso8859-2", "Łucja"),
        ("ISO IR144", "iso8859-5", "Анна"),
        ("ISO IR126", "iso8859-7", "Άννα"),
        ("ISO IR138", "iso8859-8", "חנה"),
        ("ISO IR148", "iso8859-9", "Ayşe"),
        ("ISO IR203", "iso8859-15", "Œuvre €"),
        ("ISO IR109", "iso8859-3", "Ĝoja"),
        ("ISO IR110", "iso8859-4", "Ķēniņš"),
        ("ISO IR127", "iso8859-6", "هنا"),
        ("ISO IR166", "iso8859-11", "อันนา"),
        ("ISO IR58", "gb18030", "安娜"),
        ("ISO IR149", "euc_kr", "안나"),
        ("ISO IR192", "utf-8", "Анна"),
    ],
)
def test_registered_sets_of_iso_2375(charset: str, codec: str, name: str) -> None:
    decoded = decode(message(name, charset, codec))
    assert name in decoded.text
    assert decoded.findings == ()


def test_a_declaration_repeated_after_a_blank_one_counts() -> None:
    decoded = decode(message("Núñez", "~8859/1", "latin-1"))
    assert "Núñez" in decoded.text
    assert decoded.findings == ()


def test_the_site_says_what_undeclared_bytes_are() -> None:
    assert "Łucja" in decode(message("Łucja", "", "iso8859-2"), "iso8859-2").text
    assert decode(message("Ž", "", "iso8859-2"), "iso8859-2").findings == ()


def test_japanese_by_iso_2022_needs_no_high_byte() -> None:
    for charset in ("~ISO IR87", "ASCII~ISO IR87"):
        decoded = decode(message("山田", charset, "iso2022_jp"))
        assert "山田" in decoded.text
        assert decoded.encoding == "iso2022_jp"


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf_16_with_and_without_mark(codec: str) -> None:
    raw = message("Núñez", "UNICODE UTF-16", codec)
    mark = "\ufeff".encode(codec)
    assert decode(raw) == decode(mark + raw)
    assert "Núñez" in decode(raw).text
    assert decode(raw).encoding == codec
    assert decode(raw).findings == ()
    assert decode(raw + b"\0").findings[0].code == "UNDECODABLE-TEXT"


def test_utf_16_declared_over_plain_bytes() -> None:
    decoded = decode(message("Nunez", "UNICODE UTF-16", "ascii"))
    assert "Nunez" in decoded.text
    assert decoded.findings[0].code == "CHARSET-DIFFERS"


def test_an_unknown_name_is_told_and_the_fallback_used() -> None:
    decoded = decode(message("Núñez", "EBCDIC", "cp1252"))
    assert "Núñez" in decoded.text
    assert [finding.code for finding in decoded.findings] == ["CHARSET-UNKNOWN"]


def test_undecodable_bytes_are_kept_and_told() -> None:
    mixed = message("Núñez", "UNICODE UTF-8", "utf-8") + b"NTE|1||caf\xe9\r"
    decoded = decode(mixed)
    assert "Núñez" in decoded.text
    assert decoded.text.encode("utf-8", "surrogateescape") == mixed
    assert [finding.code for finding in decoded.findings] == ["UNDECODABLE-TEXT"]
    assert visible(decoded.text).endswith("caf\\XE9\\\r")
    undefined = message("x", "cp1252", "ascii") + b"\x81"
    assert [finding.code for finding in decode(undefined).findings] == ["UNDECODABLE-TEXT"]
    lost = message("x", "GBK", "ascii") + b"\xff\xff"
    assert [finding.code for finding in decode(lost).findings] == ["UNDECODABLE-TEXT"]


@pytest.mark.parametrize(
    ("encoding", "tried"),
    [
        ("ascii", ("utf-8", "cp1250")),
        ("utf-8", ("utf-8", "cp1250")),
        ("iso8859-1", ("utf-8", "iso8859-1")),
        ("shift_jis", ("shift_jis",)),
        ("utf-16-le", ("utf-16-le",)),
    ],
)
def test_bytes_in_escapes_are_read_as_those_of_the_message(encoding: str, tried: tuple[str, ...]) -> None:
    assert readings(encoding, "cp1250") == tried


def test_visible_leaves_good_text_alone() -> None:
    assert visible("plain") == "plain"
    assert visible("Núñez") == "Núñez"


def test_a_message_without_header_is_text_all_the_same() -> None:
    assert decode(b"PID|\xe9").text == "PID|é"
    assert decode(b"\xef\xbb\xbfMSH|^~\\&|A").text.endswith("MSH|^~\\&|A")


@given(st.binary(max_size=200))
def test_no_byte_is_ever_lost(raw: bytes) -> None:
    text, codec, mark = view(raw)
    assert mark + text.encode(codec) == raw
    decoded = decode(b"MSH|^~\\&|" + raw)
    if decoded.encoding in ("ascii", "utf-8", "cp1252"):
        assert decoded.text.encode(decoded.encoding, "surrogateescape") == b"MSH|^~\\&|" + raw
    visible(decode(raw).text).encode("utf-8")


@given(
    st.sampled_from(["8859/1", "8859/15", "cp1252", "ASCII", "UTF-8", "UTF-16", "GBK", "ISO IR87", "?"]),
    st.binary(),
)
def test_any_bytes_under_any_declaration(charset: str, rest: bytes) -> None:
    raw = message("", charset, "ascii") + rest
    visible(decode(raw).text).encode("utf-8")
