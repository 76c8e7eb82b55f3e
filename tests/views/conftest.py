"""A browser for a module of tests, and pages in it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Unpack

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.views.browser import CHROMIUM, Open, Opened, Reader, opening


# No longer than a module: its event loop would be in the way of others that start one.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Give the browser of the system, without a window."""
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM)
        yield found
        found.close()


@pytest.fixture
def open_page(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """Open a dashboard: `open_page(text, "view=reach", size=(390, 844))`."""
    with opening(browser, tmp_path) as open_text:

        def open_ready(text: str, state: str = "", **reader: Unpack[Reader]) -> Opened:
            one = open_text(text, f"#{state}", reader)
            one.page.wait_for_selector("body[data-ready]")
            return one

        yield open_ready


@pytest.fixture
def open_picture(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """Open a picture in a page of its own: `open_picture(svg, scheme="dark")`."""
    with opening(browser, tmp_path) as open_text:

        def open_ready(picture: str, **reader: Unpack[Reader]) -> Opened:
            return open_text(f"<!doctype html><meta charset=utf-8><body>{picture}", "", reader)

        yield open_ready
