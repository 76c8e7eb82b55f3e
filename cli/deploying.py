"""The verbs that change something, with their options."""

from collections.abc import Callable
from typing import TypedDict, TypeVar, Unpack

import click

from cli.exits import Exit
from cli.options import stack_option, yes_option

_Verb = TypeVar("_Verb", bound=Callable[..., Exit])

parallel_option = click.option(
    "--parallel",
    "-p",
    type=click.IntRange(min=1),
    default=16,
    show_default=True,
    metavar="N",
    help="Resources to work on at a time.",
)
engine_option = click.option(
    "--engine",
    type=click.Choice(["built-in", "pulumi"]),
    help="By default the one that has deployed the stack, else the Pulumi CLI where it is on PATH.",
)


class Wishes(TypedDict):
    """The options of `up`."""

    engine: str | None
    yes: bool
    parallel: int
    diff: bool
    expect_no_changes: bool
    without: tuple[str, ...]


def _change(verb: _Verb) -> _Verb:
    """The options of every verb that changes something."""
    return stack_option(yes_option(engine_option(parallel_option(verb))))


@click.command()
@_change
@click.option("--diff", is_flag=True, help="Show every input of every resource before asking.")
@click.option(
    "--expect-no-changes", is_flag=True, help="Change nothing; exit 4 when anything would change."
)
@click.option(
    "--without",
    multiple=True,
    metavar="SITE/DEVICE",
    help="Leave a device as it was deployed last; may be given several times.",
)
def up(stack: str, **wish: Unpack[Wishes]) -> Exit:
    """Deploy: show what would change, ask, and make it so."""
    from cli.up import Wish, run_up

    return run_up(stack, Wish(**wish))


@click.command()
@_change
def destroy(stack: str, engine: str | None, yes: bool, parallel: int) -> Exit:
    """Delete everything that was deployed; devices stay as they are."""
    from cli.destroy import run_destroy

    return run_destroy(stack, engine, yes=yes, parallel=parallel)


@click.command()
@_change
def refresh(stack: str, engine: str | None, yes: bool, parallel: int) -> Exit:
    """Read back what is deployed, and record what is no longer as it was."""
    from cli.refresh import run_refresh

    return run_refresh(stack, engine, yes=yes, parallel=parallel)
