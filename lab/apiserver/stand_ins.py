"""Stand-ins for the machines of a cluster: nodes that are only objects, and pods that say they run.

There is no kubelet and no scheduler here, and no container is ever started. A stand-in does what
the controllers wait for: it binds a pod to a node, calls it ready, and lets go of it when it is to
end. What the DaemonSet and Deployment controllers make of that is their own, real work.
"""

import datetime as dt
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from lab.apiserver.calls import Caller, CallError

ROUND_SECONDS = 0.1
LABEL = {"la1r.com/stand-in": "node"}
_READY = ("Initialized", "Ready", "ContainersReady", "PodScheduled")


def add_node(caller: Caller, name: str, address: str) -> None:
    """Make a node that is nothing but its object."""
    body = {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": {**LABEL, "kubernetes.io/hostname": name}},
    }
    caller.create("/api/v1/nodes", body)
    status = {
        "addresses": [{"type": "InternalIP", "address": address}],
        "capacity": {"cpu": "8", "memory": "16Gi", "pods": "110"},
        "allocatable": {"cpu": "8", "memory": "16Gi", "pods": "110"},
        "conditions": [{"type": "Ready", "status": "True", "reason": "StandIn"}],
    }
    caller.patch(f"/api/v1/nodes/{name}/status", {"status": status})
    # A new node is tainted until its kubelet speaks up.
    caller.patch(f"/api/v1/nodes/{name}", {"spec": {"taints": None}})


@contextmanager
def run_stand_ins(caller: Caller, *, ready: bool = True) -> Iterator[None]:
    """Play scheduler and kubelet for all pods; with `ready` off, they start and never get ready."""
    stop = threading.Event()
    player = threading.Thread(target=_play, args=(caller, stop, ready), daemon=True)
    player.start()
    try:
        yield
    finally:
        stop.set()
        player.join()


def _play(caller: Caller, stop: threading.Event, ready: bool) -> None:
    while not stop.wait(ROUND_SECONDS):
        # A pod may be gone between two calls, and the server before its players.
        with suppress(CallError):
            nodes = [node["metadata"]["name"] for node in caller.get("/api/v1/nodes")["items"]]
            for pod in caller.get("/api/v1/pods")["items"] if nodes else ():
                _move(caller, pod, nodes, ready)


def _move(caller: Caller, pod: dict[str, Any], nodes: Sequence[str], ready: bool) -> None:
    """Take one pod one step further."""
    path = f"/api/v1/namespaces/{pod['metadata']['namespace']}/pods/{pod['metadata']['name']}"
    if "deletionTimestamp" in pod["metadata"]:
        caller.delete(path, {"gracePeriodSeconds": 0})
    elif "nodeName" not in pod["spec"]:
        target = {"apiVersion": "v1", "kind": "Node", "name": _wanted_node(pod) or nodes[0]}
        name = {"name": pod["metadata"]["name"]}
        caller.create(
            f"{path}/binding",
            {"apiVersion": "v1", "kind": "Binding", "metadata": name, "target": target},
        )
    elif ready and pod["status"].get("phase") != "Running":
        # Without a time, controllers never take it for ready long enough (minReadySeconds).
        now = dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        conditions = [
            {"type": kind, "status": "True", "lastTransitionTime": now} for kind in _READY
        ]
        running = {"phase": "Running", "podIP": "10.244.0.1", "conditions": conditions}
        caller.patch(f"{path}/status", {"status": running})


def _wanted_node(pod: dict[str, Any]) -> str | None:
    """The node that the DaemonSet controller made the pod for."""
    affinity = pod["spec"].get("affinity", {}).get("nodeAffinity", {})
    required = affinity.get("requiredDuringSchedulingIgnoredDuringExecution", {})
    for term in required.get("nodeSelectorTerms", ()):
        for field in term.get("matchFields", ()):
            if field["key"] == "metadata.name":
                return str(field["values"][0])
    return None
