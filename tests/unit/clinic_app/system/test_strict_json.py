"""JSON is read as the standard says, and nothing else."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_app.system import strict_json

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(VALUES)
def test_what_python_writes_is_read_back(value: object) -> None:
    assert strict_json.loads(json.dumps(value)) == value


@pytest.mark.parametrize(
    "text",
    [
        "NaN",
        "[Infinity]",
        '{"a": 1, "a": 2}',
        "[" * 65 + "]" * 65,
        "[" * 100_000,
        "{",
        "",
        '{"a": -Infinity}',
    ],
)
def test_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the message differs by what is wrong
        strict_json.loads(text)


def test_brackets_in_texts_are_no_nesting() -> None:
    text = "[" * 100 + '\\"{'
    assert strict_json.loads(json.dumps([text])) == [text]


def test_nesting_to_the_limit() -> None:
    assert strict_json.loads("[" * 64 + "]" * 64) is not None
