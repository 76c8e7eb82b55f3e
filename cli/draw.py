"""`la1r draw`: writes the views without an engine."""

from pathlib import Path

import click

from cli.exits import Exit
from cli.stack import compute_whole
from cli.views import views_folder, write_all


def run_draw(name: str, out: str | None) -> Exit:
    """Write every view of one stack and say where."""
    whole = compute_whole(name)
    folder = Path(out) if out else views_folder(whole)
    for path in write_all(whole, folder):
        click.echo(str(path))
    return Exit.FINE
