"""Every error says what happened, that nothing was lost, and what to do."""

import pytest

from clinic_app.model import errors

FAMILIES = [
    (errors.SenderFault, 1),
    (errors.EnvironmentFault, 1),
    (errors.ProgramFault, 1),
    (errors.UseFault, 2),
    (errors.AccessDenied, 1),
]


@pytest.mark.parametrize(("family", "status"), FAMILIES)
def test_the_one_line_and_the_exit_status(family: type[errors.CommonGroundError], status: int) -> None:
    error = family("SOME-CODE", "it broke.", "Mend it.")
    assert str(error) == "SOME-CODE: it broke. Nothing was lost. Mend it."
    assert (error.code, error.what, error.mend, error.exit_status) == (
        "SOME-CODE",
        "it broke",
        "Mend it.",
        status,
    )
    assert isinstance(error, errors.CommonGroundError)
