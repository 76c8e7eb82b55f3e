"""Pictures in a real browser: letters keep to the room left for them, colours to the scheme."""

from typing import cast

import pytest

from tests.render.stacks import plan_of
from tests.views.browser import Open, needs_browser
from tests.views.drawings import LARGE, plan_named
from tests.views.test_svg import DRAW

pytestmark = needs_browser

# Pairs of texts that overlap, and texts that stick out of the picture, in pixels of the screen.
_MEASURE = """
const texts = [...document.querySelectorAll('svg text')]
  .map(t => [t.textContent, t.getBoundingClientRect()]);
const page = document.querySelector('svg').getBoundingClientRect();
const found = [];
texts.sort((a, b) => a[1].top - b[1].top);
for (let i = 0; i < texts.length; i++) {
  const [name, a] = texts[i];
  if (a.left < page.left || a.right > page.right || a.bottom > page.bottom) found.push(name);
  for (let k = i + 1; k < texts.length && texts[k][1].top < a.bottom; k++) {
    const [other, b] = texts[k];
    const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const high = a.bottom - b.top;
    if (wide > 1 && high > 4) found.push(name + ' / ' + other);
  }
}
return {count: texts.length, found};
"""

# Texts that a line of something else runs through: points of each line, 4 pixels apart.
_CROSSED = """
const texts = [...document.querySelectorAll('svg text')].map(t => [t, t.getBoundingClientRect()]);
const high = 50, rows = new Map();
for (const [text, box] of texts) {
  for (let row = Math.floor(box.top / high); row <= Math.floor(box.bottom / high); row++) {
    rows.set(row, [...(rows.get(row) ?? []), [text, box]]);
  }
}
const found = new Set();
let points = 0;
for (const line of document.querySelectorAll('svg path.w:not(.dot)')) {
  const matrix = line.getScreenCTM(), length = line.getTotalLength();
  for (let at = 0; at <= length; at += 4) {
    const point = line.getPointAtLength(at).matrixTransform(matrix);
    points += 1;
    for (const [text, box] of rows.get(Math.floor(point.y / high)) ?? []) {
      const inside = point.x > box.left + 1 && point.x < box.right - 1
        && point.y > box.top + 3 && point.y < box.bottom - 3;
      if (inside) found.add(text.textContent);
    }
  }
}
return {points, found: [...found]};
"""


@pytest.mark.parametrize("layout", DRAW)
@pytest.mark.parametrize("name", ["dev", "prod", LARGE])
def test_letters_do_not_overlap_on_the_screen(layout: str, name: str, open_picture: Open) -> None:
    opened = open_picture(DRAW[layout](plan_named(name)))
    measured = cast("dict[str, object]", opened.run(_MEASURE))

    assert measured["found"] == []
    assert cast("int", measured["count"]) > 20


@pytest.mark.parametrize("layout", DRAW)
@pytest.mark.parametrize("name", ["dev", "prod", LARGE])
def test_no_line_runs_through_letters(layout: str, name: str, open_picture: Open) -> None:
    opened = open_picture(DRAW[layout](plan_named(name)))
    measured = cast("dict[str, object]", opened.run(_CROSSED))

    assert measured["found"] == []
    assert cast("int", measured["points"]) > 100


def test_a_dark_screen_gets_dark_colours(open_picture: Open) -> None:
    picture = DRAW["technical"](plan_of("dev"))
    script = "return getComputedStyle(document.querySelector('[data-internet] rect')).fill;"
    colours = {open_picture(picture, scheme=scheme).run(script) for scheme in ("light", "dark")}

    assert len(colours) == 2
