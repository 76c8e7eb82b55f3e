"""Waits until an object is ready, or gone."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from engine.cluster.objects import Objects
from engine.cluster.readiness import State, judge
from engine.cluster.refusals import ClusterError
from engine.values import Properties, Value

# Ten minutes, as the Kubernetes provider waits where nobody says otherwise.
DEFAULT_SECONDS = 600.0
# Endpoints come one by one; the provider takes them for settled after this time without a change.
SETTLED_SECONDS = 10.0
_PAUSE, _SLOWER, _LONGEST_PAUSE = 0.2, 1.5, 2.0


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait, and what to do meanwhile."""

    seconds: float
    sleep: Callable[[float], bool]
    """Sleeps; true when the waiting is to be given up."""
    say: Callable[[str], None]


class NotReadyError(ClusterError):
    """An object is there and does not do what it is for."""

    def __init__(self, message: str, live: Properties) -> None:
        super().__init__(message)
        self.live = live


class GivenUpError(ClusterError):
    """Somebody asked for the end of all waiting."""


def wait_until_ready(objects: Objects, live: Properties, patience: Patience) -> Properties:
    """The object when it is ready. Raises NotReadyError or GivenUpError."""
    endpoints = _Endpoints(objects)

    def look(current: Properties) -> State:
        state = judge(current)
        return endpoints.judge(current) if state.ready else state

    return _wait(objects, live, patience, look)


def _wait(
    objects: Objects, live: Properties, patience: Patience, look: Callable[[Properties], State]
) -> Properties:
    deadline, pause, said = time.monotonic() + patience.seconds, _PAUSE, ""
    while not (state := look(live)).ready:
        if state.failed or time.monotonic() > deadline:
            waited = "" if state.failed else f" after {patience.seconds:g} s"
            raise NotReadyError(f"it is not ready{waited}: {state.message}", live)
        if state.message != said:
            patience.say(f"waiting: {state.message}")
            said = state.message
        _sleep(patience, pause)
        pause = min(pause * _SLOWER, _LONGEST_PAUSE)
        found = objects.read(live)
        if found is None:
            raise NotReadyError("somebody deleted it while it was getting ready", live)
        live = found
    return live


def wait_until_gone(objects: Objects, document: Properties, patience: Patience) -> None:
    """Return when the object is gone. Raises NotReadyError or GivenUpError."""
    deadline, pause = time.monotonic() + patience.seconds, _PAUSE
    while (live := objects.read(document)) is not None and _is_same(live, document):
        if time.monotonic() > deadline:
            held = _finalizers(live)
            why = f": {', '.join(held)} must let go of it first" if held else ""
            raise NotReadyError(f"it is still there after {patience.seconds:g} s{why}", live)
        _sleep(patience, pause)
        pause = min(pause * _SLOWER, _LONGEST_PAUSE)


def _sleep(patience: Patience, seconds: float) -> None:
    if patience.sleep(seconds):
        raise GivenUpError("the waiting was given up")


def _is_same(live: Properties, document: Properties) -> bool:
    """Whether it is still that object, and not a new one with its name."""
    known = _metadata(document).get("uid")
    return known is None or _metadata(live).get("uid") == known


def _finalizers(live: Properties) -> list[str]:
    found = [_metadata(live).get("finalizers")]
    spec = live.get("spec")
    # Namespaces keep theirs in another place.
    found.append(spec.get("finalizers") if isinstance(spec, dict) else None)
    return [str(each) for group in found if isinstance(group, list) for each in group]


def _metadata(document: Properties) -> Properties:
    found = document.get("metadata")
    return found if isinstance(found, dict) else {}


class _Endpoints:
    """Whether pods that a Service selects are ready, once their number no longer changes."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self._version = ""
        self._since = 0.0

    def judge(self, document: Properties) -> State:
        if not _selects_pods(document):
            return State(ready=True)
        found = self._objects.read_beside(document, "v1", "Endpoints") or {}
        version = str(_metadata(found).get("resourceVersion", ""))
        if version != self._version or not version:
            self._version, self._since = version, time.monotonic()
        settled = time.monotonic() - self._since >= SETTLED_SECONDS
        if settled and not _pending(found):
            return State(ready=True)
        return State(ready=False, message="its pods are not all ready")


def _selects_pods(document: Properties) -> bool:
    spec = document.get("spec")
    if (document.get("apiVersion"), document.get("kind")) != ("v1", "Service"):
        return False
    if not isinstance(spec, dict) or not spec.get("selector"):
        return False
    return spec.get("clusterIP") != "None" and spec.get("type") != "ExternalName"


def _pending(endpoints: Properties) -> bool:
    subsets: Value = endpoints.get("subsets")
    return any(
        isinstance(subset, dict) and bool(subset.get("notReadyAddresses"))
        for subset in (subsets if isinstance(subsets, list) else ())
    )
