"""A preview that changes the pod network -> what somebody must know or do, which no engine does."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import cast

from engine.plain import plain_all
from engine.preview import Preview
from engine.steps import Op
from engine.urn import is_provider
from plan.model import Plan
from render.manifest import Fields, as_fields
from render.weave import NAME, POD_RANGE_NAME, SYSTEM_NAMESPACE

RANGE_TITLE = "A new pod range: on every node, before its pods get addresses"
PARTING_TITLE = "The password of the pod network changes: its nodes part until the last one has it"
_RANGE, _ROUTERS = f"/{SYSTEM_NAMESPACE}/{POD_RANGE_NAME}", f"/{SYSTEM_NAMESPACE}/{NAME}"
# Nothing but the note of the password stands there.
_NOTES = "spec.template.metadata.annotations"
# Where the router keeps the range that it has joined with (weave-kube, DB_PREFIX).
_DATA = "/var/lib/weave/weave-netdata.db"

Block = tuple[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Foretold:
    """What either engine says that it would do to a resource; `paths` are those that differ.

    `old` and `new` are the inputs, empty where there are none.
    """

    op: Op
    name: str
    paths: frozenset[str]
    old: Fields
    new: Fields


def list_foretold(preview: Preview) -> Iterator[Foretold]:
    """What the built-in engine says."""
    for step in preview.steps:
        if step.op is not Op.SAME and not is_provider(step.type):
            yield Foretold(
                step.op,
                step.resource.name,
                frozenset(step.difference.detailed or ()),
                cast("Fields", plain_all(step.old.inputs if step.old else {})),
                cast("Fields", plain_all(step.new.inputs if step.new else {})),
            )


def pod_network_blocks(foretold: Iterable[Foretold], plan: Plan) -> Iterator[Block]:
    """What to know and to do, with a title; nothing where neither range nor password changes."""
    for each in foretold:
        if each.op is Op.REPLACE and each.name.endswith(_RANGE):
            yield RANGE_TITLE, tuple(_list_work(_pods(each.old), _pods(each.new), plan))
        elif each.op is Op.UPDATE and each.name.endswith(_ROUTERS) and _is_noted(each):
            yield PARTING_TITLE, tuple(_say_parting(plan))


def _pods(inputs: Fields) -> str:
    return str(as_fields(inputs.get("data")).get("pods", "unknown"))


def _is_noted(foretold: Foretold) -> bool:
    return any(path.startswith(_NOTES) for path in foretold.paths)


def _list_work(old: str, new: str, plan: Plan) -> Iterator[str]:
    yield f"from {old} to {new}: routers keep {old} in data of their own, and go on with it"
    yield "Pods have no network from the first of these steps to the last: choose a quiet hour."
    for device, address in plan.addresses.nodes:
        yield f"{device} ({address}): rm {_DATA}"
    yield f"then once: --cluster-cidr={new} for kube-proxy and the controller manager"
    for device, address in plan.addresses.nodes:
        yield f"{device} ({address}): systemctl reboot"


def _say_parting(plan: Plan) -> Iterator[str]:
    nodes = ", ".join(str(device) for device, _ in plan.addresses.nodes)
    yield f"Kubernetes starts the routers anew, one node after the other: {nodes}"
    yield "Pods on nodes that have it and on nodes that have it not do not reach each other."
    yield "A node that does not answer holds up all others: see first that every node is Ready,"
    yield "and choose a quiet hour. To have all of them start at once, as soon as it has begun:"
    yield f"kubectl -n {SYSTEM_NAMESPACE} delete pods -l name={NAME}"
