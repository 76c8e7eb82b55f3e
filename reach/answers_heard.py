"""Typed rules -> the devices that would not hear the answers to what they or others have asked.

No flow speaks of answers, and devices ask for much of which none does: names, times, updates.
"""

from collections.abc import Iterator

from plan.model import DevicePlan, Plan
from plan.ruleset import Accept, Chain, RuleChain, State
from reach.filters import CompiledChain
from reach.ipv6 import FILTERS, LOOPBACK
from reach.packet import Crossing, Packet
from reach.portset import PortSet
from terms.problem import Problem

ANSWERS = (State.ESTABLISHED, State.RELATED)
# Any address: what is asked for is whether rules look at anything but the state.
SOMEWHERE = 1


def find_unheard_answers(plan: Plan) -> Iterator[Problem]:
    """Chains that stop a packet of a known connection, or one of the device to itself."""
    for device in plan.devices:
        for name in FILTERS:
            chain = device.ruleset.chain(name)
            if chain is not None and not _hears(chain):
                yield _problem(device, name)


def _hears(chain: RuleChain) -> bool:
    compiled = CompiledChain(chain)
    named = {name for rule in chain.rules for name in rule.match.input_interfaces}
    asked = [(name, state) for state in ANSWERS for name in sorted({*named, "any other"})]
    if chain.chain is Chain.INPUT:
        asked.append((LOOPBACK, State.NEW))
    return all(_accepts(compiled, name, state) for name, state in asked)


def _accepts(chain: CompiledChain, enters: str, state: State) -> bool:
    local = chain.name is Chain.INPUT
    crossing = Crossing(enters, "", SOMEWHERE, SOMEWHERE, SOMEWHERE, local, state)
    packet = Packet(SOMEWHERE, SOMEWHERE, PortSet.everything)
    return all(
        isinstance(decision.rule.rule.action, Accept) if decision.rule else chain.accepts_rest
        for decision in chain.decide(packet, crossing)
    )


def _problem(device: DevicePlan, chain: Chain) -> Problem:
    return Problem(
        "E-RCH-04",
        "la1r:flows",
        f"{device.ref} drops packets of connections that it let begin, or its own, in {chain}",
        "whoever asked waits for an answer for ever, the device itself among them",
        "report it: the rules of this device should accept known connections before all else",
    )
