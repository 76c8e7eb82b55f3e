"""What flows declare and what packets do -> every difference between them, as problems."""

from collections import defaultdict
from collections.abc import Iterator

from plan.model import Origin, Plan, PlannedFlow
from reach.answers import HALF_SEEN
from reach.answers_heard import find_unheard_answers
from reach.expectations import find_broken_expectations
from reach.extra import Excess, find_excess
from reach.idle_selectors import declared_homes, find_idle_selectors
from reach.ipv6 import find_ipv6_openings
from reach.missing import Gap, GapFinder
from reach.model import Reach
from terms.problem import Problem

FLOWS_PATH = "la1r:flows"
# More pairs than this are counted instead of named: nobody reads on.
MAX_NAMED = 3


def find_reach_problems(plan: Plan, reach: Reach) -> tuple[Problem, ...]:
    """Hold declared and computed reachability against each other, both ways, and expectations."""
    found = [
        *_missing(GapFinder(plan, reach).find()),
        *_extra(find_excess(plan, reach)),
        *find_ipv6_openings(plan),
        *find_unheard_answers(plan),
        *find_broken_expectations(plan, reach),
        *find_idle_selectors(reach.policies, declared_homes(plan.network)),
    ]
    return tuple(sorted(found, key=lambda problem: problem.order))


# ---------------------------------------------------------------- declared, and closed


def _missing(gaps: Iterator[Gap]) -> Iterator[Problem]:
    """One problem for each flow and each thing that stops it."""
    grouped: dict[tuple[str, int | None, str], list[Gap]] = defaultdict(list)
    for gap in gaps:
        grouped[gap.flow.name, gap.flow.index, str(gap.stop)].append(gap)
    for (_, _, stop), same in grouped.items():
        flow = same[0].flow
        pairs = _name_pairs([(gap.source, gap.target) for gap in same])
        yield Problem(
            "E-RCH-01",
            _path_of(flow),
            f"{_title(flow)} does not work from {pairs} on {_ports_of(same)}: stopped at {stop}",
            f"packets would be dropped though they are allowed: {flow.why}",
            f"`la1r reach {same[0].source} {same[0].target}` shows the whole way; {_repair(stop)}",
        )


def _repair(stop: str) -> str:
    if HALF_SEEN in stop:
        return "put the two ends on segments of their own, so that answers pass the same devices"
    return "give the ends a way to each other, or take the flow out"


def _path_of(flow: PlannedFlow) -> str:
    return FLOWS_PATH if flow.index is None else f"{FLOWS_PATH}[{flow.index}]"


def _title(flow: PlannedFlow) -> str:
    kind = "the declared flow" if flow.origin is Origin.DECLARED else "the implied flow"
    return f"{kind} {flow.name}"


def _ports_of(gaps: list[Gap]) -> str:
    found = gaps[0].ports
    for gap in gaps:
        found |= gap.ports
    return str(found)


def _name_pairs(pairs: list[tuple[str, str]]) -> str:
    unique = list(dict.fromkeys(pairs))
    named = ", ".join(f"{source} to {target}" for source, target in unique[:MAX_NAMED])
    more = len(unique) - MAX_NAMED
    return f"{named} and {more} more" if more > 0 else named


# ---------------------------------------------------------------- open, and not declared


def _extra(found: Iterator[Excess]) -> Iterator[Problem]:
    """One problem for each rule that opens what no flow speaks of."""
    grouped: dict[tuple[str, str], list[Excess]] = defaultdict(list)
    for excess in found:
        grouped[str(excess.opener), str(excess.ports)].append(excess)
    for (opener, ports), same in grouped.items():
        pairs = _name_pairs([(excess.source, excess.target) for excess in same])
        chain = " -> ".join(str(step) for step in same[0].part.steps)
        yield Problem(
            "E-RCH-02",
            FLOWS_PATH,
            f"{pairs} is open on {ports}, and no flow says so; opened by {opener}",
            f"packets nobody allowed would get through: {chain}",
            "if it is wanted, declare a flow for it; if not, narrow the flow that this rule serves",
        )
