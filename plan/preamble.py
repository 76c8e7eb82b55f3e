"""The fixed rules at the beginning and end of the filter chains."""

from collections.abc import Iterator
from ipaddress import IPv4Network

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


def input_preamble() -> Iterator[Rule]:
    """Answers, the device itself, and of IPv6 neighbour discovery and errors alone."""
    yield from answers()
    yield from no_strays(())
    yield Rule(Match(input_interfaces=(LOOPBACK,)), Accept(), "the device itself")
    known = (*NEIGHBOUR_DISCOVERY, *ICMPV6_ERRORS)
    discovery = Match(family=Family.IPV6, icmpv6_types=known)
    yield Rule(discovery, Accept(), "IPv6 neighbour discovery and errors")
    yield from no_ipv6(())


def answers() -> Iterator[Rule]:
    """Let connections go on that were let through when they began."""
    match = Match(states=(State.ESTABLISHED, State.RELATED))
    yield Rule(match, Accept(), "answers to what was let through")


def no_strays(named: tuple[str, ...]) -> Iterator[Rule]:
    """Drop packets that belong to no connection; on the named interfaces, or on all for none."""
    match = Match(input_interfaces=named, states=(State.INVALID,))
    yield Rule(match, Drop(), "packets of no known connection")


def no_ipv6(named: tuple[str, ...]) -> Iterator[Rule]:
    """Drop IPv6 on the named interfaces, or on all for none."""
    why = "IPv6 is closed"
    yield Rule(Match(input_interfaces=named, family=Family.IPV6), Drop(), why)
    if named:
        yield Rule(Match(output_interfaces=named, family=Family.IPV6), Drop(), why)


def let_pods_pass(interface: str, pods: tuple[IPv4Network, ...]) -> Iterator[Rule]:
    """Leave what goes to and from pods to the cluster's policies.

    Nobody else dials a pod's own address, which a node that is a gateway would pass on: the pods
    of the system have no policy that keeps anyone out.
    """
    why = "pods are filtered by their policies"
    yield Rule(Match(input_interfaces=(interface,)), Accept(), why)
    dialled = Match(output_interfaces=(interface,), original_destinations=pods)
    yield Rule(dialled, Drop(), "pods' own addresses are for pods alone")
    yield Rule(Match(output_interfaces=(interface,)), Accept(), why)


def guard_named(named: tuple[str, ...]) -> Iterator[Rule]:
    """Drop the rest on the named interfaces, and leave all others alone."""
    if named:
        yield Rule(Match(input_interfaces=named), Drop(), "nothing else comes in by these")
        yield Rule(Match(output_interfaces=named), Drop(), "nothing else goes out by these")
