"""What policies say of a pod and its peer -> steps of a packet's way, with what stops the rest."""

from typing import NamedTuple

from reach.findings import Step, StepKind
from reach.policies import Judgement, Opening, Pod
from reach.policy_form import Direction
from reach.portset import PortSet

WORDS = {Direction.INGRESS: "into", Direction.EGRESS: "out of"}


class PolicyAnswer(NamedTuple):
    """The ports that are open with the step that says why, and what stops all others."""

    openings: tuple[tuple[PortSet, Step], ...]
    closed: PortSet
    stop: Step


def answer_of(judgement: Judgement, pod: Pod, direction: Direction) -> PolicyAnswer:
    """Put a judgement into words."""
    place = f"namespace {pod.namespace}"
    if not judgement.isolated:
        text = f"no policy selects these pods for what goes {WORDS[direction]} them"
        step = Step(StepKind.UNFILTERED, place, text)
        return PolicyAnswer(((PortSet.everything, step),), PortSet.nothing, step)
    names = ", ".join(sorted(policy.name for policy in judgement.selecting))
    text = f"nothing in its policies ({names}) opens the way {WORDS[direction]} these pods"
    return PolicyAnswer(
        tuple((opening.ports, _step(opening, direction)) for opening in judgement.openings),
        PortSet.everything - judgement.ports,
        Step(StepKind.DROPPED, place, text),
    )


def _step(opening: Opening, direction: Direction) -> Step:
    policy = opening.policy
    text = (
        f"{direction.value.lower()} rule {opening.rule} opens the way {WORDS[direction]} these pods"
    )
    # A policy that serves several flows says the name of each; rules have none of their own.
    return Step(
        StepKind.POLICY,
        f"policy {policy.path}",
        text,
        ", ".join(policy.flows),
        rule=opening.rule,
    )
