"""NetworkPolicies and pods in few words."""

from collections.abc import Mapping
from ipaddress import IPv4Address

from reach.policies import Pod, PolicySet
from reach.policy_form import Direction, Policy, read_policy
from reach.portset import read_ports
from render.manifest import NETWORK_POLICY, Json, Manifest, Meta

NAMESPACES: Mapping[str, Mapping[str, str]] = {
    "a": {"kubernetes.io/metadata.name": "a", "team": "red"},
    "b": {"kubernetes.io/metadata.name": "b", "team": "blue"},
    "c": {"kubernetes.io/metadata.name": "c"},
}
NAMED_PORTS = {"web": (("tcp", "http"), 80), "db": (("tcp", "http"), 8080)}


def pod(name: str) -> Pod:
    """The pods `namespace/app`; `namespace/` has none with an app label."""
    namespace, _, app = name.partition("/")
    return Pod(
        namespace=namespace,
        labels=(("app", app),) if app else (),
        namespace_labels=tuple(sorted(NAMESPACES[namespace].items())),
        address=int(IPv4Address("10.244.0.9")),
        named_ports=(NAMED_PORTS[app],) if app in NAMED_PORTS else (),
    )


def policy(spec: Mapping[str, Json], namespace: str = "a", name: str = "tested") -> Policy:
    """Read a NetworkPolicy that stands in a namespace."""
    return read_policy(Manifest(NETWORK_POLICY, Meta(name, namespace), None, {"spec": spec}))


def is_open(policies: tuple[Policy, ...], flow: str, direction: Direction | None = None) -> bool:
    """Whether a flow passes: `source target port`, ends being pods or addresses."""
    source, target, port = flow.split()
    wanted = read_ports((port,))
    found = PolicySet.of(policies)
    opener, answerer = end(source), end(target)
    left = wanted
    if isinstance(opener, Pod) and direction is not Direction.INGRESS:
        left &= found.judge(opener, Direction.EGRESS, answerer).ports
    if isinstance(answerer, Pod) and direction is not Direction.EGRESS:
        left &= found.judge(answerer, Direction.INGRESS, opener).ports
    return left == wanted


def end(name: str) -> Pod | int:
    """A pod, or an address as a number."""
    return pod(name) if "/" in name else int(IPv4Address(name))
