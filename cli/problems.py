"""Prints problems for people, or as JSON for programs."""

import json
from collections.abc import Iterable

import click

from terms.problem import Problem, Severity

COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow"}


def print_problems(problems: Iterable[Problem], *, as_json: bool) -> None:
    """Print every problem, then how many of each kind; JSON to stdout, text to stderr."""
    listed = sorted(problems, key=lambda problem: problem.order)
    if as_json:
        click.echo(
            json.dumps({"problems": [problem_record(problem) for problem in listed]}, indent=2)
        )
        return
    for problem in listed:
        head, _, rest = str(problem).partition("\n")
        click.secho(head, fg=COLOURS[problem.severity], bold=True, err=True)
        click.echo(rest + "\n", err=True)
    click.echo(count_line(listed), err=True)


def count_line(problems: list[Problem]) -> str:
    """`2 problems, 1 warning`."""
    errors = sum(problem.severity is Severity.ERROR for problem in problems)
    counts = ((errors, "problem"), (len(problems) - errors, "warning"))
    return ", ".join(f"{count} {word}{'s' * (count != 1)}" for count, word in counts if count)


def problem_record(problem: Problem) -> dict[str, object]:
    """A problem as plain data, with its place in the file where that is known."""
    place = problem.position
    return {
        "code": problem.code,
        "severity": problem.severity.value,
        "path": problem.path,
        "found": problem.found,
        "consequence": problem.consequence,
        "fix": problem.fix,
        **({"file": place.file, "line": place.line, "column": place.column} if place else {}),
    }
