"""Pictures in a real browser: letters keep to the room left for them, colours to the scheme."""

import json
import re
import subprocess
from html import unescape
from pathlib import Path
from shutil import which
from typing import cast

import pytest

from tests.render.stacks import plan_of
from tests.views.drawings import LARGE, plan_named
from tests.views.test_svg import DRAW

CHROMIUM = which("chromium") or which("chromium-browser") or which("google-chrome")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on PATH: pictures were not measured"),
]

# Pairs of texts that overlap, and texts that stick out of the picture, in pixels of the screen.
_MEASURE = """
<script>
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
const box = document.querySelector('[data-internet] rect');
const out = document.createElement('pre');
out.id = 'measured';
out.textContent = JSON.stringify(
  {count: texts.length, found, dark: getComputedStyle(box).fill});
document.body.append(out);
</script>
"""


def measure(picture: str, folder: Path, *options: str) -> dict[str, object]:
    """Open a picture in a page from a file, and give what the page measured."""
    page = folder / "page.html"
    page.write_text(f"<!doctype html><meta charset=utf-8><body>{picture}{_MEASURE}")
    run = subprocess.run(
        [
            CHROMIUM or "",
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            f"--user-data-dir={folder / 'profile'}",
            *options,
            "--dump-dom",
            page.as_uri(),
        ],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    found = re.search(r'<pre id="measured">(.*?)</pre>', run.stdout, re.DOTALL)
    assert found, run.stderr
    return cast("dict[str, object]", json.loads(unescape(found[1])))


@pytest.mark.parametrize("layout", DRAW)
@pytest.mark.parametrize("name", ["dev", "prod", LARGE])
def test_letters_do_not_overlap_on_the_screen(layout: str, name: str, tmp_path: Path) -> None:
    measured = measure(DRAW[layout](plan_named(name)), tmp_path)

    assert measured["found"] == []
    assert cast("int", measured["count"]) > 20


def test_a_dark_screen_gets_dark_colours(tmp_path: Path) -> None:
    picture = DRAW["technical"](plan_of("dev"))
    schemes = [
        measure(picture, tmp_path, f"--blink-settings=preferredColorScheme={scheme}")["dark"]
        for scheme in (0, 1)
    ]

    assert len(set(map(str, schemes))) == 2
