"""What the user expects of reachability -> the sentences that do not hold, and why."""

from collections.abc import Iterator

from config.flow import Expectation
from config.references import parse_end
from config.tenant import ServicePort
from plan.model import Plan
from reach.crowd import Crowd
from reach.findings import Part
from reach.model import Reach
from reach.portset import PortSet
from reach.standing import Standing
from terms.problem import Problem
from terms.values import EndKind


def find_broken_expectations(plan: Plan, reach: Reach) -> Iterator[Problem]:
    """Sentences under `expect` that do not hold, in the order in which they are written."""
    judge = ExpectationJudge(plan, reach)
    for index, wish in enumerate(plan.network.expect.deny):
        yield from judge.closed(f"la1r:expect.deny[{index}]", wish)
    for index, wish in enumerate(plan.network.expect.allow):
        yield from judge.open(f"la1r:expect.allow[{index}]", wish)


class ExpectationJudge:
    """Holds a sentence against every pair of endpoints that it speaks of."""

    def __init__(self, plan: Plan, reach: Reach) -> None:
        self._network = plan.network
        self._crowd = Crowd(plan, reach)
        self._reach = reach

    def closed(self, path: str, wish: Expectation) -> Iterator[Problem]:
        """A problem for the first pair that is open though it must be closed."""
        asked = PortSet.of(wish.ports)
        for source, target in self._pairs(wish, published_only=False):
            parts = self._parts(source, target)
            ports = self._dialled(wish, source, asked)
            opened = next((part for part in parts if part.ports & ports), None)
            if opened is None:
                continue
            way = " -> ".join(map(str, opened.steps)) or opened.reason
            code, consequence = "E-EXP-11", f"expected closed: {wish.message}"
            fix = "narrow the flow that opens it, or take the expectation out"
            if not opened.enforced:
                code, fix = "E-EXP-13", "part them: other segments, or other nodes and hosts"
                consequence = f"expected closed, and no rule can close it: {wish.message}"
            found = f"{source.name} reaches {target.name} on {opened.ports & ports}: {way}"
            yield Problem(code, path, found, consequence, fix)
            return

    def open(self, path: str, wish: Expectation) -> Iterator[Problem]:
        """A problem for the first pair that is closed though it must be open."""
        asked = self._narrowed(wish)
        pairs = tuple(self._pairs(wish, published_only=True))
        if not pairs:
            found = f"nothing of {wish.target} could be reached by {wish.source}"
            yield self._closed_problem(path, wish, found)
        for source, target in pairs:
            wanted = self._dialled(wish, source, asked)
            left = wanted
            for part in self._parts(source, target):
                left -= part.ports
            if left:
                stop = self._stop(source, target, left)
                found = f"{source.name} does not reach {target.name} on {left}{stop}"
                yield self._closed_problem(path, wish, found)
                return

    def _closed_problem(self, path: str, wish: Expectation, found: str) -> Problem:
        return Problem(
            "E-EXP-12",
            path,
            found,
            f"expected open: {wish.message}",
            "declare a flow for it, or take the expectation out",
        )

    def _pairs(
        self, wish: Expectation, *, published_only: bool
    ) -> Iterator[tuple[Standing, Standing]]:
        """Everyone at the one end with everyone at the other; outside, pods are their services."""
        source = parse_end(self._network, wish.source)
        target = parse_end(self._network, wish.target)
        if source is None or target is None:
            return
        for opener in self._crowd.members(source):
            for answerer in self._crowd.members(target):
                is_hidden = answerer.pod is not None and not answerer.service
                if opener.name == answerer.name or (
                    published_only and is_hidden and opener.pod is None
                ):
                    continue
                yield opener, answerer

    def _parts(self, source: Standing, target: Standing) -> tuple[Part, ...]:
        verdict = self._reach.verdicts.get((source.name, target.name))
        return verdict.working if verdict else ()

    def _stop(self, source: Standing, target: Standing, left: PortSet) -> str:
        verdict = self._reach.verdicts.get((source.name, target.name))
        for denial in verdict.denials if verdict else ():
            if denial.ports & left:
                return f": stopped at {denial.steps[-1]}"
        return ""

    def _narrowed(self, wish: Expectation) -> PortSet:
        """Of a workload only its own ports can be open; others count when named by number."""
        if not self._is_service(wish):
            return PortSet.of(wish.ports)
        whole = PortSet.of(ports for ports in wish.ports if ports.every_port)
        numbered = PortSet.of(ports for ports in wish.ports if not ports.every_port)
        return numbered | (whole & self._service_ports(wish))

    def _dialled(self, wish: Expectation, source: Standing, asked: PortSet) -> PortSet:
        """Pods meet pods on the pods' own ports, whatever the service before them calls them."""
        if source.pod is None or not self._is_service(wish) or asked == PortSet.everything:
            return asked
        found = PortSet()
        for port in self._ports_of(wish):
            if PortSet.single(port.protocol, port.port) <= asked:
                found |= PortSet.single(port.protocol, port.pod_port)
        return found

    def _is_service(self, wish: Expectation) -> bool:
        end = parse_end(self._network, wish.target)
        return end is not None and end.kind is EndKind.SERVICE

    def _service_ports(self, wish: Expectation) -> PortSet:
        found = PortSet()
        for port in self._ports_of(wish):
            found |= PortSet.single(port.protocol, port.port)
        return found

    def _ports_of(self, wish: Expectation) -> tuple[ServicePort, ...]:
        end = parse_end(self._network, wish.target)
        if end is None or end.tenant is None or end.service is None:
            return ()
        return tuple(self._network.tenants[end.tenant].services[end.service].ports.values())
