"""`la1r up`: shows what would change, asks, and makes it so."""

import sys
from dataclasses import dataclass

import click

from cli.exits import Exit
from cli.outputs import without_documents
from cli.preview import print_block, print_reach
from cli.repair import put_back, put_forward, read_before, show_repair
from cli.stack import Whole, compute_whole
from cli.state import HeldState, agreed, expect_an_answer, held_state
from cli.views import view_lines, views_folder
from engine.deploy import Deployed
from engine.preview import Preview, preview
from views.write import list_written


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user asked the deployment for."""

    yes: bool
    diff: bool
    parallel: int
    expect_no_changes: bool


def run_up(name: str, wish: Wish) -> Exit:
    """Deploy one stack with the built-in engine."""
    if not wish.expect_no_changes:
        expect_an_answer(yes=wish.yes, verb="up")
    whole = compute_whole(name)
    with held_state(whole) as state:
        plan = preview_against(state)
        show_plan(plan, diff=wish.diff)
        if not plan.ok:
            return Exit.RUN_FAILED
        repair = read_before(whole, is_first=not state.deployment.resources)
        unchanged = is_deployed(state, plan)
        show_repair(repair, is_deployed=unchanged, diff=wish.diff)
        if wish.expect_no_changes:
            return Exit.CHANGES if plan.changes or repair.is_needed else Exit.FINE
        if unchanged and not repair.is_needed:
            click.echo(f"\nNothing to do: everything{repair.limit} is deployed as described.")
            return Exit.FINE
        print_reach(whole.reach)
        if not agreed("Deploy this?", yes=wish.yes):
            click.echo("Nothing was changed.", err=True)
            return Exit.FINE
        # Outside of the engine, which knows only what it recorded.
        restored = put_back(repair)
        result = deploy_plan(state, wish.parallel)
        restored = restored and result.ok and put_forward(repair)
    if result.ok:
        print_views(whole)
    return exit_of(result) if restored or not result.ok else Exit.RUN_FAILED


def preview_against(state: HeldState) -> Preview:
    """What a deployment would do to what is recorded."""
    from rich.console import Console

    from engine.progress import progress

    with progress(Console(file=sys.stderr)) as on_event:
        return preview(state.program, state.deployment, on_event=on_event)


def show_plan(plan: Preview, *, diff: bool) -> None:
    """Print what would be done."""
    from rich.console import Console

    from engine.display import render_preview

    console = Console(highlight=False, soft_wrap=True)
    render_preview(without_documents(plan), diff=diff, console=console)


def is_deployed(state: HeldState, plan: Preview) -> bool:
    """Whether a deployment would neither change nor record anything."""
    from engine.journal import leads_to_itself

    return leads_to_itself(state.deployment, plan.every_step)


def deploy_plan(state: HeldState, parallel: int) -> Deployed:
    """Deploy, and tell what happens while it goes on and what came of it."""
    from rich.console import Console

    from engine.deploy import deploy
    from engine.outcome import deployment_progress, render_outcome

    # This stderr, and not whatever stands in its place while the program runs.
    with deployment_progress(Console(file=sys.stderr)) as on_event:
        result = deploy(state.program, state.deployment, state.place(parallel, on_event))
    render_outcome(without_documents(result), Console(highlight=False, soft_wrap=True))
    return result


def print_views(whole: Whole) -> None:
    """Say where the program has drawn what is deployed now."""
    folder = views_folder(whole)
    if folder.is_dir():
        where = folder.relative_to(whole.folder)
        print_block(f"Views in {where}", view_lines(list_written(folder), folder))


def exit_of(result: Deployed) -> Exit:
    """The exit code that tells how it went."""
    if result.interrupted:
        return Exit.INTERRUPTED
    return Exit.FINE if result.ok else Exit.RUN_FAILED
