"""Verdicts -> plain records, as JSON output and views carry them."""

from collections.abc import Iterable, Mapping
from typing import TypedDict

from reach.findings import Denial, FlowNote, Part, Verdict


class Way(TypedDict):
    """One way by which something is open."""

    ports: list[str]
    to: str
    enforced: bool
    steps: list[str]


class Stop(TypedDict):
    """What closes the rest."""

    ports: list[str]
    to: str
    steps: list[str]


class Row(TypedDict):
    """One pair in short; `not_enforceable` are those of the open ports that no rule can close."""

    source: str
    target: str
    ports: list[str]
    not_enforceable: list[str]
    by_public_address: list[str]
    why: list[str]


class FullRow(Row):
    """One pair with every way and what stops the rest."""

    ways: list[Way]
    denied: list[Stop]


def row_of(verdict: Verdict, notes: Mapping[str, FlowNote]) -> Row:
    """The pair in short."""
    return Row(
        source=verdict.source,
        target=verdict.target,
        ports=list(verdict.allowed.texts()),
        not_enforceable=list(verdict.not_enforceable.texts()),
        by_public_address=list(verdict.by_public_address.texts()),
        why=sorted(set(reasons_of(verdict.working, notes))),
    )


def full_row_of(verdict: Verdict, notes: Mapping[str, FlowNote]) -> FullRow:
    """The pair with the chain behind each verdict, each way once."""
    ways = {_way_key(part): _way(part) for part in verdict.working}
    stops = {_stop_key(denial): _stop(denial) for denial in verdict.denials}
    for part in verdict.parts:
        if part.fault is not None:
            denial = Denial(part.ports, part.dial, (*part.steps, part.fault), part.start)
            stops[_stop_key(denial)] = _stop(denial)
    short = row_of(verdict, notes)
    return FullRow(**short, ways=list(ways.values()), denied=list(stops.values()))


def reasons_of(parts: Iterable[Part], notes: Mapping[str, FlowNote]) -> Iterable[str]:
    """Why parts are open: the reasons of flows, else what the rules or the way say."""
    for part in parts:
        flows = flows_of(part, notes)
        if flows:
            yield from (f"{name}: {notes[name].why}" for name in flows)
        else:
            yield part.reason


def flows_of(part: Part, notes: Mapping[str, FlowNote]) -> tuple[str, ...]:
    """Names of the flows that the rules on the way serve."""
    comments = (n for step in part.steps if step.comment for n in step.comment.split(", "))
    return tuple(dict.fromkeys(name for name in comments if name in notes))


def _way(part: Part) -> Way:
    return Way(
        ports=list(part.ports.texts()),
        to=str(part.dial),
        enforced=part.enforced,
        steps=[str(step) for step in part.steps] or ["nobody is passed on the way"],
    )


def _stop(denial: Denial) -> Stop:
    return Stop(
        ports=list(denial.ports.texts()),
        to=str(denial.dial),
        steps=[str(step) for step in denial.steps],
    )


def _way_key(part: Part) -> tuple[object, ...]:
    return part.ports.intervals, str(part.dial), part.steps


def _stop_key(denial: Denial) -> tuple[object, ...]:
    return denial.ports.intervals, str(denial.dial), denial.steps
