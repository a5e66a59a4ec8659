from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridges import strict_json

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**15), 10**15)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(st.text(st.characters(codec="ascii", exclude_characters="\0")), inner)
    ),
    max_leaves=20,
)


def test_numbers_keep_their_digits_both_ways() -> None:
    raw = b'{"a":31.0,"b":0.10,"c":1E+5,"d":7}'
    assert strict_json.read(raw) == {"a": Decimal("31.0"), "b": Decimal("0.10"), "c": Decimal("1E+5"), "d": 7}
    assert strict_json.write(strict_json.read(raw)) == raw


@given(VALUES)
def test_what_is_written_is_read_back(value: object) -> None:
    assert strict_json.read(strict_json.write(value)) == value


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b'{"a":NaN}', "NaN"),
        (b'{"a":-Infinity}', "Infinity"),
        (b'{"a":1,"a":2}', "twice"),
        (b"[" * 65 + b"]" * 65, "deeper"),
        (b"[" * 100_000, "deeper"),
        (b'{"a":"\xff"}', "UTF-8 at byte 6"),
        (b'{"a":', "not JSON"),
        (b'{"a":"\\ud800"}', "a character"),
        (b'{"a":["\\u0000"]}', "a character"),
        (b'{"\\u0000":1}', "a character"),
        pytest.param(b'{"a":' + b"1" * 5000 + b"}", "digits", id="many digits"),
    ],
)
def test_what_python_lets_through_is_refused(raw: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        strict_json.read(raw)


def test_brackets_within_texts_are_no_depth() -> None:
    assert strict_json.read(b'["' + b"[" * 100 + b'\\"{"]') == ["[" * 100 + '"{']


def test_only_an_object_is_an_object() -> None:
    assert strict_json.read_object(b'{"a":"\\u00e9"}') == {"a": "é"}
    with pytest.raises(ValueError, match="object"):
        strict_json.read_object(b"[1]")
