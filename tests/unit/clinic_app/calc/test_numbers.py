"""Computed numbers name their method."""

from clinic_app.calc.numbers import Computed


def test_the_label_is_method_and_version() -> None:
    assert Computed(82.0, "%", "GLI Global", "2022").label == "GLI Global 2022"
