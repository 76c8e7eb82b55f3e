"""`la1r destroy`: shows what is deployed, asks, and deletes it."""

import sys

import click

from cli.exits import Exit
from cli.outputs import without_documents
from cli.stack import compute_whole
from cli.state import HeldState, agreed, expect_an_answer, held_state
from cli.up import exit_of, show_plan
from engine.deploy import Deployed
from engine.preview import preview_destroy


def run_destroy(name: str, *, yes: bool, parallel: int) -> Exit:
    """Delete everything that the state of one stack records."""
    expect_an_answer(yes=yes, verb="destroy")
    with held_state(compute_whole(name)) as state:
        if not state.deployment.resources:
            click.echo(f"Nothing to do: nothing of the stack {name} is deployed.")
            return Exit.FINE
        plan = preview_destroy(state.program, state.deployment)
        show_plan(plan, diff=False)
        if not plan.ok:
            return Exit.RUN_FAILED
        if not agreed(f"Delete all this, which is the whole stack {name}?", yes=yes):
            click.echo("Nothing was changed.", err=True)
            return Exit.FINE
        return exit_of(destroy_plan(state, parallel))


def destroy_plan(state: HeldState, parallel: int) -> Deployed:
    """Delete, and tell what happens while it goes on and what came of it."""
    from rich.console import Console

    from engine.deploy import destroy
    from engine.outcome import deployment_progress, render_outcome

    with deployment_progress(Console(file=sys.stderr)) as on_event:
        result = destroy(state.program, state.deployment, state.place(parallel, on_event))
    render_outcome(without_documents(result), Console(highlight=False, soft_wrap=True))
    return result
