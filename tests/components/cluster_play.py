"""A play in acts: a cluster is made, each option changed, drift made, found and put right."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from engine.cluster.objects import Manager
from tests.cluster_under_test import take_away
from tests.components.cluster_options import OPTIONS, prepare
from tests.components.cluster_stack import DescribedStack, Run

Live = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Played:
    """One act: what was done for it, and the objects and the state after it."""

    title: str
    run: Run
    live: Live
    state: str

    @property
    def kept(self) -> dict[str, object]:
        """What the engines can be held to: objects, and how often each was changed."""
        generations = {name: each["metadata"].get("generation") for name, each in self.live.items()}
        return {name: (each, generations[name]) for name, each in comparable(self.live).items()}


SOMEBODY = Manager("kubectl-edit", force=True)
# What somebody could set of a kind, or of one object, that the stack sets otherwise.
WIDE: dict[str, dict[str, Any]] = {
    "ClusterRole": {"rules": []},
    "DaemonSet": {"spec": {"template": {"spec": {"hostNetwork": False}}}},
    "L2Advertisement": {"spec": {"ipAddressPools": ["others"]}},
    "IPAddressPool": {"spec": {"autoAssign": True}},
    "LimitRange": {"spec": {"limits": []}},
    "Namespace": {"metadata": {"labels": {"pod-security.kubernetes.io/enforce": "privileged"}}},
    "NetworkPolicy": {"spec": {"policyTypes": ["Egress"]}},
    "ResourceQuota": {"spec": {"hard": {"pods": "999"}}},
    "Role": {"rules": []},
    "RoleBinding": {"subjects": []},
    "Secret": {"data": {"weave-passwd": "eA=="}},
    "Service family/media/web": {"spec": {"selector": {"app": "others"}}},
    "ServiceAccount family/cloud/tenant-owner": {"automountServiceAccountToken": True},
    "ValidatingAdmissionPolicy": {"spec": {"failurePolicy": "Ignore"}},
    "ValidatingAdmissionPolicyBinding": {
        "spec": {"matchResources": {"namespaceSelector": {"matchLabels": {"of": "nobody"}}}}
    },
}


def play(described: DescribedStack) -> Iterator[Played]:
    """Deploy, change each option, find drift and put it right."""

    def act(title: str, run: Run) -> Played:
        assert run.ok, f"{title}: {run.told}"
        return Played(title, run, described.list_live(), json.dumps(described.engine.export()))

    described.change(prepare)
    yield act("nothing is there", described.engine.up())
    for name, change in OPTIONS.items():
        described.change(change)
        yield act(name, described.engine.up())
    for title, meddle in (("widened", widen), ("deleted", delete)):
        meddle(described)
        yield act(f"{title} by somebody, found", described.engine.refresh())
        yield act(f"{title} by somebody, put right", described.engine.up())
    yield act("nothing is new", described.engine.up())


def widen(described: DescribedStack) -> None:
    """Change what somebody could change of each object for more than it should do."""
    for name, live in described.list_live().items():
        if change := WIDE.get(name, WIDE.get(live["kind"])):
            identity = _identity(live)
            metadata = {**identity["metadata"], **change.get("metadata", {})}
            described.objects.apply({**identity, **change, "metadata": metadata}, SOMEBODY)


def delete(described: DescribedStack) -> None:
    """Delete every third object, and with a namespace all that is in it."""
    objects = [_identity(live) for live in described.list_live().values()]
    take_away(described.objects, objects[::3])


def _identity(live: dict[str, Any]) -> dict[str, Any]:
    known = live["metadata"]
    metadata = {key: known[key] for key in ("name", "namespace") if key in known}
    return {"apiVersion": live["apiVersion"], "kind": live["kind"], "metadata": metadata}


def comparable(live: Live) -> Live:
    """The objects, without what the cluster makes up."""
    found = {}
    for name, each in live.items():
        metadata = {key: item for key, item in each["metadata"].items() if key not in _MADE_UP}
        spec = each.get("spec")
        kept = {key: item for key, item in each.items() if key != "status"}
        if isinstance(spec, dict):
            kept["spec"] = {key: item for key, item in spec.items() if key not in _ALLOCATED}
        notes = metadata.get("annotations", {})
        metadata["annotations"] = {key: notes[key] for key in notes if key != _REVISION}
        found[name] = {**kept, "metadata": metadata}
    return found


_MADE_UP = frozenset({"uid", "resourceVersion", "creationTimestamp", "generation", "managedFields"})
# How often the pods of a DaemonSet were changed.
_REVISION = "deprecated.daemonset.template.generation"
_ALLOCATED = frozenset({"clusterIP", "clusterIPs", "healthCheckNodePort"})


def uid_of(live: dict[str, Any]) -> str:
    return str(live["metadata"]["uid"])
