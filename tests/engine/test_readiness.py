"""When an object is taken for ready, kind by kind, and what is said until then."""

from __future__ import annotations

import pytest

from engine.cluster.readiness import READY, judge
from engine.values import Properties, Value


def document(kind: str, version: str = "apps/v1", **parts: Value) -> Properties:
    metadata: Value = {"name": "it", "generation": 2}
    return {"apiVersion": version, "kind": kind, "metadata": metadata, **parts}


def daemon(**status: Value) -> Properties:
    seen: Properties = {"observedGeneration": 2, **status}
    return document("DaemonSet", spec={}, status=seen)


DONE = {
    "desiredNumberScheduled": 2,
    "currentNumberScheduled": 2,
    "updatedNumberScheduled": 2,
    "numberAvailable": 2,
    "numberReady": 2,
}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param({}, "", id="all of it"),
        pytest.param({"observedGeneration": 1}, "not looked at it", id="an old status"),
        pytest.param({"currentNumberScheduled": 1}, "1 of 2 nodes have a pod", id="a pod missing"),
        pytest.param(
            {"updatedNumberScheduled": 1}, "1 of 2 nodes have its new form", id="old pods"
        ),
        pytest.param({"numberAvailable": 0}, "0 of 2 nodes are available", id="too fresh"),
        pytest.param({"numberReady": 1}, "1 of 2 nodes are ready", id="not ready"),
    ],
)
def test_a_daemon_set_is_ready_when_every_node_runs_its_new_form(
    change: dict[str, Value], said: str
) -> None:
    state = judge(daemon(**{**DONE, **change}))

    assert state.ready is (not said)
    assert said in state.message


def test_a_daemon_set_without_nodes_is_ready() -> None:
    assert judge(daemon(desiredNumberScheduled=0)) == READY


def test_a_daemon_set_nobody_has_looked_at_is_not_ready() -> None:
    assert not judge(document("DaemonSet", spec={})).ready


def test_old_pods_do_not_matter_where_they_are_only_replaced_by_hand() -> None:
    parts = daemon(**{**DONE, "updatedNumberScheduled": 0})

    assert judge({**parts, "spec": {"updateStrategy": {"type": "OnDelete"}}}).ready


def deployment(**status: Value) -> Properties:
    seen: Properties = {"observedGeneration": 2, **status}
    return document("Deployment", spec={"replicas": 2}, status=seen)


@pytest.mark.parametrize(
    ("status", "ready"),
    [
        pytest.param({"replicas": 2, "updatedReplicas": 2, "availableReplicas": 2}, True, id="all"),
        pytest.param(
            {"replicas": 2, "updatedReplicas": 1, "availableReplicas": 2}, False, id="old"
        ),
        pytest.param(
            {"replicas": 3, "updatedReplicas": 2, "availableReplicas": 2}, False, id="more"
        ),
        pytest.param({"replicas": 2, "updatedReplicas": 2}, False, id="unavailable"),
    ],
)
def test_a_deployment_is_ready_when_its_new_form_alone_is_there(
    status: dict[str, Value], ready: bool
) -> None:
    assert judge(deployment(**status)).ready is ready


def test_a_deployment_that_made_no_progress_has_failed() -> None:
    stuck: Value = [
        {"type": "Progressing", "reason": "ProgressDeadlineExceeded", "message": "timed out"}
    ]

    state = judge(deployment(conditions=stuck))

    assert state.failed
    assert state.message == "timed out"


@pytest.mark.parametrize(
    ("kind", "spec", "status", "ready"),
    [
        pytest.param("Service", {"type": "ClusterIP"}, {}, True, id="a service inside"),
        pytest.param("Service", {"type": "LoadBalancer"}, {}, False, id="no address yet"),
        pytest.param(
            "Service",
            {"type": "LoadBalancer"},
            {"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}},
            True,
            id="an address",
        ),
        pytest.param("ResourceQuota", {"hard": {"pods": "1"}}, {}, False, id="not counted"),
        pytest.param(
            "ResourceQuota", {"hard": {"pods": "1"}}, {"hard": {"pods": "1"}}, True, id="counted"
        ),
        pytest.param("ConfigMap", {}, {}, True, id="a kind nobody waits for"),
    ],
)
def test_other_kinds_are_ready_by_their_own_rule(
    kind: str, spec: Value, status: Value, ready: bool
) -> None:
    assert judge(document(kind, "v1", spec=spec, status=status)).ready is ready
