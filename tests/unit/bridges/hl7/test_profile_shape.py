"""Where a place of a profile stands in its text."""

import pytest

from bridges.hl7.profile_shape import ProfileProblem, check_shape, line_of

TEXT = """name = "x"
[site]
charset = "a"

[identifiers.authorities]
"A B" = "C"

[[culture]]
key = "1"
[[culture]]
key = "2"
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("name",), 1),
        (("site",), 2),
        (("site", "charset"), 3),
        (("site", "other"), 2),
        (("identifiers", "authorities"), 5),
        (("culture", 0, "key"), 9),
        (("culture", 1, "key"), 11),
        (("culture", 1), 10),
        (("nowhere",), 0),
    ],
)
def test_lines(path: tuple[str | int, ...], line: int) -> None:
    assert line_of(TEXT, path) == line


def test_a_problem_names_its_place_as_people_write_it() -> None:
    assert ProfileProblem(("culture", 1, "key"), "x").key == "culture[2].key"
    with pytest.raises(ProfileProblem) as caught:
        check_shape(
            {"name": "x", "edition": "1", "extends": "generic", "identifiers": {"authorities": {"a": 1}}}
        )
    assert (caught.value.key, caught.value.reason) == ("identifiers.authorities", "must be pairs of texts")
