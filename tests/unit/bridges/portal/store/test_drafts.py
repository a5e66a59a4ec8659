from tests.unit.bridges.portal.house import House


def test_drafts_gather_and_are_kept_apart(house: House) -> None:
    drafts, now = house.store.drafts, house.clock.now()
    assert drafts.read("p1") == {}
    assert drafts.merge("p1", {"a": "1", "b": "2"}, now) == {"a": "1", "b": "2"}
    assert drafts.merge("p1", {"b": "3\n<x>"}, now) == {"a": "1", "b": "3\n<x>"}
    assert drafts.read("p1") == {"a": "1", "b": "3\n<x>"}
    assert drafts.read("p2") == {}
