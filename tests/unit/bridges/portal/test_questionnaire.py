import json

import pytest

from bridges.portal.questionnaire import read_questionnaire, spoken, walk
from bridges.portal.render import LANGUAGES
from tests.unit.bridges.portal.house import questionnaire

QUESTIONS = [item for item in walk(questionnaire().groups) if item.kind not in ("group", "choice")]


def test_the_shape_that_the_translator_relies_on() -> None:
    asked = questionnaire()
    assert asked.canonical == "urn:commonground:questionnaire:pre-visit|1"
    assert [group.link for group in asked.groups] == ["matters", "how", "numbers"]
    assert asked.item("topic-2-audience").choices[1].code == "clinician"
    assert [choice.code for choice in asked.item("weight").choices] == ["kg", "[lb_av]"]
    assert [choice.code for choice in asked.item("home-fev1").choices] == ["L"]
    assert asked.item("own-words").most == 2000
    with pytest.raises(KeyError):
        asked.item("none")


def test_at_most_ten_questions_and_none_is_required() -> None:
    topics = [item for item in QUESTIONS if item.link.startswith("topic-")]
    assert len(QUESTIONS) - len(topics) + 1 <= 10
    assert '"required": true' not in json.dumps(questionnaire().resource)


def test_every_text_is_there_in_every_language() -> None:
    for item in walk(questionnaire().groups):
        for words in (item.words, *item.hints.values(), *(choice.words for choice in item.choices)):
            if words != {"en": "kg"} and words != {"en": "lb"}:
                assert set(words) == set(LANGUAGES), item.link


def test_every_question_says_what_it_is_used_for() -> None:
    for item in QUESTIONS:
        if not item.link.startswith("topic-"):
            assert item.hint("help", "en"), item.link
            assert item.hint("help", "es") != item.hint("help", "en")


def test_sentences_are_short_and_words_are_plain() -> None:
    for item in walk(questionnaire().groups):
        for text in (spoken(item.words, "en"), item.hint("help", "en")):
            for sentence in text.split("."):
                assert len(sentence.split()) <= 14, sentence


def test_a_language_that_is_missing_reads_english() -> None:
    assert spoken({"en": "yes"}, "es") == "yes"
    assert questionnaire().item("weight").hint("upper", "es") == ""


def test_a_broken_file_is_refused() -> None:
    for raw in (b"{}", b"[]", b'{"url":"a","version":"1","item":[{"linkId":"x"}]}'):
        with pytest.raises((ValueError, KeyError)):
            read_questionnaire(raw)
