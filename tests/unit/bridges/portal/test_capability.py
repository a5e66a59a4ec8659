from bridges.portal.capability import TYPES
from tests.unit.bridges.portal.house import House, body


def test_the_statement_is_open_and_names_what_works(house: House) -> None:
    reply = house.fhir("GET", "metadata", authorization="")
    statement = body(reply)
    assert (reply.status, statement["fhirVersion"]) == (200, "4.0.1")
    listed = statement["rest"][0]["resource"]
    assert [resource["type"] for resource in listed] == list(TYPES)
    for resource in listed:
        assert house.fhir("GET", resource["type"]).status == 200
        for parameter in resource["searchParam"]:
            value = "2026" if parameter["type"] == "date" else "x"
            assert house.fhir("GET", f"{resource['type']}?{parameter['name']}={value}").status == 200
