"""A dashboard in Chromium -> when it is first painted, and how long a search takes."""

from dataclasses import dataclass
from pathlib import Path
from shutil import which
from statistics import median

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
WORDS = ("t", "te", "tenant:tenant-4", "kind:iot", "10.21.0.1", "port:443", "")
TIMES = 5
_PAINT = """
new Promise(done => new PerformanceObserver(list => done(list.getEntriesByName(
  'first-contentful-paint')[0].startTime)).observe({type: 'paint', buffered: true}))
"""
_SEARCH = """
words => Math.max(...words.map(word => {
  const box = document.getElementById('search'), start = performance.now();
  box.value = word;
  box.dispatchEvent(new Event('input', {bubbles: true}));
  return performance.now() - start;
}))
"""


@dataclass(frozen=True, slots=True)
class PageTimes:
    """Milliseconds from the start of navigation to the first paint, and of the slowest search."""

    paint: float
    search: float


def measure_page(path: Path) -> PageTimes | None:
    """Medians over some openings; None without Chromium."""
    program = next((found for name in PROGRAMS if (found := which(name))), None)
    if program is None:
        return None
    from playwright.sync_api import sync_playwright

    paints, searches = [], []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program)
        for _ in range(TIMES):
            page = browser.new_page()
            page.goto(path.as_uri())
            paints.append(float(page.evaluate(_PAINT)))
            page.wait_for_selector("body[data-ready]")
            searches.append(float(page.evaluate(_SEARCH, list(WORDS))))
            page.close()
        browser.close()
    return PageTimes(median(paints), median(searches))
