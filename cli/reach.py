"""`la1r reach`: the verdict for one pair with the rules behind it, or the whole matrix."""

import json

import click

from cli.exits import Exit
from cli.stack import Whole, compute_whole
from reach.explain import explain, matrix_text
from terms.values import Ports

Question = tuple[str | None, str | None, str | None]


def run_reach(name: str, question: Question, *, as_json: bool) -> Exit:
    """Answer one question about a stack."""
    whole = compute_whole(name)
    source, target, port = question
    if source is None or target is None:
        click.echo(
            json.dumps(whole.reach.rows(), indent=2) if as_json else matrix_text(whole.reach)
        )
        return Exit.FINE
    for end in (source, target):
        require_endpoint(whole, end)
    ports = read_port(port) if port else None
    if as_json:
        click.echo(json.dumps(whole.reach.row(source, target), indent=2))
    else:
        click.echo(explain(whole.reach, source, target, ports))
    return Exit.FINE


def read_port(text: str) -> Ports:
    """The port of a question; a usage error says how it is written."""
    from pydantic_core import PydanticCustomError

    try:
        return Ports.parse(text)
    except PydanticCustomError as refusal:
        words = refusal.context or {}
        raise click.UsageError(f"{words.get('found')}: {words.get('fix')}.") from None


def require_endpoint(whole: Whole, name: str) -> None:
    """Raise a usage error with near names when the network has no such endpoint."""
    from difflib import get_close_matches

    names = [endpoint.name for endpoint in whole.reach.endpoints]
    if name in names:
        return
    near = get_close_matches(name, names, 3)
    hint = (
        f"Did you mean {' or '.join(near)}?"
        if near
        else "`la1r reach` without a name shows them all."
    )
    raise click.UsageError(f"nothing in stack {whole.name} is called '{name}'. {hint}")
