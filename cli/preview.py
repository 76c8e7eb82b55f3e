"""`la1r preview`: resources, who can reach whom, where the views are, and all of it in short."""

import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import click

from cli.baseline import Baseline, find_baseline
from cli.comparison import Comparison, comparison_record, print_comparison, write_comment
from cli.exits import Exit
from cli.outputs import without_documents
from cli.pod_network import Foretold, list_foretold, pod_network_blocks
from cli.program import program_of
from cli.short import short_lines
from cli.stack import Whole, compute_whole
from cli.state import recorded_deployment
from cli.views import view_lines, views_folder, write_changes
from engine.deployment import Deployment, empty_deployment
from engine.preview import Preview, preview
from plan.model import Plan
from reach.matrix import declared_lines, undeclared_lines
from reach.model import Reach
from terms.problem import DescriptionError
from views.comment import refusal_text
from views.difference import compare_networks
from views.network import build_network_json
from views.network_record import read_record
from views.write import list_written


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user asked the preview for."""

    as_json: bool
    diff: bool
    against: str | None
    expect_no_changes: bool
    # File for the comment, or `-` for stdout in the place of everything else.
    markdown: str | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """A preview, what it was compared with, and the views that were written."""

    whole: Whole
    preview: Preview
    paths: tuple[Path, ...]
    comparison: Comparison | None

    @property
    def changes(self) -> bool:
        """Whether anything would change, as far as it was compared."""
        if self.comparison is None:
            return self.preview.changes
        return self.comparison.changes


def run_preview(name: str, wish: Wish) -> Exit:
    """Preview one stack with the built-in engine, and write its views.

    A description with problems gets its comment, too: it is what a reviewer has to know first.
    """
    try:
        result = make_preview(compute_whole(name), wish)
    except DescriptionError as error:
        if wish.markdown:
            problems = [str(problem) for problem in error.problems]
            write_comment(
                refusal_text(name, "the description has problems", problems), wish.markdown
            )
        raise
    show(result, wish)
    if not result.preview.ok:
        return Exit.RUN_FAILED
    return Exit.CHANGES if wish.expect_no_changes and result.changes else Exit.FINE


def make_preview(whole: Whole, wish: Wish) -> Result:
    """Run the program against what the user named, and compare the networks.

    Where the user named nothing, it is run against what the built-in engine has recorded.
    """
    baseline = find_baseline(whole, wish.against) if wish.against else None
    prior = baseline.prior or empty_deployment() if baseline else recorded_deployment(whole)
    found = run_program(whole, prior)
    # The program itself has drawn them.
    paths = list_written(views_folder(whole)) if found.ok else ()
    comparison = compare(whole, baseline, found) if baseline else None
    if found.ok and comparison and comparison.difference is not None:
        title = comparison.baseline.title
        write_changes(whole, views_folder(whole), title, comparison.difference)
    return Result(whole, found, paths, comparison)


def run_program(whole: Whole, prior: Deployment) -> Preview:
    """Run the project's program on the built-in engine; how far it is stands on stderr."""
    from rich.console import Console

    from engine.progress import progress

    # This stderr, and not whatever stands in its place while the program runs.
    with progress(Console(file=sys.stderr)) as on_event:
        return preview(program_of(whole), prior, on_event=on_event)


def compare(whole: Whole, baseline: Baseline, found: Preview) -> Comparison:
    """The network of the description, held against the one it is compared with."""
    difference = None
    if baseline.record is not None:
        document = build_network_json(whole.plan, whole.rendered, whole.reach)
        difference = compare_networks(baseline.record, read_record(document))
    return Comparison(whole.name, baseline, difference, found)


def show(result: Result, wish: Wish) -> None:
    """Print what the user asked for, and write the comment."""
    if wish.markdown and result.comparison:
        write_comment(result.comparison.comment(), wish.markdown)
    if wish.as_json:
        print_json(result)
    elif wish.markdown != "-":
        print_text(result, diff=wish.diff)


def print_json(result: Result) -> None:
    """One JSON document: the engine's preview, the difference, the matrix and the views."""
    from engine.display import preview_json

    folder = result.whole.folder
    record = {
        **preview_json(result.preview),
        **(comparison_record(result.comparison) if result.comparison else {}),
        "reach": result.whole.reach.rows(),
        "views": [str(path.relative_to(folder)) for path in result.paths],
    }
    click.echo(json.dumps(record, indent=2))


def print_text(result: Result, *, diff: bool) -> None:
    """The lines first and the summary last, where a terminal stands still."""
    from rich.console import Console

    from engine.display import render_preview

    console = Console(highlight=False, soft_wrap=True)
    if result.comparison is None or result.comparison.baseline.prior is not None:
        render_preview(without_documents(result.preview), diff=diff, console=console)
    print_pod_network(list_foretold(result.preview), result.whole.plan)
    if not result.preview.ok:
        return
    if result.comparison is None:
        print_reach(result.whole.reach)
    else:
        print_comparison(result.comparison)
    folder = views_folder(result.whole)
    where = folder.relative_to(result.whole.folder)
    print_block(f"Views in {where}", view_lines(result.paths, folder))
    if result.comparison is None:
        lines = short_lines(result.whole, result.preview)
        print_block(f"In short: the stack {result.whole.name}", lines)


def print_reach(reach: Reach) -> None:
    """Print the matrix with the declared flows, which a reader looks for, nearest to the end."""
    if undeclared := undeclared_lines(reach):
        click.secho("\nOpen without being declared", bold=True)
        click.echo("\n".join(undeclared))
    click.secho("\nWho can reach whom, by declared flows", bold=True)
    click.echo("\n".join(declared_lines(reach) or ("Nobody: no flow is declared.",)))
    click.echo("Everything else is closed, but for what is open without being declared.")


def print_pod_network(foretold: Iterable[Foretold], plan: Plan) -> None:
    """Print what changes of the pod network ask of whoever makes them."""
    for title, lines in pod_network_blocks(foretold, plan):
        print_block(title, lines)


def print_block(title: str, lines: Iterable[str]) -> None:
    """Print a title and the lines below it."""
    click.secho(f"\n{title}", bold=True)
    for line in lines:
        click.echo(f"  {line}")
