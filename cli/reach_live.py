"""`la1r reach --live`: what the cluster's own policies decide, beside what is declared."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import click

from cli.exits import Exit
from cli.stack import compute_whole
from cli.tenant_kubeconfig import find_way_in
from reach.live import LiveChange, LiveReach, compare_live
from render.kubernetes import render_manifests
from render.manifest import Fields

# What policies are about, and what may stand beside them; nothing is written.
LISTS = {
    "Namespace": "/api/v1/namespaces",
    "Pod": "/api/v1/pods",
    "NetworkPolicy": "/apis/networking.k8s.io/v1/networkpolicies",
    "DaemonSet": "/apis/apps/v1/daemonsets",
    "Node": "/api/v1/nodes",
}
# Nobody reads on; the whole is in --json.
MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Listed:
    """What a cluster has, and where that was."""

    server: str
    objects: tuple[Fields, ...]


def run_reach_live(name: str, kubeconfig: str | None, *, as_json: bool) -> Exit:
    """Read the cluster of a stack, and say what it decides otherwise; exit 3 where it does."""
    whole = compute_whole(name)
    listed = list_cluster(find_way_in(whole, kubeconfig))
    found = compare_live(whole.plan, render_manifests(whole.plan), listed.objects)
    if as_json:
        click.echo(json.dumps(write_record(found), indent=2))
    else:
        click.echo("\n".join(write_lines(found, listed.server)))
    return Exit.DRIFT if found.differs or found.problems else Exit.FINE


def list_cluster(kubeconfig: str) -> Listed:
    """Everything that policies are about; says in a sentence why the cluster cannot be read."""
    from engine.cluster.connection import connect
    from engine.cluster.refusals import ClusterError

    try:
        connection = connect(kubeconfig)
        connection.reach()
        objects: list[Fields] = []
        for kind, path in LISTS.items():
            items: Any = connection.call("GET", path).get("items") or []
            # Kinds are not repeated within a list.
            objects += [{**item, "kind": kind} for item in items]
    except ClusterError as error:
        raise click.ClickException(f"The cluster was not read: {error}.") from error
    return Listed(connection.server, tuple(objects))


def write_lines(found: LiveReach, server: str) -> Iterator[str]:
    """The comparison for a person: the dangerous first."""
    yield f"{server}: {found.pods} pods, {found.policies} policies."
    yield from _changes("open in the cluster, and not declared", found.opened)
    yield from _changes("declared, and closed in the cluster", found.closed)
    yield from _names("policies that nobody declared", found.foreign)
    yield from _names("declared policies that are not there", found.missing)
    yield from _names("policies that say something else than declared", found.changed)
    if found.problems:
        yield f"\nWhat does not do what it says ({len(found.problems)}):"
        yield from (str(problem) for problem in found.problems)
    yield from _repairs(found)
    if not found.differs and not found.problems:
        yield "Its policies decide as declared, between all pods and towards everyone outside."


def _repairs(found: LiveReach) -> Iterator[str]:
    """No engine sees what others declared, or what they added to an object of ours."""
    wrong = sorted({*found.foreign, *found.changed})
    if not wrong and not found.missing:
        return
    yield "\nTo put it right:"
    for path in wrong[:MOST_SHOWN]:
        namespace, _, name = path.partition("/")
        yield f"  kubectl -n {namespace} delete networkpolicy {name}"
    yield from _more(len(wrong))
    if found.changed or found.missing:
        yield "  la1r refresh, and la1r up, which makes anew what is declared and is not there"


def _changes(title: str, changes: tuple[LiveChange, ...]) -> Iterator[str]:
    if not changes:
        return
    yield f"\n{title.capitalize()} ({len(changes)}):"
    for change in changes[:MOST_SHOWN]:
        by = f"  by {', '.join(change.by)}" if change.by else "  where no policy stands"
        yield f"  {change.source} -> {change.target}  {change.ports}{by}"
    yield from _more(len(changes))


def _names(title: str, names: tuple[str, ...]) -> Iterator[str]:
    if names:
        yield f"\n{title.capitalize()} ({len(names)}):"
        yield from (f"  {name}" for name in names[:MOST_SHOWN])
        yield from _more(len(names))


def _more(count: int) -> Iterator[str]:
    if count > MOST_SHOWN:
        yield f"  ... and {count - MOST_SHOWN} more; --json has all."


def write_record(found: LiveReach) -> dict[str, Any]:
    """The comparison for programs."""
    return {
        "pods": found.pods,
        "policies": found.policies,
        "opened": [_record(change) for change in found.opened],
        "closed": [_record(change) for change in found.closed],
        "foreign": list(found.foreign),
        "missing": list(found.missing),
        "changed": list(found.changed),
        "problems": [
            {
                "code": problem.code,
                "path": problem.path,
                "found": problem.found,
                "consequence": problem.consequence,
                "fix": problem.fix,
            }
            for problem in found.problems
        ],
    }


def _record(change: LiveChange) -> dict[str, Any]:
    return {
        "source": change.source,
        "target": change.target,
        "ports": list(change.ports.texts()),
        "by": list(change.by),
    }
