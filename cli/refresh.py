"""`la1r refresh`: reads back what is deployed, shows what is no longer so, and records it."""

import click

from cli.exits import Exit
from cli.stack import compute_whole
from cli.state import agreed, expect_an_answer, held_state
from cli.up import show_plan
from engine.deployment import write_deployment
from engine.refresh import read_back

WHAT_IS_READ = (
    "Objects of the cluster were read. Commands cannot be asked what became of their work, so what "
    "was changed by hand on a device is not seen here."
)


def run_refresh(name: str, *, yes: bool, parallel: int) -> Exit:
    """Bring the state of one stack up to what is there."""
    expect_an_answer(yes=yes, verb="refresh")
    with held_state(compute_whole(name)) as state:
        refreshed = read_back(state.program, state.deployment, parallel)
        found = refreshed.found
        show_plan(found, diff=True)
        click.echo(f"\n{WHAT_IS_READ}")
        if not found.ok:
            click.echo("Not everything could be read, so nothing was recorded.", err=True)
            return Exit.RUN_FAILED
        if all(step.old is step.new for step in found.every_step) and not found.diagnostics:
            click.echo("Nothing to do: the state is as it was read.")
            return Exit.FINE
        if not agreed("Record this in the state?", yes=yes):
            click.echo("Nothing was changed.", err=True)
            return Exit.FINE
        write_deployment(refreshed.after, state.path)
    return Exit.FINE
