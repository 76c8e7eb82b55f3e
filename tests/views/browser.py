"""Pages and pictures in a real browser: opened from files, offline, with every complaint kept."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from shutil import which
from typing import Literal, NotRequired, TypedDict

import pytest
from playwright.sync_api import Browser, Page

_PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM = next((found for name in _PROGRAMS if (found := which(name))), None)

needs_browser = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on PATH: no page was opened"),
]

# Words that scripts of tests use: what a reader does to the page.
_WORDS = """
const id = name => document.getElementById(name);
const wait = ms => new Promise(done => setTimeout(done, ms));
const press = (key, target) => (target || document.activeElement || document.body)
  .dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true, cancelable: true}));
const search = text => {
  id('search').value = text;
  id('search').dispatchEvent(new Event('input', {bubbles: true}));
  return parseInt(id('count').textContent) || 0;
};
const go = async hash => { location.hash = hash; await wait(30); };
"""


class Reader(TypedDict):
    """What a reader has set: size of the window in pixels, and colours."""

    size: NotRequired[tuple[int, int]]
    scheme: NotRequired[Literal["light", "dark"]]
    forced: NotRequired[Literal["active"]]
    touch: NotRequired[bool]


@dataclass(slots=True)
class Opened:
    """A page that is open, with everything that it complained of or asked for."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def run(self, script: str) -> object:
        """Run the body of a function in the page, and give what it returns."""
        found: object = self.page.evaluate(f"async () => {{ {_WORDS} {script} }}")
        return found

    def listen(self, address: str) -> None:
        """Note errors, words on the console, and requests for anything but the page itself."""
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on(
            "request",
            lambda request: (
                None
                if request.url.partition("#")[0] == address
                else self.complaints.append(f"asked for {request.url}")
            ),
        )


Open = Callable[..., Opened]


@contextmanager
def opening(browser: Browser, folder: Path) -> Iterator[Callable[[str, str, Reader], Opened]]:
    """Open texts as files; when all is done, none of them may have complained."""
    opened: list[Opened] = []

    def open_text(text: str, address: str, reader: Reader) -> Opened:
        path = folder / f"page-{len(opened)}.html"
        path.write_text(text, encoding="utf-8")
        width, height = reader.get("size", (1600, 900))
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=reader.get("scheme", "light"),
            forced_colors=reader.get("forced", "none"),
            has_touch=reader.get("touch", False),
            offline=True,
        )
        one = Opened(context.new_page())
        one.listen(path.as_uri())
        opened.append(one)
        one.page.goto(path.as_uri() + address)
        return one

    yield open_text
    for one in opened:
        one.page.context.close()
    assert [complaint for one in opened for complaint in one.complaints] == []
