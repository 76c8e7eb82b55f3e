"""The dashboard with facts beside it, in a real browser: shown with their age, and as text."""

import base64
import hashlib
import json
import re
import subprocess
import time
from html import unescape
from pathlib import Path
from shutil import which
from typing import cast

import pytest

from tests.views.dashboards import Page, page_of, reach_named, rendered_named
from tests.views.drawings import plan_named
from views.dashboard.live import (
    FACTS,
    PAGE,
    LiveDevice,
    LiveFacts,
    LiveLease,
    LivePeer,
    Undeclared,
    WeaveConnection,
    write_live,
)
from views.whole import draw_live

CHROMIUM = which("chromium") or which("chromium-browser") or which("google-chrome")
needs_browser = pytest.mark.skipif(
    CHROMIUM is None, reason="no Chromium on PATH: no page was opened"
)

HOSTILE = "</script><img src=x onerror=document.title='taken'>\u2028"
# Notes what went wrong and what was loaded, and shows the live view as text.
DRIVER = """
const errors = [];
addEventListener('error', event => errors.push(event.message || 'not loaded'));
addEventListener('securitypolicyviolation', event => errors.push(event.violatedDirective));
setTimeout(async () => {
  location.hash = 'view=live';
  await new Promise(done => setTimeout(done, 200));
  const text = document.getElementById('facts').innerText;
  location.hash = 'view=live&pick=client:laptop';
  await new Promise(done => setTimeout(done, 200));
  const details = document.getElementById('details-body').innerText;
  const marks = document.querySelectorAll('[data-device].live-drifted, [data-device].live-unread');
  const marked = [...marks].map(one => `${one.dataset.device} ${[...one.classList]
    .find(name => name.startsWith('live-'))}`);
  const out = document.createElement('pre');
  out.id = 'measured';
  out.textContent = JSON.stringify({errors, text, details, marked, title: document.title,
    images: document.images.length, stale: document.body.dataset.stale});
  document.body.append(out);
}, 1500);
"""


def live_page() -> str:
    return draw_live(plan_named("dev"), rendered_named("dev"), reach_named("dev"), FACTS)


def facts(read: int) -> LiveFacts:
    return LiveFacts(
        read=read,
        devices=(
            LiveDevice("home/gateway", "drifted", "changed on the device: packet rules"),
            LiveDevice("cabin/pi", "not read", "It cannot be reached."),
        ),
        peers=(
            LivePeer(
                "home/gateway", "wg-family", "", "laptop", read - 90, 5_400_000, 120, "192.0.2.7:4"
            ),
        ),
        leases=(LiveLease("home/gateway", "192.168.10.101", "02:0a::", HOSTILE, read + 3600, ""),),
        weave=(WeaveConnection("home/server", "to", "10.0.0.2:6783", "established fastdp"),),
        undeclared=(Undeclared("home/gateway", "a peer of wg-family with the public key abc="),),
    )


def open_page(folder: Path, text: str | None) -> dict[str, object]:
    """Open the page with facts beside it, and give what it shows."""
    digest = base64.b64encode(hashlib.sha256(DRIVER.encode()).digest()).decode()
    page = live_page().replace("script-src ", f"script-src 'sha256-{digest}' ", 1)
    page = page.replace("</body>", f"<script>{DRIVER}</script></body>")
    (folder / PAGE).write_text(page, encoding="utf-8")
    if text is not None:
        (folder / FACTS).write_text(text, encoding="utf-8")
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    run = subprocess.run(
        [
            CHROMIUM or "",
            *options,
            f"--user-data-dir={folder / 'profile'}",
            "--window-size=1600,900",
            "--virtual-time-budget=4000",
            "--dump-dom",
            (folder / PAGE).as_uri(),
        ],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    found = re.search(r'<pre id="measured">(.*?)</pre>', run.stdout, re.DOTALL)
    assert found, run.stderr
    return cast("dict[str, object]", json.loads(unescape(found[1])))


def test_a_page_without_facts_allows_no_file_and_has_no_such_view() -> None:
    page = page_of("dev")

    assert "file:" not in page
    assert "tab-live" not in page
    assert "la1rLive" not in page


def test_a_page_with_facts_allows_files_and_its_own_script_alone() -> None:
    tags = Page(live_page()).tags
    (policy,) = [
        attributes["content"]
        for tag, attributes in tags
        if attributes.get("http-equiv") == "Content-Security-Policy"
    ]

    assert re.fullmatch(
        r"default-src 'none'; style-src 'sha256-\S+'; script-src 'sha256-\S+' file:;"
        r" base-uri 'none'; form-action 'none'",
        str(policy),
    )


def test_facts_are_written_as_a_script_in_which_no_name_ends_it() -> None:
    text = write_live(facts(1))

    assert text.startswith("window.la1rLive = {")
    assert text.isascii()
    assert text.count("\n") == 1


@pytest.mark.slow
@needs_browser
def test_fresh_facts_are_shown_with_their_age_and_mark_declared_devices(tmp_path: Path) -> None:
    # Ahead of the clock: a slow machine must not make them old before the page is open.
    shown = open_page(tmp_path, write_live(facts(int(time.time()) + 600)))

    text = str(shown["text"])
    assert shown["errors"] == []
    assert "Read 0 s ago." in text
    assert "changed on the device: packet rules" in text
    assert "a peer of wg-family with the public key abc=" in text
    assert "5.4 MB" in text
    assert "established fastdp" in text
    assert "</script><img" in text
    assert (shown["images"], shown["title"]) == (0, "internal · network")
    assert re.search(r"handshake with home/gateway\s+\d+ s ago", str(shown["details"]))
    assert set(cast("list[str]", shown["marked"])) == {
        "cabin/pi live-unread",
        "home/gateway live-drifted",
    }
    assert shown["stale"] == "no"


@pytest.mark.slow
@needs_browser
def test_old_facts_are_marked_as_old_and_claim_nothing(tmp_path: Path) -> None:
    shown = open_page(tmp_path, write_live(facts(int(time.time()) - 600)))

    assert shown["errors"] == []
    assert re.search(
        r"Read 1\d min ago: old\. Nothing here is claimed of now\.", str(shown["text"])
    )
    assert (shown["marked"], shown["stale"]) == ([], "yes")


@pytest.mark.slow
@needs_browser
def test_without_the_file_the_page_says_that_nothing_was_read(tmp_path: Path) -> None:
    shown = open_page(tmp_path, None)

    assert "Nothing was read yet." in str(shown["text"])
    assert shown["stale"] == "yes"
