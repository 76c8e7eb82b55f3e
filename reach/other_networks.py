"""Listed objects -> pod networks that stand, or stood, in a cluster beside Weave Net."""

from collections.abc import Iterable, Iterator

from render.manifest import Fields, as_fields
from terms.problem import Problem

# Daemons of other pod networks, by what their names begin with.
DAEMONS = ("kube-flannel", "calico", "canal", "cilium", "kube-router", "antrea", "kindnet")
# What flannel writes on nodes and never takes off.
FLANNEL_NOTES = "flannel.alpha.coreos.com/"


def find_other_networks(objects: Iterable[Fields]) -> Iterator[Problem]:
    """A problem for each daemon of another pod network, and each node that flannel has left."""
    for found in objects:
        metadata = as_fields(found.get("metadata"))
        name = str(metadata.get("name"))
        if found.get("kind") == "DaemonSet" and name.startswith(DAEMONS):
            yield _problem(
                f"kubernetes/DaemonSet/{metadata.get('namespace')}/{name}",
                f"the pod network {name} runs beside Weave Net",
                "delete it, and then on each node its files in /etc/cni/net.d",
            )
        notes = as_fields(metadata.get("annotations"))
        if found.get("kind") == "Node" and any(key.startswith(FLANNEL_NOTES) for key in notes):
            yield _problem(
                f"kubernetes/Node/{name}",
                f"{name} was a node of flannel",
                "delete /etc/cni/net.d/10-flannel.conflist and the interfaces cni0 and flannel.1 "
                f"there, and take the notes {FLANNEL_NOTES}... off the node",
            )


def _problem(path: str, found: str, fix: str) -> Problem:
    so = "its configuration sorts before Weave Net's: new pods get its network, and no policy"
    return Problem("E-K8S-18", path, found, so, fix)
