"""`la1r destroy`: shows what is deployed, asks, and deletes it."""

import click

from cli.engine import held_engine
from cli.exits import Exit
from cli.stack import compute_whole
from cli.state import agreed, expect_an_answer
from cli.up import exit_of


def run_destroy(name: str, wanted: str | None, *, yes: bool, parallel: int) -> Exit:
    """Delete everything of one stack that is deployed."""
    expect_an_answer(yes=yes, verb="destroy")
    with held_engine(compute_whole(name), wanted) as engine:
        if engine.is_first:
            click.echo(f"Nothing to do: nothing of the stack {name} is deployed.")
            return Exit.FINE
        if not engine.preview_destroy().ok:
            return Exit.RUN_FAILED
        if not agreed(f"Delete all this, which is the whole stack {name}?", yes=yes):
            click.echo("Nothing was changed.", err=True)
            return Exit.FINE
        return exit_of(engine.destroy(parallel))
