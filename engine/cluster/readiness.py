"""Whether an object does what it is for, by what its controllers say of it.

The kinds and rules are those for which the Kubernetes provider waits, as far as they are used here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from engine.values import Properties, Value


@dataclass(frozen=True, slots=True)
class State:
    """What is known of an object: done, or not yet and why, or in vain."""

    ready: bool
    message: str = ""
    failed: bool = False


READY = State(ready=True)


def judge(document: Properties) -> State:
    """The state of an object as it is; kinds that nobody waits for are ready at once."""
    rule = _RULES.get((str(document.get("apiVersion")), str(document.get("kind"))))
    return rule(document) if rule else READY


def _fields(document: Properties, *path: str) -> Properties:
    found: Value = document
    for key in path:
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else {}


def _number(fields: Properties, key: str) -> int:
    found = fields.get(key)
    return found if isinstance(found, int) else 0


def _is_stale(document: Properties) -> bool:
    """Whether the controller has not yet looked at what was asked for last."""
    asked = _number(_fields(document, "metadata"), "generation")
    return _number(_fields(document, "status"), "observedGeneration") < asked


def _judge_daemon_set(document: Properties) -> State:
    status = _fields(document, "status")
    if _is_stale(document) or "desiredNumberScheduled" not in status:
        return State(ready=False, message="its controller has not looked at it yet")
    wanted = _number(status, "desiredNumberScheduled")
    replaced = _fields(document, "spec", "updateStrategy").get("type") != "OnDelete"
    counts = [
        ("have a pod", _number(status, "currentNumberScheduled")),
        *([("have its new form", _number(status, "updatedNumberScheduled"))] if replaced else []),
        ("are available", _number(status, "numberAvailable")),
        ("are ready", _number(status, "numberReady")),
    ]
    return _first_short(counts, wanted, "nodes")


def _judge_deployment(document: Properties) -> State:
    if _is_stale(document):
        return State(ready=False, message="its controller has not looked at it yet")
    status = _fields(document, "status")
    progress = _condition(status, "Progressing")
    if progress.get("reason") == "ProgressDeadlineExceeded":
        return State(ready=False, message=str(progress.get("message", "")), failed=True)
    spec = _fields(document, "spec")
    wanted = _number(spec, "replicas") if "replicas" in spec else 1
    counts = [
        ("have its new form", _number(status, "updatedReplicas")),
        ("are available", _number(status, "availableReplicas")),
    ]
    if _number(status, "replicas") > wanted:
        return State(ready=False, message="pods of its old form are still there")
    return _first_short(counts, wanted, "pods")


def _first_short(counts: list[tuple[str, int]], wanted: int, what: str) -> State:
    for does, count in counts:
        if count < wanted:
            return State(ready=False, message=f"{count} of {wanted} {what} {does}")
    return READY


def _condition(status: Properties, kind: str) -> Properties:
    conditions = status.get("conditions")
    for found in conditions if isinstance(conditions, list) else ():
        if isinstance(found, dict) and found.get("type") == kind:
            return found
    return {}


def _judge_service(document: Properties) -> State:
    if _fields(document, "spec").get("type") != "LoadBalancer":
        return READY
    if _fields(document, "status", "loadBalancer").get("ingress"):
        return READY
    return State(ready=False, message="no load balancer has given it an address")


def _judge_quota(document: Properties) -> State:
    if _fields(document, "spec", "hard") == _fields(document, "status", "hard"):
        return READY
    return State(ready=False, message="its controller has not counted yet")


_RULES: dict[tuple[str, str], Callable[[Properties], State]] = {
    ("apps/v1", "DaemonSet"): _judge_daemon_set,
    ("apps/v1", "Deployment"): _judge_deployment,
    ("v1", "ResourceQuota"): _judge_quota,
    ("v1", "Service"): _judge_service,
}
