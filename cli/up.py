"""`la1r up`: shows what would change, asks, and makes it so."""

from collections.abc import Sequence
from dataclasses import dataclass

import click

from cli.dropped_policies import print_dropped_policies
from cli.engine import Came, held_engine
from cli.exits import Exit
from cli.moved_objects import print_moved_objects
from cli.pod_network import Foretold
from cli.preparation import choose_left_out, prepare
from cli.preview import print_block, print_pod_network, print_reach
from cli.stack import Whole, compute_whole
from cli.state import agreed, expect_an_answer
from cli.views import view_lines, views_folder
from views.write import list_written


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user asked the deployment for."""

    engine: str | None
    yes: bool
    parallel: int
    diff: bool
    expect_no_changes: bool
    without: tuple[str, ...] = ()


def run_up(name: str, wish: Wish) -> Exit:
    """Deploy one stack."""
    if not wish.expect_no_changes:
        expect_an_answer(yes=wish.yes, verb="up")
    whole = compute_whole(name)
    choose_left_out(whole, wish.without)
    with held_engine(whole, wish.engine) as engine:
        plan = engine.preview_up(diff=wish.diff)
        print_pod_network(plan.foretold, whole.plan)
        if not plan.ok or is_refused(plan.foretold):
            return Exit.RUN_FAILED
        devices = prepare(whole, engine, plan.changed, without=wish.without)
        devices.show(is_deployed=not plan.records, diff=wish.diff)
        if wish.expect_no_changes:
            return Exit.CHANGES if plan.changes or devices.is_needed else Exit.FINE
        if not plan.records and not devices.is_needed:
            click.echo(f"\nNothing to do: everything{devices.limit} is deployed as described.")
            return Exit.FINE
        print_reach(whole.reach)
        if not agreed("Deploy this?", yes=wish.yes):
            click.echo("Nothing was changed.", err=True)
            return Exit.FINE
        if not devices.begin():
            return Exit.RUN_FAILED
        came = engine.up(wish.parallel, devices.anew)
        restored = came.ok and devices.end(plan.changed)
    if came.ok:
        print_views(whole)
    return exit_of(came) if restored or not came.ok else Exit.RUN_FAILED


def is_refused(foretold: Sequence[Foretold]) -> bool:
    """Whether it would end otherwise than an engine says; then every reason is printed."""
    return print_moved_objects(foretold) | print_dropped_policies(foretold)


def print_views(whole: Whole) -> None:
    """Say where the program has drawn what is deployed now."""
    folder = views_folder(whole)
    if written := list_written(folder):
        where = folder.relative_to(whole.folder)
        print_block(f"Views in {where}", view_lines(written, folder))


def exit_of(came: Came) -> Exit:
    """The exit code that tells how it went."""
    if came.interrupted:
        return Exit.INTERRUPTED
    return Exit.FINE if came.ok else Exit.RUN_FAILED
