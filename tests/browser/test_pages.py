"""The patient's pages in a real browser, without JavaScript: a whole visit, sizes of targets, contrast,
pictures."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from bridges.portal.run import run_portal
from clinic_app.model.words import Words
from clinic_app.system import words as catalogue
from tests.browser.driver import BROWSER, DRIVER, Browser, browser
from tests.unit.bridges.portal.house import BORN, House, body, make_store, read_resource

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not (BROWSER and DRIVER), reason="no browser here"),
    pytest.mark.xdist_group("browser"),
]
SIZES = [("en", 390, 844), ("es", 390, 844), ("en", 320, 640), ("en", 1280, 800), ("es", 1280, 800)]

_TARGETS = """
return [...document.querySelectorAll('button, a, input:not([type=hidden]), textarea, summary')].filter(e => {
  const own = e.closest('.skip'); return !own && e.getClientRects().length;
}).map(e => { const r = e.getBoundingClientRect();
  return [e.name || e.textContent.trim(), Math.round(r.width), Math.round(r.height)];
}).filter(([, w, h]) => w < 44 || h < 44)
"""
_CONTRAST = """
const rgb = text => { const m = text.match(/[\\d.]+/g).map(Number); return m.length > 3 ? m : [...m, 1]; };
const linear = v => v <= .04045 * 255 ? v / 255 / 12.92 : ((v / 255 + .055) / 1.055) ** 2.4;
const light = c => { const [r, g, b] = c.map(linear); return .2126 * r + .7152 * g + .0722 * b; };
const behind = e => { let under = [];
  for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor);
    if (c[3]) under.push(c); if (c[3] === 1) break; }
  let made = [255, 255, 255];
  for (const c of under.reverse()) made = made.map((v, i) => v * (1 - c[3]) + c[i] * c[3]);
  return made; };
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), poor = [];
while (walker.nextNode()) {
  const text = walker.currentNode.textContent.trim(), e = walker.currentNode.parentElement;
  if (!text || !e.getClientRects().length) continue;
  const a = light(rgb(getComputedStyle(e).color).slice(0, 3)), b = light(behind(e));
  const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
  if (ratio < 4.5) poor.push([text, ratio]); }
return poor
"""
_UNLABELLED = """
return [...document.querySelectorAll('input:not([type=hidden]), textarea')]
  .filter(e => !e.labels || !e.labels.length || !e.labels[0].textContent.trim()).map(e => e.name)
"""


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


class Portal:
    def __init__(self, house: House, url: str) -> None:
        self.house, self.url = house, url


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[Portal]:
    ready, stop, said = threading.Event(), threading.Event(), []

    def words_for(language: str) -> Words:
        return catalogue.words_for(language)

    def on_ready(url: str) -> None:
        said.append(url)
        ready.set()

    with make_store(tmp_path) as store:
        house = House(store)
        thread = threading.Thread(
            target=run_portal,
            args=(store, "127.0.0.1", 0, on_ready, words_for, house.clock, read_resource),
            kwargs={"stop": stop},
        )
        thread.start()
        try:
            assert ready.wait(20)
            yield Portal(house, said[0])
        finally:
            stop.set()
            thread.join(20)


def enter(window: Browser, portal: Portal, language: str) -> None:
    code = portal.house.invite(language=language).code
    window.open(f"{portal.url}/?lang={language}")
    for name, text in (
        ("code", code),
        ("day", str(BORN.day)),
        ("month", str(BORN.month)),
        ("year", str(BORN.year)),
    ):
        window.type(f"input[name={name}]", text)
    window.click("button.main")
    window.find("#topic-1-text")


def looked_at(window: Browser, name: str) -> None:
    """Check what every page must be; keep its picture where a folder is named."""
    assert window.run(_TARGETS) == [], name
    assert window.run(_CONTRAST) == [], name
    assert window.run(_UNLABELLED) == [], name
    assert window.run("return document.documentElement.scrollWidth <= innerWidth"), name
    assert window.run("return document.scripts.length") == 0
    folder = os.environ.get("PORTAL_PICTURES")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        window.picture(Path(folder) / f"{name}.png")


@pytest.mark.parametrize(("language", "width", "height"), SIZES)
def test_a_whole_visit_looks_right_at_every_size(
    window: Browser, portal: Portal, language: str, width: int, height: int
) -> None:
    tag = f"{language}-{width}"
    window.size(width, height)
    window.open(f"{portal.url}/?lang={language}")
    looked_at(window, f"{tag}-0-door")
    window.type("#code", "AAAA-2222")
    window.click("button.main")
    window.find("#problem")
    looked_at(window, f"{tag}-0-wrong")
    enter(window, portal, language)
    window.type("#topic-1-text", "<b>I cough more at night.</b>")
    window.click("details summary")
    looked_at(window, f"{tag}-1-matters")
    window.click("button.main")
    window.click("input[name=symptom-overall][value='6']")
    looked_at(window, f"{tag}-2-how")
    window.click("button.main")
    window.type("#weight", "61,4")
    window.type("#home-fev1", "31")
    window.click("button.main")
    window.find("#home-fev1-check")
    looked_at(window, f"{tag}-3-check")
    window.click("input[name=weight-unit][value=kg]")
    window.run("document.querySelector('#home-fev1').value = '2,41'")
    window.click("button.main")
    window.find(".review")
    looked_at(window, f"{tag}-4-review")
    window.click("button.main")
    window.find(".calm")
    looked_at(window, f"{tag}-5-thanks")
    window.click("main a[href='/mine']")
    window.click("main section a.second")
    looked_at(window, f"{tag}-6-sent")
    window.click("button[value='ask:home-fev1']")
    window.find("button.main")
    looked_at(window, f"{tag}-6-asked")
    window.click("button.main")
    window.find("main:not(:has(button[value='ask:home-fev1'])) button[value='ask:weight']")
    window.click("button[value='ask:']")
    window.click("button.main")
    window.find(".gone")
    looked_at(window, f"{tag}-7-taken-back")
    window.click("main > p a[href='/mine']")
    looked_at(window, f"{tag}-8-all")
    window.click("a[href='/mine/consent']")
    looked_at(window, f"{tag}-9-consent")
    window.click("input[name=research][value=yes]")
    window.click("input[name=improvement][value=no]")
    window.click("button.main")
    window.find("p[role=status]")
    looked_at(window, f"{tag}-9-decided")
    found = body(portal.house.fhir("GET", "QuestionnaireResponse"))
    assert found["total"] == 1
    assert found["entry"][0]["resource"]["language"] == language
    assert found["entry"][0]["resource"]["status"] == "entered-in-error"


def test_it_works_with_scripts_switched_off_and_by_keyboard(window: Browser, portal: Portal) -> None:
    window.size(390, 844)
    window.command("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        enter(window, portal, "en")
        window.type("#topic-1-text", "Night\ue004")  # Tab: to the audience
        window.find("input[name=topic-1-audience]:focus")
        window.click("button.main")
        window.click("button.main")
        window.type("#weight", "61\ue004\ue00d")  # Tab, space: kilograms
        window.type("#home-fev1", "2.4\ue007")  # Enter: on
        assert "61 kg" in window.text(".review:nth-of-type(3)")
    finally:
        window.command("Emulation.setScriptExecutionDisabled", {"value": False})


def test_the_focus_is_seen(window: Browser, portal: Portal) -> None:
    window.size(390, 844)
    window.open(portal.url)
    for selector in ("#code", "button.main"):
        focused = f"const e = document.querySelector('{selector}'); e.focus({{focusVisible: true}}); "
        assert window.run(focused + "return getComputedStyle(e).outlineWidth") == "3px"
