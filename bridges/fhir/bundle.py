"""A search answer taken apart: each resource as the very bytes that stood in the bundle, and where to go
on."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b

import msgspec

from clinic_app.model.errors import EnvironmentFault
from clinic_app.model.moment import Moment

_SKIPPED_MODES = frozenset({"include", "outcome"})


@dataclass(frozen=True, slots=True)
class Record:
    """One resource of a bundle.

    Attributes:
        type, id, version: from the resource itself; empty where it does not say.
        updated: ``meta.lastUpdated`` as sent; None where missing or no date.
        raw: its bytes, cut from the bundle without any change.
        when: instant of the last update. control_id: ``Type/id/_history/version``; the time of the update
        where the server keeps no versions. digest: by which a repeated record is known: name, version and
        bytes.
    """

    type: str
    id: str
    version: str
    updated: Moment | None
    raw: bytes
    when: datetime | None = field(init=False)
    control_id: str = field(init=False)
    digest: bytes = field(init=False)

    def __post_init__(self) -> None:
        """What is asked for again and again is found once."""
        version = self.version or ("" if self.updated is None else self.updated.text)
        name = f"{self.type}/{self.id}/_history/{version}"
        object.__setattr__(self, "when", None if self.updated is None else self.updated.start)
        object.__setattr__(self, "control_id", name)
        digest = blake2b(name.encode("utf-8", "surrogatepass") + b"\n" + self.raw, digest_size=16).digest()
        object.__setattr__(self, "digest", digest)


@dataclass(frozen=True, slots=True)
class Bundle:
    """What a page holds.

    Attributes:
        records: in the order of the page.
        next: address of the next page as sent, empty where there is none.
        self: the question as the server understood it, empty where it does not say.
    """

    records: Sequence[Record]
    next: str
    self: str


class _Meta(msgspec.Struct):
    versionId: object = None
    lastUpdated: object = None


class _Header(msgspec.Struct):
    resourceType: object = None
    id: object = None
    meta: _Meta | None = None


class _Search(msgspec.Struct):
    mode: object = None


class _Entry(msgspec.Struct):
    # Not `Raw | None`: msgspec then takes nothing but null.
    resource: msgspec.Raw = msgspec.Raw()
    search: _Search | None = None


class _Link(msgspec.Struct):
    relation: str = ""
    url: str = ""


class _Bundle(msgspec.Struct):
    resourceType: str
    entry: list[_Entry] = []
    link: list[_Link] = []


_BUNDLES = msgspec.json.Decoder(_Bundle)
_HEADERS = msgspec.json.Decoder(_Header)


def not_fhir(what: str) -> EnvironmentFault:
    """The fault of an answer that is no FHIR search result."""
    return EnvironmentFault(
        "PORTAL-ANSWER",
        f"the portal's answer {what}",
        "Check the portal's address in commonground.toml; it is asked again by itself.",
    )


def read_bundle(body: bytes) -> Bundle:
    """Take a searchset apart; raises EnvironmentFault PORTAL-ANSWER for anything else.

    A resource that cannot be read further is kept all the same, without a name: it lands, and is held there.
    """
    try:
        bundle = _BUNDLES.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise not_fhir("is not a FHIR bundle") from error
    if bundle.resourceType != "Bundle":
        raise not_fhir("is not a FHIR bundle")
    links = {link.relation: link.url for link in bundle.link}
    found = [
        _record(bytes(entry.resource))
        for entry in bundle.entry
        if _wanted(entry) and bytes(entry.resource) not in (b"", b"null")
    ]
    return Bundle(found, links.get("next", ""), links.get("self", ""))


def _wanted(entry: _Entry) -> bool:
    return entry.search is None or entry.search.mode not in _SKIPPED_MODES


def _record(raw: bytes) -> Record:
    try:
        header = _HEADERS.decode(raw)
    except (msgspec.MsgspecError, RecursionError):
        return Record("", "", "", None, raw)
    meta = header.meta or _Meta()
    return Record(
        _text(header.resourceType), _text(header.id), _text(meta.versionId), _moment(meta.lastUpdated), raw
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _moment(value: object) -> Moment | None:
    try:
        return Moment(_text(value))
    except ValueError:
        return None
