from collections import Counter
from datetime import date

import pytest

from clinic_app.app.demo.people import clinic_from, make_people, read_clinic, those_of_today

TODAY = date(2026, 11, 23)


def test_there_are_forty_people_from_two_to_fifty_of_both_sexes() -> None:
    people = make_people(read_clinic(), 20, TODAY)
    assert len(people) == 40
    assert {person.build.sex for person in people} == {"male", "female"}
    ages = [int(person.age(TODAY)) for person in people]
    assert min(ages) == 2
    assert max(ages) == 50
    assert [person.slot.age for person in people] == ages


def test_the_same_seed_and_day_draw_the_same_people() -> None:
    assert make_people(read_clinic(), 3, TODAY) == make_people(read_clinic(), 3, TODAY)
    assert make_people(read_clinic(), 3, TODAY) != make_people(read_clinic(), 4, TODAY)


@pytest.mark.parametrize("seed", range(12))
def test_only_the_twins_share_a_name(seed: int) -> None:
    people = make_people(read_clinic(), seed, TODAY)
    shared = [name for name, times in Counter((p.family, p.given) for p in people).items() if times > 1]
    twins = [person for person in people if person.slot.story == "twin"]
    assert shared == [(twins[0].family, twins[0].given)]
    assert len(twins) == 2
    assert twins[0].birth != twins[1].birth
    assert len({person.mrn for person in people}) == len(people)


def test_todays_people_come_in_the_order_of_their_time() -> None:
    times = [person.slot.today for person in those_of_today(make_people(read_clinic(), 20, TODAY))]
    assert 7 <= len(times) <= 9
    assert times == sorted(times)


def test_a_story_that_nobody_knows_is_refused() -> None:
    slot = {"age": 3, "sex": "male", "language": "en", "today": "", "story": "unheard", "portal": True}
    names = {"families": ["Sample"], "male": ["Tobi"], "female": ["Maya"]}
    with pytest.raises(ValueError, match="not understood"):
        clinic_from({"authority": "DEMO", "names": names, "topics": {}, "slot": [slot]})
