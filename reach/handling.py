"""One device and a packet -> what its chains do with it: new addresses, let through, or dropped."""

from collections.abc import Iterator

from plan.ruleset import Chain, Drop, Masquerade, State, TranslateDestination, TranslateSource
from reach.address_classes import ADDRESS_BITS
from reach.filters import CompiledChain, CompiledRule
from reach.findings import Step, StepKind
from reach.packet import Crossing, Loss, Packet
from reach.world import POD_INTERFACE, Box, Hop, World

FILTER_WORDS = {
    StepKind.DROPPED: "dropped",
    StepKind.ACCEPTED: "accepted",
    StepKind.UNFILTERED: "passed on",
}


def translate_target(box: Box, enters: str, packet: Packet) -> Iterator[Packet]:
    """The packet with the destination that the device gives it before routing."""
    chain = box.chains.get(Chain.PREROUTING)
    if chain is None:
        yield packet
        return
    for part, rule in chain.decide(packet, crossing_of(box, (enters, ""), packet, packet.target)):
        action = rule.rule.action if rule else None
        if rule and isinstance(action, TranslateDestination):
            target = _moved(part.target, int(action.to.network_address), action.to.prefixlen)
            step = _step(StepKind.TRANSLATED, box, chain, rule, "gets another destination")
            yield part.noting(step)._replace(target=target, port=action.port or part.port)
        else:
            yield part


def crossing_of(
    box: Box,
    names: tuple[str, str],
    packet: Packet,
    original: int,
    state: State = State.NEW,
) -> Crossing:
    """What the device's rules see of a packet beside its ports."""
    enters, leaves = names
    local = packet.target in box.addresses
    return Crossing(enters, leaves, packet.source, packet.target, original, local, state)


def filter_packet(
    box: Box, name: Chain, packet: Packet, crossing: Crossing
) -> Iterator[Packet | Loss]:
    """The parts of a packet that a filter chain lets through, and those it drops."""
    chain = box.chains.get(name)
    if chain is None:
        yield packet if box.managed else packet.noting(_unmanaged(box))
        return
    for part, rule in chain.decide(packet, crossing):
        if rule is None:
            kind = StepKind.UNFILTERED if chain.accepts_rest else StepKind.DROPPED
            text = "no rule speaks of it" if chain.accepts_rest else "no rule lets it through"
            step = Step(kind, box.name, text, "", name)
        else:
            kind = _kind_of(rule, name)
            step = _step(kind, box, chain, rule, FILTER_WORDS[kind])
        noted = part.noting(step)
        yield Loss(noted) if kind is StepKind.DROPPED else noted


def _kind_of(rule: CompiledRule, chain: Chain) -> StepKind:
    """What a filter's rule does; one that leaves pods to their policies allows nothing itself."""
    if isinstance(rule.rule.action, Drop):
        return StepKind.DROPPED
    asked = rule.rule.match
    names = (*asked.input_interfaces, *asked.output_interfaces)
    left_to_policies = chain is Chain.FORWARD and POD_INTERFACE in names
    return StepKind.UNFILTERED if left_to_policies else StepKind.ACCEPTED


def _unmanaged(box: Box) -> Step:
    return Step(StepKind.UNFILTERED, box.name, "this device is not managed, so it filters nothing")


def hide_source(
    world: World, box: Box, enters: str, packet: Packet, original: int, hop: Hop
) -> Iterator[Packet]:
    """The packet with the source that the device gives it after routing."""
    chain = box.chains.get(Chain.POSTROUTING)
    if chain is None:
        yield _shelter(world, box, packet, hop)
        return
    crossing = crossing_of(box, (enters, hop.interface), packet, original)
    for part, rule in chain.decide(packet, crossing):
        action = rule.rule.action if rule else None
        if rule is None or not isinstance(action, Masquerade | TranslateSource):
            yield _shelter(world, box, part, hop)
            continue
        if isinstance(action, TranslateSource):
            source = _moved(part.source, int(action.to.network_address), action.to.prefixlen)
            kind = StepKind.TRANSLATED
        else:
            source, kind = source_address(world, box, hop), StepKind.HIDDEN
        step = _step(kind, box, chain, rule, "gets another source")
        yield part.noting(step)._replace(source=source)


def _shelter(world: World, box: Box, packet: Packet, hop: Hop) -> Packet:
    """Hide what hides undeclared: pods behind their node, hosts behind an unmanaged router.

    Weave Net masquerades what pods send to anyone who is no pod.
    """
    pods = world.pods if box.node else None
    leaves_pods = pods is not None and pods.holds(packet.source) and not pods.holds(packet.target)
    if not leaves_pods and (box.managed or not box.leads_out(hop)):
        return packet
    step = Step(StepKind.HIDDEN, box.name, "gets this device's own address as source")
    return packet.noting(step)._replace(source=source_address(world, box, hop))


def source_address(world: World, box: Box, hop: Hop) -> int:
    """The address of the interface that a packet leaves by, as the kernel chooses it."""
    own = box.address_on(hop.interface)
    return own if own is not None else world.publics[box.ref.site]


def _moved(address: int, first: int, length: int) -> int:
    """Replace the network part of an address, one to one (nft(8), prefix)."""
    hosts = (1 << (ADDRESS_BITS - length)) - 1
    return first | (address & hosts)


def _step(kind: StepKind, box: Box, chain: CompiledChain, rule: CompiledRule, text: str) -> Step:
    return Step(kind, box.name, text, rule.rule.comment, chain.name, rule.number)
