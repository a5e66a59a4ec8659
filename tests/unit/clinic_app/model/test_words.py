"""English needs no catalogue."""

from clinic_app.model.words import English


def test_named_places_are_filled_in() -> None:
    words = English()
    assert words.language == "en"
    assert (
        words("Lung strength went from {old} to {new}.", old=82, new=76)
        == "Lung strength went from 82 to 76."
    )
    assert words("100 {braces} stay") == "100 {braces} stay"


def test_one_and_many() -> None:
    words = English()
    assert words.plural("{count} day of {name}", "{count} days of {name}", 1, name="x") == "1 day of x"
    assert words.plural("{count} day", "{count} days", 0) == "0 days"
