"""Verdicts and flows -> what is open though nobody declared it, with the rule that opened it."""

from collections.abc import Iterator

from msgspec import Struct

from plan.model import Plan
from reach.coverage import Coverage
from reach.findings import EVIDENCE, Part, Step, StepKind
from reach.model import Reach
from reach.portset import PortSet


class Excess(Struct, frozen=True):
    """Ports that are open without a flow, and the last rule that let them through."""

    source: str
    target: str
    ports: PortSet
    part: Part

    @property
    def opener(self) -> Step:
        """The rule that opened it: the last one that was asked."""
        return [step for step in self.part.steps if step.kind in EVIDENCE][-1]


def find_excess(plan: Plan, reach: Reach) -> Iterator[Excess]:
    """Every part that a rule let through and no flow speaks of.

    What no rule could have stopped is no excess: it has a verdict of its own, "not enforceable".
    """
    carried = _carried(reach)
    coverage = Coverage(plan, tuple(each for each in reach.standings if each.endpoint.evaluated))
    for source, target, part in _parts(reach):
        if not part.enforced:
            continue
        left = part.final_ports - coverage.allowed(source, target, part)
        left -= carried.get((source, target), PortSet.nothing)
        if left:
            yield Excess(source, target, left, part)


def _parts(reach: Reach) -> Iterator[tuple[str, str, Part]]:
    for verdict in reach.verdicts.opened():
        for part in verdict.parts:
            yield verdict.source, verdict.target, part


def _carried(reach: Reach) -> dict[tuple[str, str], PortSet]:
    """What devices send on for others under their own address: nobody can tell who sent it.

    Those packets are held against flows themselves, so the device may send what it carries.
    """
    found: dict[tuple[str, str], PortSet] = {}
    for _, target, part in _parts(reach):
        for step in part.steps:
            if step.kind is StepKind.HIDDEN:
                pair = (step.place, target)
                found[pair] = found.get(pair, PortSet.nothing) | part.final_ports
    return found
