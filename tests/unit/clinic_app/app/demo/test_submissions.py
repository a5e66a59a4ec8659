from clinic_app.app.demo.scenario import DemoClinic
from clinic_app.app.demo.submissions import Resource, with_subject


def responses(demo_clinic: DemoClinic, mrn: str) -> list[Resource]:
    return [r for r in demo_clinic.submissions[mrn] if r["resourceType"] == "QuestionnaireResponse"]


def topics(resource: Resource) -> list[tuple[str, str]]:
    found = []
    for group in resource["item"]:
        if group["linkId"].startswith("topic-"):
            text, audience = group["item"]
            found.append((text["answer"][0]["valueString"], audience["answer"][0]["valueCoding"]["code"]))
    return found


def test_most_people_send_something_and_some_nothing(demo_clinic: DemoClinic) -> None:
    assert 25 <= len(demo_clinic.submissions) < len(demo_clinic.people)


def test_the_falling_person_says_so_in_their_own_words(demo_clinic: DemoClinic) -> None:
    newest = responses(demo_clinic, demo_clinic.people[0].mrn)[-1]
    assert topics(newest)[0] == ("I cough more at night and I am tired at work.", "shared")


def test_who_speaks_spanish_writes_spanish(demo_clinic: DemoClinic) -> None:
    spanish = set(demo_clinic.data.topics["es"])
    for person in demo_clinic.people:
        if person.slot.portal and person.slot.language == "es":
            said = {text for resource in responses(demo_clinic, person.mrn) for text, _ in topics(resource)}
            assert said <= spanish


def test_answers_lie_between_nought_and_ten_and_fall_in_illness(demo_clinic: DemoClinic) -> None:
    for mrn in demo_clinic.submissions:
        for resource in responses(demo_clinic, mrn):
            how = next(group for group in resource["item"] if group["linkId"] == "how")
            assert all(0 <= item["answer"][0]["valueInteger"] <= 10 for item in how["item"])
    falling = responses(demo_clinic, demo_clinic.people[0].mrn)
    assert overall(falling[-1]) < max(overall(resource) for resource in falling[:-1])


def overall(resource: Resource) -> int:
    how = next(group for group in resource["item"] if group["linkId"] == "how")
    score: int = how["item"][0]["answer"][0]["valueInteger"]
    return score


def test_home_measurements_have_units_and_days(demo_clinic: DemoClinic) -> None:
    observations = [
        resource
        for resources in demo_clinic.submissions.values()
        for resource in resources
        if resource["resourceType"] == "Observation"
    ]
    assert {o["valueQuantity"]["code"] for o in observations} == {"kg", "L"}
    assert all(o["effectiveDateTime"] <= demo_clinic.now.isoformat() for o in observations)


def test_the_subject_is_also_who_says_it() -> None:
    person = {"reference": "Patient/7"}
    response = with_subject({"resourceType": "QuestionnaireResponse"}, "7")
    assert response["subject"] == response["author"] == person
    assert with_subject({"resourceType": "Observation"}, "7")["performer"] == [person]
