"""A preview and what it was compared with -> text, a record for programs, and a comment."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from cli.baseline import Baseline
from engine.preview import Preview
from engine.problems import Severity
from engine.steps import Op, Step
from render.manifest import Json
from views.comment import Report, ResourceChange, comment_text, refusal_text
from views.difference import Difference
from views.difference_text import difference_lines, difference_record

COLOURS = {"!": "red", "-": "red", "+": "green", "~": "yellow", "@": "cyan"}
TOLD = frozenset({Op.CREATE, Op.UPDATE, Op.REPLACE, Op.DELETE})


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs; `difference` is None where the other network is not known."""

    stack: str
    baseline: Baseline
    difference: Difference | None
    preview: Preview

    @property
    def changes(self) -> bool:
        """Whether anything differs, as far as it was compared."""
        resources = self.baseline.prior is not None and self.preview.changes
        return resources or bool(self.difference)

    def comment(self) -> str:
        """The Markdown comment."""
        if not self.preview.ok:
            errors = [d.message for d in self.preview.diagnostics if d.severity is Severity.ERROR]
            return refusal_text(self.stack, "the preview failed", errors)
        compared = self.baseline.prior is not None
        return comment_text(
            Report(
                stack=self.stack,
                against=self.baseline.title,
                remarks=self.baseline.remarks,
                difference=self.difference,
                resources=tuple(_list_resources(self.preview)) if compared else None,
            )
        )


def _list_resources(preview: Preview) -> Iterator[ResourceChange]:
    for step in preview.steps:
        if step.logical and step.op in TOLD:
            yield ResourceChange(step.op.value, step.type, step.resource.name, _inputs(step))


def _inputs(step: Step) -> tuple[str, ...]:
    """The inputs that change, by the first step of their path."""
    if step.op in (Op.CREATE, Op.DELETE):
        return ()
    difference = step.difference
    paths = difference.detailed or difference.changed_keys or difference.replace_keys
    return tuple(sorted(dict.fromkeys(path.partition(".")[0].partition("[")[0] for path in paths)))


def comparison_record(comparison: Comparison) -> dict[str, Json]:
    """What was compared with, and the difference, as plain data."""
    difference = comparison.difference
    return {
        "against": {
            "name": comparison.baseline.title,
            "resources": comparison.baseline.prior is not None,
            "remarks": list(comparison.baseline.remarks),
        },
        "difference": None if difference is None else difference_record(difference),
    }


def print_comparison(comparison: Comparison) -> None:
    """What differs, the most dangerous first."""
    click.secho(f"\nAgainst {comparison.baseline.title}", bold=True)
    for remark in comparison.baseline.remarks:
        click.secho(f"  {remark}", fg="yellow")
    if comparison.difference is None:
        return
    for line in difference_lines(comparison.difference):
        if line.mark == "#":
            click.secho(line.text, bold=True)
        else:
            click.secho(line.text, fg=COLOURS.get(line.mark))


def write_comment(text: str, target: str) -> None:
    """Write the comment to a file, or to stdout for `-`."""
    if target == "-":
        click.echo(text, nl=False)
        return
    try:
        Path(target).write_text(text, encoding="utf-8")
    except OSError as error:
        raise click.UsageError(f"{target} cannot be written: {error}") from None
