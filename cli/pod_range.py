"""A preview that changes the pod range -> the work on each node, which no engine does."""

from collections.abc import Iterator

from engine.preview import Preview
from engine.steps import Op, Step
from engine.values import Properties, unwrap_all
from plan.model import Plan
from render.weave import POD_RANGE_NAME, SYSTEM_NAMESPACE

TITLE = "A new pod range: on every node, before its pods get addresses"
_NOTE = f"/{SYSTEM_NAMESPACE}/{POD_RANGE_NAME}"
# Where the router keeps the range that it has joined with (weave-kube, DB_PREFIX).
_DATA = "/var/lib/weave/weave-netdata.db"


def pod_range_lines(preview: Preview, plan: Plan) -> tuple[str, ...]:
    """The work on each node, in order; nothing where the range stays."""
    step = next((step for step in preview.steps if _replaces_range(step)), None)
    if step is None or step.old is None or step.new is None:
        return ()
    return tuple(_list_work(_pods(step.old.inputs), _pods(step.new.inputs), plan))


def _replaces_range(step: Step) -> bool:
    return step.op is Op.REPLACE and step.resource.name.endswith(_NOTE)


def _pods(inputs: Properties) -> str:
    data = unwrap_all(inputs).get("data")
    return str(data.get("pods")) if isinstance(data, dict) else "unknown"


def _list_work(old: str, new: str, plan: Plan) -> Iterator[str]:
    yield f"from {old} to {new}: routers keep {old} in data of their own, and go on with it"
    yield "Pods have no network from the first of these steps to the last: choose a quiet hour."
    for device, address in plan.addresses.nodes:
        yield f"{device} ({address}): rm {_DATA}"
    yield f"then once: --cluster-cidr={new} for kube-proxy and the controller manager"
    for device, address in plan.addresses.nodes:
        yield f"{device} ({address}): systemctl reboot"
