"""`la1r refresh`: reads back what is deployed, shows what is no longer so, and records it."""

import click

from cli.engine import held_engine
from cli.exits import Exit
from cli.stack import compute_whole
from cli.state import agreed, expect_an_answer
from cli.up import exit_of


def run_refresh(name: str, wanted: str | None, *, yes: bool, parallel: int) -> Exit:
    """Bring the state of one stack up to what is there."""
    expect_an_answer(yes=yes, verb="refresh")
    with held_engine(compute_whole(name), wanted) as engine:
        found = engine.preview_refresh(parallel)
        if not found.ok:
            return Exit.RUN_FAILED
        if not found.records:
            click.echo("Nothing to do: everything is as it is recorded.")
            return Exit.FINE
        if not agreed("Record this in the state?", yes=yes):
            click.echo("Nothing was changed.", err=True)
            return Exit.FINE
        return exit_of(engine.refresh(parallel))
