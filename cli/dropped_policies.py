"""A preview that changes policies -> those that Weave Net has dropped, and would drop again."""

from collections.abc import Iterable, Iterator

import click

from cli.pod_network import Foretold
from engine.steps import Op
from reach.cluster_objects import read_manifest
from render.manifest import NETWORK_POLICY, Manifest, as_fields, as_items

_TITLE = "Weave Net has dropped policies that somebody changed, and would not see them put right"


def print_dropped_policies(foretold: Iterable[Foretold]) -> bool:
    """Print which policies somebody has to delete first, and how; whether there is one.

    weave-npc drops a policy with the name of a port, and with it the change that takes the name
    away (seen on 2.9.0): until the policy is made anew, its pods are open or closed as if it were
    not there.
    """
    found = [policy for each in foretold for policy in _read_dropped(each)]
    if not found:
        return False
    click.secho(f"\n{_TITLE}", bold=True, err=True)
    for policy, name in found:
        place = f"{policy.namespace}/{policy.name}"
        click.echo(f"  {place} calls a port '{name}' in the cluster. Delete it:", err=True)
        line = f"kubectl -n {policy.namespace} delete networkpolicy {policy.name}"
        click.echo(f"    {line}", err=True)
    click.echo("  Then `la1r refresh`, and `la1r up` makes it anew. Nothing was changed.", err=True)
    return True


def _read_dropped(foretold: Foretold) -> Iterator[tuple[Manifest, str]]:
    """The policy as it is in the cluster, with the first name of a port in it."""
    if foretold.op is not Op.UPDATE or foretold.old.get("kind") != NETWORK_POLICY.name:
        return
    policy = read_manifest(foretold.old)
    names = [
        port
        for direction in ("ingress", "egress")
        for rule in as_items(policy.at("spec", direction))
        for each in as_items(as_fields(rule).get("ports"))
        if isinstance(port := as_fields(each).get("port"), str)
    ]
    for name in names[:1]:
        yield policy, name
