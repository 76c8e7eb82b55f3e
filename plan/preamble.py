"""The fixed rules at the beginning and end of the filter chains."""

from collections.abc import Iterator

from plan.ruleset import Accept, Drop, Family, Match, Rule, State

# RFC 4861: without these the device's own IPv6 neighbours are lost.
NEIGHBOUR_DISCOVERY = (
    "nd-router-solicit",
    "nd-router-advert",
    "nd-neighbor-solicit",
    "nd-neighbor-advert",
)
# RFC 4890 section 4.3.1: errors that must not be dropped.
ICMPV6_ERRORS = (
    "destination-unreachable",
    "packet-too-big",
    "time-exceeded",
    "parameter-problem",
)

LOOPBACK = "lo"
NO_IPV6 = "IPv6 is closed"


def input_preamble() -> Iterator[Rule]:
    """Answers, the device itself, and of IPv6 neighbour discovery and errors alone."""
    yield from _connections(())
    yield Rule(Match(input_interfaces=(LOOPBACK,)), Accept(), "the device itself")
    known = (*NEIGHBOUR_DISCOVERY, *ICMPV6_ERRORS)
    discovery = Match(family=Family.IPV6, icmpv6_types=known)
    yield Rule(discovery, Accept(), "IPv6 neighbour discovery and errors")
    yield Rule(Match(family=Family.IPV6), Drop(), NO_IPV6)


def forward_preamble(named: tuple[str, ...]) -> Iterator[Rule]:
    """No IPv6 at all, then answers; on the named interfaces alone, or on all for none."""
    if named:
        yield Rule(Match(family=Family.IPV6, input_interfaces=named), Drop(), NO_IPV6)
        yield Rule(Match(family=Family.IPV6, output_interfaces=named), Drop(), NO_IPV6)
    else:
        yield Rule(Match(family=Family.IPV6), Drop(), NO_IPV6)
    yield from _connections(named)


def _connections(named: tuple[str, ...]) -> Iterator[Rule]:
    answers = Match(states=(State.ESTABLISHED, State.RELATED))
    yield Rule(answers, Accept(), "answers to what was let through")
    invalid = Match(states=(State.INVALID,), input_interfaces=named)
    yield Rule(invalid, Drop(), "packets of no known connection")


def let_pods_pass(interface: str) -> Iterator[Rule]:
    """Leave what goes to and from pods to the cluster's policies."""
    why = "pods are filtered by their policies"
    yield Rule(Match(input_interfaces=(interface,)), Accept(), why)
    yield Rule(Match(output_interfaces=(interface,)), Accept(), why)


def guard_named(named: tuple[str, ...]) -> Iterator[Rule]:
    """Drop the rest on the named interfaces, and leave all others alone."""
    if named:
        yield Rule(Match(input_interfaces=named), Drop(), "nothing else comes in by these")
        yield Rule(Match(output_interfaces=named), Drop(), "nothing else goes out by these")
