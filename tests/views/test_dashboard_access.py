"""The dashboard for everybody: by keys alone, for those who hear it, on a phone, and on paper."""

import re
from functools import cache
from importlib.resources import files
from typing import Literal, cast

import pytest

from tests.views.browser import Open, Opened, needs_browser
from tests.views.dashboard_states import STATES, VIEWS, page_with_changes
from tests.views.dashboards import page_of
from tests.views.drawings import LARGE

pytestmark = needs_browser

Scheme = Literal["light", "dark"]
both_schemes = pytest.mark.parametrize("scheme", ["light", "dark"])


@cache
def axe() -> str:
    """Read the checker's script, of axe-core."""
    return files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")


def violations(opened: Opened) -> list[str]:
    """Everything that axe-core finds wrong with the page as it is now."""
    opened.page.evaluate(axe())
    script = """
    const {violations} = await axe.run({resultTypes: ['violations']});
    return violations.map(one => [one.id, ...one.nodes.map(node => node.html)].join(' | '));"""
    return cast("list[str]", opened.run(script))


@both_schemes
@pytest.mark.parametrize("state", [state for state in STATES if "table" not in state])
def test_axe_finds_nothing(state: str, scheme: Scheme, open_page: Open) -> None:
    opened = open_page(page_with_changes(), state, scheme=scheme)

    assert violations(opened) == []


@pytest.mark.parametrize("state", [state for state in STATES if "table" in state])
def test_axe_finds_nothing_in_tables(state: str, open_page: Open) -> None:
    opened = open_page(page_with_changes(), state, scheme="dark")

    assert violations(opened) == []


@pytest.mark.parametrize("view", ["data", "reach", "addresses"])
def test_axe_finds_nothing_in_a_large_network(view: str, open_page: Open) -> None:
    opened = open_page(page_of(LARGE), f"view={view}")

    assert violations(opened) == []


@both_schemes
def test_axe_finds_nothing_in_open_lists_and_dialogs(scheme: Scheme, open_page: Open) -> None:
    opened = open_page(page_of("prod"), scheme=scheme)
    opened.page.fill("#search", "server")
    listed = violations(opened)
    opened.page.keyboard.press("Escape")
    opened.page.click("#help")

    assert listed == []
    assert violations(opened) == []


# Texts of a page that lie over each other, each cut to what its surroundings show of it.
_OVERLAPS = """
const shown = node => {
  const range = document.createRange();
  range.selectNodeContents(node);
  const boxes = [];
  for (const rect of range.getClientRects()) {
    let {left, right, top, bottom} = rect;
    for (let up = node.parentElement; up; up = up.parentElement) {
      const style = getComputedStyle(up);
      if (style.overflow === 'visible' || up === document.documentElement) continue;
      const cut = up.getBoundingClientRect();
      [left, right] = [Math.max(left, cut.left), Math.min(right, cut.right)];
      [top, bottom] = [Math.max(top, cut.top), Math.min(bottom, cut.bottom)];
    }
    if (right - left > 1 && bottom - top > 1) boxes.push({left, right, top, bottom});
  }
  return boxes;
};
const covered = element => {
  for (let up = element; up; up = up.parentElement) {
    const style = getComputedStyle(up);
    if (['sticky', 'fixed', 'absolute'].includes(style.position)) return true;
    if (style.visibility === 'hidden') return true;
  }
  return element.closest('.unseen, datalist, noscript, svg, option') !== null;
};
// What lies on top of others by design: a panel, and heads that stay while the rest is scrolled.
const below = ({left, right, top, bottom}) => {
  const over = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
  return over?.closest('#details, dialog, thead, tbody th, .zoom') ?? null;
};
const texts = [];
const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
for (let node = walk.nextNode(); node; node = walk.nextNode()) {
  const element = node.parentElement;
  if (!node.textContent.trim() || !element.checkVisibility() || covered(element)) continue;
  for (const box of shown(node)) {
    const over = below(box);
    if (!over || over.contains(element)) texts.push([node.textContent.trim(), box]);
  }
}
texts.sort((a, b) => a[1].top - b[1].top);
const found = [];
for (let i = 0; i < texts.length; i++) {
  const [name, a] = texts[i];
  for (let k = i + 1; k < texts.length && texts[k][1].top < a.bottom; k++) {
    const [other, b] = texts[k];
    const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    if (wide > 1 && high > 5) found.push(`${name} / ${other}`);
  }
}
return {count: texts.length, found};
"""


@pytest.mark.parametrize("size", [(1600, 900), (390, 844)], ids=["wide", "phone"])
@pytest.mark.parametrize("state", STATES)
def test_no_text_of_the_page_lies_over_another(
    state: str, size: tuple[int, int], open_page: Open
) -> None:
    opened = open_page(page_with_changes(), state, size=size)
    measured = cast("dict[str, object]", opened.run(_OVERLAPS))

    assert measured["found"] == []
    assert cast("int", measured["count"]) > 5


def test_fingers_reach_every_button_on_a_phone(open_page: Open) -> None:
    opened = open_page(page_of("prod"), size=(390, 844), touch=True)
    page = opened.page
    for view in VIEWS:
        page.tap(f"#tab-{view}")
        assert page.get_attribute("body", "data-view") == view
    page.tap("#tab-reach")
    page.locator(".matrix td", has_text="22124").first.tap()
    script = """
    const box = id('details').getBoundingClientRect();
    return [box.left, box.right <= innerWidth, box.bottom <= innerHeight];"""

    assert opened.run(script) == [0, True, True]
    page.tap("#close")
    assert page.is_hidden("#details")


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_is_printed(view: str, open_page: Open) -> None:
    opened = open_page(page_of("prod"), f"view={view}")
    printed = opened.page.pdf(prefer_css_page_size=True)
    pages = re.findall(rb"/Type /Page\b", printed)
    sizes = set(re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", printed))

    assert 1 <= len(pages) <= 6
    # A3, landscape, in points.
    assert {(round(float(w), -1), round(float(h), -1)) for w, h in sizes} == {(1190, 840)}


def test_paper_shows_no_buttons_and_the_whole_picture(open_page: Open) -> None:
    opened = open_page(page_of("prod"))
    opened.page.emulate_media(media="print", color_scheme="dark")
    script = """
    for (let i = 0; i < 5; i++) press('+');
    dispatchEvent(new Event('beforeprint'));
    const svg = document.querySelector('#technical svg');
    const shown = [...document.querySelectorAll('button')].filter(one => one.checkVisibility());
    const ground = getComputedStyle(document.body).backgroundColor;
    return [shown.length, svg.getAttribute('viewBox').startsWith('0 0 '), ground];"""

    assert opened.run(script) == [0, True, "rgb(255, 255, 255)"]


def test_colours_of_the_readers_own_still_tell_verdicts_apart(open_page: Open) -> None:
    opened = open_page(page_of("prod"), "view=reach", forced="active")
    script = """
    const texts = new Set([...document.querySelectorAll('.matrix td[data-at]')]
      .map(cell => cell.className.split(' ')[0] + ' ' + cell.textContent.replace(/[0-9].*/, '#')));
    return [...texts].sort();"""

    assert opened.run(script) == [
        "v-closed \N{EN DASH}",
        "v-none ",
        "v-not any!",
        "v-open any",
        "v-partly #",
    ]
    assert violations(opened) == []


def test_everything_that_can_be_picked_has_readable_details(open_page: Open) -> None:
    opened = open_page(page_with_changes())
    script = """
    const wrong = [];
    const picks = new Set();
    for (const view of ['technical', 'data']) {
      await go(`view=${view}`);
      for (const stop of document.querySelectorAll(`#${view} [tabindex]`)) {
        stop.dispatchEvent(new MouseEvent('click', {bubbles: true}));
        const text = id('details').textContent;
        picks.add(text);
        if (/\\[object|undefined|NaN|\\bnull\\b/.test(text)) wrong.push(text);
      }
    }
    for (const view of %s) for (const table of ['', '1']) {
      await go(`view=${view}&table=${table}`);
      const text = document.querySelector('main').textContent;
      if (/\\[object|undefined|NaN|\\bnull\\b/.test(text)) wrong.push(view + text);
    }
    return {wrong, count: picks.size};"""
    found = cast("dict[str, object]", opened.run(script % list(VIEWS)))

    assert found["wrong"] == []
    assert cast("int", found["count"]) > 40
