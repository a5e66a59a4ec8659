"""The pre-visit questionnaire as the pages need it, read from its FHIR resource (texts, translations,
bounds)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from bridges import strict_json
from bridges.strict_json import Json

NAME = "questionnaires/pre_visit.json"
_TRANSLATION = "http://hl7.org/fhir/StructureDefinition/translation"
_CONTROL = "http://hl7.org/fhir/StructureDefinition/questionnaire-itemControl"
_UNITS = "http://hl7.org/fhir/StructureDefinition/questionnaire-unitOption"
_UNIT = "http://hl7.org/fhir/StructureDefinition/questionnaire-unit"


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that can be chosen: system, code, and its words by language."""

    system: str
    code: str
    words: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Item:
    """One item of the questionnaire.

    Attributes:
        link: stable link id. kind: FHIR item type. words: text by language. most: longest text, 0 for any.
        choices: answer options, or units of a quantity.
        hints: words of its help (what it is used for), lower and upper end, by name and language.
        items: members of a group.
    """

    link: str
    kind: str
    words: Mapping[str, str]
    most: int = 0
    choices: Sequence[Choice] = ()
    hints: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    items: Sequence["Item"] = ()

    def hint(self, name: str, language: str) -> str:
        """Help, lower or upper, in a language (English where it has none); empty where there is none."""
        return spoken(self.hints.get(name, {}), language)


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """The whole: its canonical address with version, its groups, and the resource as it is served."""

    canonical: str
    groups: Sequence[Item]
    resource: Json

    def item(self, link: str) -> Item:
        """The item of this link id; raises KeyError where there is none."""
        return {item.link: item for item in walk(self.groups)}[link]


def spoken(words: Mapping[str, str], language: str) -> str:
    """Words in a language, in English where it has none."""
    return words.get(language, words.get("en", ""))


def walk(items: Sequence[Item]) -> Iterator[Item]:
    """All items, groups before their members."""
    for item in items:
        yield item
        yield from walk(item.items)


def read_questionnaire(raw: bytes) -> Questionnaire:
    """Read the shipped resource; raises ValueError or KeyError where it is broken."""
    resource = strict_json.read_object(raw)
    canonical = f"{resource['url']}|{resource['version']}"
    return Questionnaire(canonical, [_item(part) for part in _parts(resource, "item")], resource)


def _parts(node: Mapping[str, object], name: str) -> Sequence[dict[str, Any]]:
    return cast("Sequence[dict[str, Any]]", node.get(name) or ())


def _item(node: dict[str, Any]) -> Item:
    inner = _parts(node, "item")
    hints = {_control(part): _words(part, "text") for part in inner if part["type"] == "display"}
    return Item(
        link=node["linkId"],
        kind=node["type"],
        words=_words(node, "text"),
        most=int(node.get("maxLength", 0)),
        choices=[*_options(node), *_units(node)],
        hints=hints,
        items=[_item(part) for part in inner if part["type"] != "display"],
    )


def _words(node: dict[str, Any], name: str) -> dict[str, str]:
    words = {"en": str(node[name])}
    for extension in _parts(node.get(f"_{name}", {}), "extension"):
        if extension["url"] == _TRANSLATION:
            parts = {part["url"]: part for part in extension["extension"]}
            words[parts["lang"]["valueCode"]] = parts["content"]["valueString"]
    return words


def _control(node: dict[str, Any]) -> str:
    controls = [part for part in _parts(node, "extension") if part["url"] == _CONTROL]
    return str(controls[0]["valueCodeableConcept"]["coding"][0]["code"])


def _options(node: dict[str, Any]) -> list[Choice]:
    codings = [option["valueCoding"] for option in _parts(node, "answerOption")]
    return [Choice(coding["system"], coding["code"], _words(coding, "display")) for coding in codings]


def _units(node: dict[str, Any]) -> list[Choice]:
    codings = [part["valueCoding"] for part in _parts(node, "extension") if part["url"] in (_UNITS, _UNIT)]
    return [Choice(coding["system"], coding["code"], _words(coding, "display")) for coding in codings]
