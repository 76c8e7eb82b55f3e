"""`la1r preview`: resources, then who can reach whom, then where the views were written."""

import json
from dataclasses import dataclass
from pathlib import Path

import click

from cli.exits import Exit
from cli.stack import Whole, compute_whole
from cli.views import views_folder, write_all
from engine.deployment import Deployment, empty_deployment, read_deployment
from engine.preview import Preview, preview
from engine.problems import StateError
from engine.program import Program
from reach.explain import matrix_text

PROJECT = "la1r"


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user asked the preview for."""

    as_json: bool
    diff: bool
    against: str | None
    expect_no_changes: bool


def run_preview(name: str, wish: Wish) -> Exit:
    """Preview one stack with the built-in engine, and write its views."""
    whole = compute_whole(name)
    result = preview(program_of(whole), prior_of(wish))
    paths = write_all(whole, views_folder(whole)) if result.ok else ()
    if wish.as_json:
        print_json(whole, result, paths)
    else:
        print_text(whole, result, paths, diff=wish.diff)
    if not result.ok:
        return Exit.RUN_FAILED
    return Exit.CHANGES if wish.expect_no_changes and result.changes else Exit.FINE


def program_of(whole: Whole) -> Program:
    """The project's own program, as the engine runs it."""
    return Program(
        project=PROJECT,
        stack=whole.name,
        folder=whole.folder,
        config=whole.stack.config,
        secret_keys=whole.stack.secret_keys,
        parallel=None,
    )


def prior_of(wish: Wish) -> Deployment:
    """What the preview compares with: an exported state, or nothing."""
    if wish.against is None:
        return empty_deployment()
    try:
        return read_deployment(Path(wish.against))
    except (OSError, StateError) as error:
        raise click.UsageError(f"{wish.against} cannot be compared with: {error}") from None


def print_json(whole: Whole, result: Preview, paths: tuple[Path, ...]) -> None:
    """One JSON document: the engine's preview, the matrix and the views."""
    from engine.display import preview_json

    record = {
        **preview_json(result),
        "reach": whole.reach.rows(),
        "views": [str(path.relative_to(whole.folder)) for path in paths],
    }
    click.echo(json.dumps(record, indent=2))


def print_text(whole: Whole, result: Preview, paths: tuple[Path, ...], *, diff: bool) -> None:
    """The lines first and the summary last, where a terminal stands still."""
    from rich.console import Console

    from engine.display import render_preview

    console = Console(highlight=False, soft_wrap=True)
    render_preview(result, diff=diff, console=console)
    if not result.ok:
        return
    console.print("\n[bold]Who can reach whom[/bold]")
    console.print(matrix_text(whole.reach), markup=False)
    console.print("\n[bold]Views[/bold]")
    for path in paths:
        console.print(f"  {path.relative_to(whole.folder)}", markup=False)
