"""From bytes to text: what MSH-18 declares, what the bytes show, what the site says.

No byte is ever replaced without a word: what cannot be decoded is kept (as a lone surrogate, which `visible`
writes as ``\\XE9\\``) and reported as a finding. Source: HL7 table 0211, HL7 2.5.1 chapter 2.15.9.18; names
as they are really sent.
"""

import codecs
import re
from dataclasses import dataclass

from bridges.hl7.tokenizer import Segment, Separators, find_header
from clinic_app.model.entries import Finding
from clinic_app.model.errors import SenderFault

DEFAULT_FALLBACK = "cp1252"
"""What undeclared bytes mean that are not UTF-8, unless the site says otherwise."""

_KNOWN = {
    "": "",
    "ASCII": "ascii",
    "USASCII": "ascii",
    "ISOIR6": "ascii",
    "ISO646": "ascii",
    "UNICODEUTF8": "utf-8",
    "UTF8": "utf-8",
    "UNICODE": "utf-8",
    "UNICODEUTF16": "utf-16",
    "UTF16": "utf-16",
    "ISOIR100": "iso8859-1",
    "ISOIR101": "iso8859-2",
    "ISOIR109": "iso8859-3",
    "ISOIR110": "iso8859-4",
    "ISOIR144": "iso8859-5",
    "ISOIR127": "iso8859-6",
    "ISOIR126": "iso8859-7",
    "ISOIR138": "iso8859-8",
    "ISOIR148": "iso8859-9",
    "ISOIR203": "iso8859-15",
    "LATIN1": "iso8859-1",
    "ISOIR13": "shift_jis",
    "ISOIR14": "shift_jis",
    "ISOIR87": "iso2022_jp",
    "ISOIR58": "gb18030",
    "ISOIR149": "euc_kr",
    "ISOIR166": "iso8859-11",
    "ISOIR192": "utf-8",
    "ISOIR159": "iso2022_jp_1",
    "GB18030": "gb18030",
    "GB180302000": "gb18030",
    "GB2312": "gb18030",
    "GBK": "gb18030",
    "KSX1001": "euc_kr",
    "BIG5": "big5",
    "CNS116431992": "big5",
    "SHIFTJIS": "shift_jis",
    "MACROMAN": "mac_roman",
    "CP437": "cp437",
    "CP850": "cp850",
}
_FAMILIES = (
    (re.compile(r"(?:ISO|UNICODE)?8859(\d{1,2})(?:\d{4})?"), "iso8859-"),
    (re.compile(r"(?:WINDOWS|CP|WIN|ANSI)(125[0-8])"), "cp"),
)
_WIDE = ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_MANY_BYTES = ("shift_jis", "iso2022_jp", "iso2022_jp_1", "gb18030", "euc_kr", "big5")
_ESCAPED = re.compile("[\ud800-\udfff]")
_CONTROLS = re.compile(b"[\x80-\x9f]")
"""Bytes that are control characters in Latin-1, which no text has, and quotation marks in cp1252."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text of a message, the codec it was read with, and remarks on how the bytes differ from what was
    declared."""

    text: str
    encoding: str
    findings: tuple[Finding, ...] = ()


def codec_of(name: str) -> str:
    """Python's codec for a name of MSH-18; empty for an empty name; raises LookupError for one that is not
    known."""
    plain = re.sub(r"[^A-Z0-9]", "", name.upper())
    if plain in _KNOWN:
        return _KNOWN[plain]
    for pattern, prefix in _FAMILIES:
        found = pattern.fullmatch(plain)
        if found:
            return codecs.lookup(prefix + found[1]).name
    raise LookupError(name)


def view(raw: bytes) -> tuple[str, str, bytes]:
    """The bytes as text from which they can be made again, the codec, and a UTF-16 byte order mark (left out
    of the text).

    UTF-8 where the bytes are that, UTF-16 where they show it, else Latin-1, which never fails.
    """
    mark, wide = _wide(raw)
    for encoding in (wide,) if wide else ("utf-8",):
        try:
            return raw[len(mark) :].decode(encoding), encoding, mark
        except UnicodeDecodeError:
            continue
    return raw.decode("latin-1"), "latin-1", b""


def decode(raw: bytes, fallback: str = DEFAULT_FALLBACK) -> Decoded:
    """The message as text; never fails. ``fallback`` is the site's codec for bytes that nothing declares."""
    mark, wide = _wide(raw)
    if wide:
        return _strictly(raw[len(mark) :], wide, "")
    declared, findings = _declared(raw)
    if declared.startswith("utf-16"):
        findings = (*findings, Finding("CHARSET-DIFFERS", "MSH-18 says UTF-16, the bytes are not"))
        declared = ""
    if raw.isascii() and not declared.startswith("iso2022"):
        return Decoded(raw.decode("ascii"), "ascii" if declared == "" else declared, findings)
    if declared in _MANY_BYTES:
        decoded = _strictly(raw, declared, declared)
        return Decoded(decoded.text, decoded.encoding, findings + decoded.findings)
    decoded = _single(raw, declared, fallback)
    return Decoded(decoded.text, decoded.encoding, findings + decoded.findings)


def readings(encoding: str, fallback: str = DEFAULT_FALLBACK) -> tuple[str, ...]:
    """Codecs to try in turn for bytes written in hexadecimal: read as the bytes of a message are, of which
    ``encoding`` is the codec that was used.

    UTF-8 where they are that, else the message's own, where that is no more than ASCII the site's. A set of
    several bytes stays alone, since some of its letters are valid UTF-8 by chance.
    """
    if encoding in _MANY_BYTES or encoding.startswith("utf-16"):
        return (encoding,)
    own = () if encoding in ("ascii", "utf-8") else (encoding,)
    return ("utf-8", *(own or (fallback,)))


def visible(text: str) -> str:
    r"""The text with every byte that could not be decoded written as an HL7 escape such as ``\XE9\``."""
    if text.isascii():
        return text
    return _ESCAPED.sub(lambda found: f"\\X{ord(found[0]) & 0xFF:02X}\\", text)


def _wide(raw: bytes) -> tuple[bytes, str]:
    for mark, encoding in _WIDE:
        if raw.startswith(mark):
            return mark, encoding
    head = raw[:6]
    if head == "MSH".encode("utf-16-le"):
        return b"", "utf-16-le"
    return b"", "utf-16-be" if head == "MSH".encode("utf-16-be") else ""


def _declared(raw: bytes) -> tuple[str, tuple[Finding, ...]]:
    """Codec that MSH-18 declares (of several the first known one, ISO 2022 first) and what is odd about
    it."""
    try:
        line, _ = find_header(raw[:4096].decode("latin-1"))
        separators = Separators.read(line)
    except SenderFault:
        return "", ()
    names = Segment(line, separators).repetitions(18)
    known, unknown = [], False
    for name in names:
        try:
            known.append(codec_of(name))
        except LookupError:
            unknown = True
    remark = Finding("CHARSET-UNKNOWN", "MSH-18 names a character set that is not known here")
    findings = (remark,) if unknown else ()
    switched = [codec for codec in known if codec.startswith("iso2022")]
    return next(iter(switched or [codec for codec in known if codec]), ""), findings


def _strictly(raw: bytes, encoding: str, declared: str) -> Decoded:
    try:
        return Decoded(raw.decode(encoding), encoding)
    except UnicodeDecodeError:
        text = raw.decode(encoding, "backslashreplace")
        return Decoded(text, encoding, (_undecodable(declared or encoding),))


def _single(raw: bytes, declared: str, fallback: str) -> Decoded:
    # Valid UTF-8 is UTF-8 whatever was declared: it hardly arises by chance from another set.
    if _fits(raw, "utf-8"):
        honest = declared in ("", "utf-8")
        return Decoded(raw.decode(), "utf-8", () if honest else (_differs(declared, "utf-8"),))
    text = raw.decode("utf-8", "surrogateescape")
    if declared in ("", "ascii", "utf-8"):
        mixed = declared == "utf-8" and any(c > "\x7f" for c in _ESCAPED.sub("", text))
        if mixed:
            return Decoded(text, "utf-8", (_undecodable("utf-8"),))
        encoding = fallback
        findings = (_differs(declared, fallback),) if declared else ()
    elif declared == "iso8859-1" and _CONTROLS.search(raw) and _fits(raw, "cp1252"):
        encoding, findings = "cp1252", (_differs(declared, "cp1252"),)
    else:
        encoding, findings = declared, ()
    text = raw.decode(encoding, "surrogateescape")
    if _ESCAPED.search(text):
        findings = (*findings, _undecodable(encoding))
    return Decoded(text, encoding, findings)


def _fits(raw: bytes, encoding: str) -> bool:
    try:
        raw.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _differs(declared: str, found: str) -> Finding:
    return Finding("CHARSET-DIFFERS", f"MSH-18 says {declared}, the bytes were read as {found}")


def _undecodable(encoding: str) -> Finding:
    text = f"some bytes are no {encoding}; they were kept and are shown as hexadecimal escapes"
    return Finding("UNDECODABLE-TEXT", text)
