"""Escape sequences: read as meant, written so that reading gives the same text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridges.hl7.escapes import components, decode, encode
from bridges.hl7.tokenizer import Segment, Separators, tokenize

USUAL = Separators()


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("plain", "plain"),
        (r"a\F\b\S\c\T\d\R\e\E\f", "a|b^c&d~e\\f"),
        (r"\P\ ", "# "),
        (r"\X41\ \X0d0A\ ", "A \r\n "),
        (r"\x41\ \x0d\\X42\ ", "A \rB "),
        (r"caf\XE9\ ", "café "),
        (r"one\.br\two", "one\ntwo"),
        (r"one\.sp\two\.sp2\three\.sp+1\x", "one\ntwo\n\nthree\nx"),
        (r"a\.sk3\b\.ce\c", "a   b\nc"),
        (r"\.in+4\a\.ti-2\b\.fi\c\.nf\d", "abcd"),
        (r"\H\bold\N\ plain", "bold plain"),
        (r"\C2842\ \M254A00\ \Zab\ ", r"\C2842\ \M254A00\ \Zab\ "),
        (r"C:\temp\file", r"C:\temp\file"),
        ("lone\\", "lone\\"),
        ("\\", "\\"),
        ("\\\\", "\\\\"),
        (r"\20\F\x", r"\20|x"),
        (r"\E\F\E\ ", "\\F\\ "),
        (r"\X4\ \XZZ\ \X\ ", r"\X4\ \XZZ\ \X\ "),
        (r"\.br \q\ \f\ ", r"\.br \q\ \f\ "),
        (r"\.sp999\ "[:-1], "\n" * 200),
    ],
)
def test_decode(written: str, meant: str) -> None:
    assert decode(written, USUAL) == meant


def test_bytes_in_hexadecimal_are_of_the_messages_character_set() -> None:
    assert decode(r"\XC3A9\ ", USUAL, ("utf-8",)) == "é "
    assert decode(r"\XC3\\xa9\ ", USUAL, ("utf-8",)) == "é "
    assert decode(r"\XE9\ ", USUAL, ("utf-8",)) == r"\XE9\ "
    assert decode(r"\XE9\ \XC3A9\ ", USUAL, ("utf-8", "cp1252")) == "é é "


def test_components_as_meant() -> None:
    line = r"OBX|1|TX|a^b \T\ c~d\F\e||x|\X41\^y"
    assert [[list(parts) for parts in field] for field in components(Segment(line, USUAL))] == [
        [["OBX"]],
        [["1"]],
        [["TX"]],
        [["a", "b & c"], ["d|e"]],
        [[""]],
        [["x"]],
        [["A", "y"]],
    ]
    header = components(tokenize(r"MSH|^~\&|A\T\B^c|").segments[0])
    assert [list(parts) for field in header for parts in field] == [
        ["MSH"],
        ["|"],
        ["^~\\&"],
        ["A&B", "c"],
        [""],
    ]
    assert components(Segment("NTE|plain", Separators("|", "", "", "", ""))) == [[["NTE"]], [["plain"]]]


def test_own_delimiters() -> None:
    marks = Separators("#", "*", "!", "?", "+", "%", "*!?+%")
    assert decode("?F??S??T??R??E??P?\\F\\", marks) == "#*+!?%\\F\\"
    assert encode("#*+!?%|", marks) == "?F??S??T??R??E??P?|"


def test_without_an_escape_character_nothing_is_an_escape_and_delimiters_are_left_out() -> None:
    marks = Separators("|", "^", "~", "", "&")
    assert decode(r"\F\ ", marks) == r"\F\ "
    assert encode("a|b^c\rd", marks) == "abcd"


def test_a_delimiter_that_is_not_used_still_has_its_escape() -> None:
    assert decode(r"\T\ ", Separators(subcomponent="")) == "& "


@given(
    st.text(),
    st.sampled_from(
        [USUAL, Separators("#", "*", "!", "?", "+", "%", "*!?+%"), Separators("|", "^", "~", "\\", "")]
    ),
)
def test_encode_is_the_inverse(text: str, marks: Separators) -> None:
    written = encode(text, marks)
    assert decode(written, marks, ("utf-8",)) == text
    used = {marks.field, marks.component, marks.repetition, marks.subcomponent, "\r", "\n", "\x0b", "\x1c"}
    assert not used & set(written)


@given(st.text(st.sampled_from("\\FSTREPXZC0.brspinHN4 ")))
def test_any_text_is_read(text: str) -> None:
    assert isinstance(decode(text, USUAL), str)
