"""A world and everyone in it -> what is open between each pair, and what stops the rest."""

from collections.abc import Iterator
from itertools import product

from reach.findings import POD_NETWORK, Dial, Part, Step, StepKind
from reach.ledger import Ledger, Origin, is_device
from reach.packet import Loss, Packet
from reach.policies import Pod, PolicySet
from reach.policy_form import Direction
from reach.policy_reader import PolicyReader
from reach.portset import PortSet
from reach.sending import send, send_from_pod, send_sideways
from reach.standing import HostStart, InternetStart, Standing, Start
from reach.verdicts import Verdicts
from reach.walk import Outcome
from reach.world import World
from terms.values import DeviceRef


def judge_pairs(
    world: World,
    standings: tuple[Standing, ...],
    policies: PolicySet,
    dials: tuple[Dial, ...],
) -> Verdicts:
    """Send a packet from everyone to everyone, and note what becomes of it and by which rules."""
    judged = tuple(each for each in standings if each.endpoint.evaluated)
    pods = {each.name: each.pod for each in judged if each.pod is not None}
    reader = PolicyReader(policies, pods.values())
    ledger = Ledger(world, standings, reader)
    for standing in judged:
        for start in standing.starts:
            _judge_start(world, ledger, (standing, start), dials)
    for node in world.nodes:
        _judge_node(world, ledger, node)
        _judge_pods_outwards(world, ledger, (node, reader), dials)
    among = Dial(world.pod, to_pods=True)
    _judge_pods_among_themselves(ledger, reader, among)
    return Verdicts(ledger.parts, ledger.denials, (pods, reader, among))


# ---------------------------------------------------------------- networks


def _judge_start(
    world: World, ledger: Ledger, origin: tuple[Standing, Start], dials: tuple[Dial, ...]
) -> None:
    standing, start = origin
    usual = Origin(standing.name, start.label)
    for dial in dials:
        if not _is_asked(world, standing, start, dial):
            continue
        ledger.note(usual, dial, send(world, start, dial))
        if isinstance(start, HostStart):
            ledger.note(usual._replace(sideways=True), dial, send_sideways(world, start, dial))


def _is_asked(world: World, standing: Standing, start: Start, dial: Dial) -> bool:
    """Outsiders dial public addresses; nobody dials itself; a node meets its pods by no way."""
    if isinstance(start, InternetStart):
        return dial.public is not None
    if not is_device(standing) or standing.device is None:
        return True
    box = world.boxes[standing.device]
    return dial.address not in box.addresses and not (box.node and _is_inside(world, dial))


def _is_inside(world: World, dial: Dial) -> bool:
    """Whether pods answer there, which nodes and pods reach without a network between."""
    return dial.to_pods or dial.address in world.services


def _judge_node(world: World, ledger: Ledger, node: DeviceRef) -> None:
    """Weave Net asks no policy about packets between a node and its own pods."""
    step = Step(StepKind.UNFILTERED, str(node), "a node reaches its own pods: no policy is asked")
    part = Part(PortSet.everything, Dial(world.pod, to_pods=True), (step,), str(node))
    for standing, _ in ledger.pods:
        ledger.add(str(node), standing.name, part)


# ---------------------------------------------------------------- pods


def _judge_pods_outwards(
    world: World, ledger: Ledger, by: tuple[DeviceRef, PolicyReader], dials: tuple[Dial, ...]
) -> None:
    """Pods send by way of each node; only their policies tell them apart."""
    node, reader = by
    for dial in dials:
        if _is_inside(world, dial):
            continue
        outcomes = tuple(send_from_pod(world, node, dial))
        # Weave Net does not filter what is for the pod's own node (weaveworks/weave#3924).
        at_home = dial.address in world.boxes[node].addresses
        for standing, pod in ledger.pods:
            left = outcomes if at_home else _leaving(world, reader, (pod, dial), outcomes)
            ledger.note(Origin(standing.name, str(node)), dial, left)


def _leaving(
    world: World, reader: PolicyReader, ends: tuple[Pod, Dial], outcomes: tuple[Outcome, ...]
) -> Iterator[Outcome]:
    """What a pod's own policies leave of its ways out."""
    pod, dial = ends
    known = reader.ask(pod, Direction.EGRESS, dial.address)
    for ports, step in known.openings:
        for outcome in outcomes:
            packet = outcome.packet
            if found := packet.ports & ports:
                trail = (step, *packet.trail)
                yield outcome._replace(packet=packet._replace(ports=found, trail=trail))
    if known.closed:
        yield Loss(Packet(world.pod, dial.address, known.closed).noting(known.stop))


def _judge_pods_among_themselves(ledger: Ledger, reader: PolicyReader, dial: Dial) -> None:
    """A flow passes when the source's egress and the target's ingress both let it."""
    for here, there in reader.meetings():
        (source, opener), (target, answerer) = ledger.pods[here], ledger.pods[there]
        out = reader.ask(opener, Direction.EGRESS, answerer)
        into = reader.ask(answerer, Direction.INGRESS, opener)
        for (left, leaving), (right, entering) in product(out.openings, into.openings):
            if ports := left & right:
                part = Part(ports, dial, (leaving, entering), POD_NETWORK)
                ledger.add(source.name, target.name, part)
