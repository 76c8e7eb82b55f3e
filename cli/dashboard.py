"""`la1r dashboard`: the page, and with `--live` facts beside it for as long as it runs."""

import sys
import time
import webbrowser
from dataclasses import dataclass
from pathlib import Path

import click

from cli.drift import summary
from cli.exits import Exit
from cli.live import gather_facts, now
from cli.readings import read_stack
from cli.stack import Whole, compute_whole
from cli.views import views_folder, write_all
from views.dashboard.live import FACTS, PAGE, write_live
from views.whole import DASHBOARD, draw_live

# The page takes facts for old after 30 s; devices that do not answer cost some of them.
PAUSE_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user asked of the dashboard."""

    live: bool
    # Read once instead of until it is interrupted.
    once: bool
    # Whether a browser is started: never where nobody sits at a terminal.
    browser: bool


def run_dashboard(name: str, wish: Wish) -> Exit:
    """Write the views of one stack and open the page."""
    whole = compute_whole(name)
    folder = views_folder(whole)
    write_all(whole, folder)
    if not wish.live:
        open_page(folder / DASHBOARD, wish)
        return Exit.FINE
    text = draw_live(whole.plan, whole.rendered, whole.reach, FACTS)
    (folder / PAGE).write_text(text, encoding="utf-8")
    collect(whole, folder / FACTS)
    open_page(folder / PAGE, wish)
    if not wish.once:
        keep_collecting(whole, folder / FACTS)
    return Exit.FINE


def keep_collecting(whole: Whole, file: Path) -> None:
    """Read again and again until the user has seen enough."""
    click.echo(f"Reading again every {PAUSE_SECONDS} s; Ctrl-C ends it.", err=True)
    try:
        while True:
            time.sleep(PAUSE_SECONDS)
            collect(whole, file)
    except KeyboardInterrupt:
        click.echo("\nNo more facts: the page marks those it has as old.", err=True)


def collect(whole: Whole, file: Path) -> None:
    """Read all devices once, and put what they said beside the page, whole or not at all."""
    began = now()
    reading = read_stack(whole, "live")
    new = file.with_suffix(".new")
    new.write_text(write_live(gather_facts(whole, reading, began)), encoding="utf-8")
    new.replace(file)
    click.echo(f"{time.strftime('%H:%M:%S')} {summary(reading)}", err=True)


def open_page(page: Path, wish: Wish) -> None:
    """Say where the page is, and show it in a browser."""
    click.echo(str(page))
    if wish.browser and sys.stdout.isatty():
        webbrowser.open(page.as_uri())
