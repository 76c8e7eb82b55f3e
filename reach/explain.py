"""A verdict -> sentences: what is open, by which rules, and what stops the rest."""

from collections.abc import Iterable, Iterator

from reach.findings import Denial, Part, Step, Verdict
from reach.matrix import matrix_text
from reach.model import Reach
from reach.portset import PortSet
from terms.values import Ports

__all__ = ["explain", "matrix_text"]

NO_WAY = "no way leads there"
NO_PUBLIC_PORT = "only public addresses can be dialled from outside, and no port there leads to it"
NOBODY_ASKED = "no rule of anybody is asked on the way"


def explain(reach: Reach, source: str, target: str, ports: Ports | None) -> str:
    """Say who reaches whom, with the rule chain behind it; raises UnknownEndpointError."""
    verdict = reach.verdict(source, target)
    asked = PortSet.of((ports,)) if ports else PortSet.everything
    lines = [
        _headline(verdict, asked),
        *_twins(reach, source, target),
        *_ways(verdict.working, asked),
        *_stops(verdict, asked),
    ]
    return "\n".join(lines)


def _headline(verdict: Verdict, asked: PortSet) -> str:
    public = verdict.by_public_address & asked
    allowed = verdict.allowed & asked
    ends = f"{verdict.source} -> {verdict.target}"
    if not allowed and not public:
        return f"{ends}: closed" + ("" if asked == PortSet.everything else f" on {asked}")
    words = [f"open on {allowed}"] if allowed else []
    if public and verdict.source != "internet":
        words.append(f"open on {public} by a public address")
    if unguarded := verdict.not_enforceable & asked:
        words.append(f"not enforceable on {unguarded}")
    if rest := asked - allowed:
        words.append(f"closed on {'the rest' if allowed or public else rest}")
    return f"{ends}: {'; '.join(words)}"


def _twins(reach: Reach, *names: str) -> Iterator[str]:
    """Say it where a name has no verdict of its own."""
    for endpoint in reach.endpoints:
        if endpoint.name in names and endpoint.same_as:
            yield f"  {endpoint.name} is treated as {endpoint.same_as}: no rule tells them apart"
        elif endpoint.name in names and endpoint.members:
            yield f"  {endpoint.name} stands for {len(endpoint.members)} endpoints"


def _ways(parts: Iterable[Part], asked: PortSet) -> Iterator[str]:
    seen: set[tuple[object, ...]] = set()
    for part in parts:
        ports = part.ports & asked
        key = (ports, str(part.dial), part.steps)
        if not ports or key in seen:
            continue
        seen.add(key)
        yield f"  open at {part.dial} on {ports}" + ("" if part.enforced else ", not enforceable")
        yield from _numbered(part.steps or (), part.reason)


def _stops(verdict: Verdict, asked: PortSet) -> Iterator[str]:
    """What stops the ports that are closed by every way, each reason once."""
    closed = asked - verdict.allowed
    seen: set[tuple[Step, ...]] = set()
    for denial in (*_faults(verdict), *verdict.denials):
        ports = denial.ports & closed
        elsewhere = denial.dial.public is not None and verdict.source != "internet"
        if not ports or elsewhere or denial.steps in seen:
            continue
        seen.add(denial.steps)
        yield f"  closed at {denial.dial} on {ports}"
        yield from _numbered(denial.steps, NOBODY_ASKED)
    if closed and not seen:
        yield f"  closed: {NO_PUBLIC_PORT if verdict.source == 'internet' else NO_WAY}"


def _faults(verdict: Verdict) -> Iterator[Denial]:
    for part in verdict.parts:
        if part.fault is not None:
            yield Denial(part.ports, part.dial, (*part.steps, part.fault), part.start)


def _numbered(steps: tuple[Step, ...], otherwise: str) -> Iterator[str]:
    for number, step in enumerate(steps, start=1):
        yield f"    {number}. {step}"
    if not steps:
        yield f"    {otherwise}"
