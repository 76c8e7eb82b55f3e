"""Shows a preview: as a coloured tree, as a diff with every line, or as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from engine.details import Line, detail_lines, output_lines, visible_text
from engine.problems import Diagnostic, Severity
from engine.report import preview_json
from engine.steps import Op, Step
from engine.tree import MARKS, STYLES, plan_text, rows
from engine.urn import STACK_TYPE

if TYPE_CHECKING:
    from rich.console import Console

    from engine.preview import Preview

__all__ = ["preview_json", "render_preview"]

_SEVERITY_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "yellow"}
_COUNT_WORDS = (
    (Op.CREATE, "to create"),
    (Op.UPDATE, "to update"),
    (Op.REPLACE, "to replace"),
    (Op.DELETE, "to delete"),
    (Op.SAME, "unchanged"),
)
_Painted = tuple[str, str]


def render_preview(preview: Preview, *, diff: bool, console: Console) -> None:
    """Print a preview; ``diff`` shows every input and, line by line, every change of text."""
    lines = list(_diff(preview) if diff else _tree(preview))
    paint(lines, console)
    paint_diagnostics(preview.diagnostics, console)
    paint(list(_outputs(preview.steps)), console)
    paint(list(_counts(preview)), console)


def paint(lines: list[_Painted], console: Console) -> None:
    """Write lines with their styles, past the console's layout, in which thousands are slow."""
    if console.color_system is None or console.no_color:
        console.file.writelines(f"{visible_text(text)}\n" for text, _ in lines)
        return
    from rich.color import ColorSystem

    styles = {style: console.get_style(style or "none") for _, style in lines}
    for text, style in lines:
        painted = styles[style].render(visible_text(text), color_system=ColorSystem.STANDARD)
        console.file.write(f"{painted}\n")


def _tree(preview: Preview) -> Iterator[_Painted]:
    table = list(rows(preview.steps))
    types = [row.branch + row.step.type for row in table]
    wide = max(map(len, types), default=4)
    names = max((len(row.step.resource.name) for row in table), default=4)
    yield f"Previewing ({preview.program.stack}):", "bold"
    if not table:
        return
    yield f"     {'Type':<{wide}}  {'Name':<{names}}  Plan", "bold"
    for row, kind in zip(table, types, strict=True):
        mark = MARKS[row.step.op]
        name = row.step.resource.name
        text = f" {mark:<2}  {kind:<{wide}}  {name:<{names}}  {row.plan:<8}  {row.info}"
        yield text.rstrip(), STYLES.get(mark, "")


def _diff(preview: Preview) -> Iterator[_Painted]:
    """Every change below its parents; parents that stay are named alone."""
    yield f"Previewing ({preview.program.stack}):", "bold"
    for row in rows(preview.steps):
        yield from _step(row.step, row.depth)


def _step(step: Step, depth: int) -> Iterator[_Painted]:
    mark = MARKS[step.op]
    pad = "    " * depth
    plan = plan_text(step.op) or "unchanged"
    name = step.resource.name
    yield f"{pad}{mark:<2}{step.type} {name}: ({plan})", STYLES.get(mark, "")
    if step.op is Op.SAME:
        return
    if step.old and step.old.id:
        yield f"{pad}    [id={step.old.id}]", ""
    yield f"{pad}    [urn={step.urn}]", ""
    if step.op in (Op.CREATE_REPLACEMENT, Op.DELETE_REPLACED):
        return  # the replacing step shows the difference
    for line in detail_lines(step, depth + 1):
        yield _line(line)


def _line(line: Line) -> _Painted:
    pad = "    " * line.indent
    return f"{pad}{line.mark} {line.text}".rstrip(), STYLES.get(line.mark, "")


def paint_diagnostics(diagnostics: tuple[Diagnostic, ...], console: Console) -> None:
    """Print what the program and the engine have said."""
    paint(list(_diagnostics(diagnostics)), console)


def _diagnostics(diagnostics: tuple[Diagnostic, ...]) -> Iterator[_Painted]:
    if not diagnostics:
        return
    yield "", ""
    yield "Diagnostics:", "bold"
    for diagnostic in diagnostics:
        style = _SEVERITY_STYLES.get(diagnostic.severity, "")
        first, *rest = diagnostic.message.rstrip("\n").split("\n")
        about = f" ({diagnostic.urn})" if diagnostic.urn and diagnostic.urn not in first else ""
        yield f"  {diagnostic.severity}: {first}{about}", style
        for text in rest:
            yield f"    {text}", style


def paint_outputs(steps: tuple[Step, ...], console: Console) -> None:
    """Print what the stack gives out, changed or not."""
    made = tuple(replace(step, old=None) for step in steps if step.new)
    paint(list(_outputs(made, mark=" ")), console)


def _outputs(steps: tuple[Step, ...], mark: str = "") -> Iterator[_Painted]:
    stack = next((step for step in steps if step.type == STACK_TYPE), None)
    if stack is None:
        return
    new = stack.new.outputs if stack.new else {}
    old = stack.old.outputs if stack.old else {}
    lines = [replace(line, mark=mark or line.mark) for line in output_lines(old, new)]
    if lines:
        yield "", ""
        yield "Outputs:", "bold"
        yield from map(_line, lines)


def _counts(preview: Preview) -> Iterator[_Painted]:
    yield "", ""
    yield "Resources:", "bold"
    counts = preview.counts
    for op, words in _COUNT_WORDS:
        if counts.get(op):
            mark = MARKS[op]
            yield f"    {mark:<2} {counts[op]} {words}", STYLES.get(mark, "")
    if not preview.ok:
        yield "", ""
        yield "The preview failed.", "bold red"
