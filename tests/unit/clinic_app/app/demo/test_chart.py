from clinic_app.app.demo.chart import chart_from, read_chart


def test_the_usual_medicines_depend_on_age() -> None:
    chart = read_chart()
    assert [drug.key for drug in chart.usual(1)] == ["Pancrelipase"]
    assert len(chart.usual(30)) == 3


def test_everybody_has_an_antibiotic_and_every_modulator_a_name() -> None:
    chart = read_chart()
    assert chart.antibiotic(30).key == "Ciprofloxacin"
    assert chart.antibiotic(3).key == "Amoxicillin"
    assert chart.by_key["Trikafta"].role == "modulator"


def test_values_left_out_have_their_default() -> None:
    row = {"code": "1", "name": "n", "unit": "%", "value": 1, "spread": 0, "decimals": 0}
    assert chart_from({"lab": [row], "organism": [], "medicine": []}).labs[0].from_age == 0
