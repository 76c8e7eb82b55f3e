"""A preview in which one object leaves a resource and comes under another -> a refusal in words.

An engine knows resources by their names, which begin with that of a cluster or a tenant. With
another name it would make each object where it stands already, fail at some, and delete what it
knows by the old name, which is the same object.
"""

from collections.abc import Iterable

import click

from cli.pod_network import Foretold
from engine.steps import Op
from render.manifest import Fields, as_fields

_TITLE = "Objects are declared under another name than they are recorded under"
_WAYS_OUT = (
    "An engine would make them where they stand, and then delete them: they are the same objects,",
    "and with a namespace goes all that runs in it. Give cluster and tenant the name back under",
    "which they were deployed, and each namespace its tenant. Nothing was changed.",
)
_MOST_SHOWN = 10

Identity = tuple[str, str]


def print_moved_objects(foretold: Iterable[Foretold]) -> bool:
    """Print which objects would go with their old name, and the way out; whether there is one."""
    steps = [each for each in foretold if each.op in (Op.CREATE, Op.DELETE)]
    made = {_identity(each.new): each.name for each in steps if each.op is Op.CREATE}
    gone = {_identity(each.old): each.name for each in steps if each.op is Op.DELETE}
    moved = sorted(identity for identity in made.keys() & gone.keys() if identity[0])
    if not moved:
        return False
    click.secho(f"\n{_TITLE}", bold=True, err=True)
    for kind, place in moved[:_MOST_SHOWN]:
        names = f"recorded as {gone[kind, place]}, declared as {made[kind, place]}"
        click.echo(f"  {kind} {place}: {names}", err=True)
    if len(moved) > _MOST_SHOWN:
        click.echo(f"  ... and {len(moved) - _MOST_SHOWN} more", err=True)
    for line in _WAYS_OUT:
        click.echo(f"  {line}", err=True)
    return True


def _identity(inputs: Fields) -> Identity:
    """Kind and place of an object; no kind for what is none."""
    metadata = as_fields(inputs.get("metadata"))
    place = "/".join(str(metadata[key]) for key in ("namespace", "name") if key in metadata)
    return str(inputs.get("kind") or ""), place
