"""Ends, which are pods or addresses -> of whom a rule of a policy speaks, for all ends at once."""

from collections import defaultdict
from collections.abc import Sequence
from functools import reduce
from operator import or_

from reach.label_index import LabelIndex
from reach.policies import PeerEnd, Pod
from reach.policy_form import Block, Peer, Policy, PolicyRule


class RuleIndex:
    """Whom selectors and the peers of rules speak of, as bits of all ends."""

    def __init__(self, ends: Sequence[PeerEnd]) -> None:
        self._ends = ends
        self._everyone = (1 << len(ends)) - 1
        self._pods = LabelIndex([end.labels if isinstance(end, Pod) else None for end in ends])
        self._namespaces = LabelIndex(
            [end.namespace_labels if isinstance(end, Pod) else None for end in ends]
        )
        self.pods = 0
        self._at_home: dict[str, int] = defaultdict(int)
        for place, end in enumerate(ends):
            if isinstance(end, Pod):
                self._at_home[end.namespace] |= 1 << place
                self.pods |= 1 << place
        self._blocks: dict[Block, int] = {}

    def selects(self, policy: Policy, place: int) -> bool:
        """Whether a policy of its namespace selects the pod in that place."""
        return bool(self._pods.selected(policy.pods) >> place & 1)

    def admitted(self, policy: Policy, rule: PolicyRule) -> int:
        """Everyone of whom one of the rule's peers speaks; without peers everyone."""
        if not rule.peers:
            return self._everyone
        return reduce(or_, (self._peer(policy, peer) for peer in rule.peers))

    def _peer(self, policy: Policy, peer: Peer) -> int:
        if peer.block is not None:
            return self._block(peer.block)
        if peer.namespaces is None:
            there = self._at_home.get(policy.namespace, 0)
        else:
            there = self._namespaces.selected(peer.namespaces)
        return there if peer.pods is None else there & self._pods.selected(peer.pods)

    def _block(self, block: Block) -> int:
        if block not in self._blocks:
            self._blocks[block] = sum(
                1 << place
                for place, end in enumerate(self._ends)
                if block.holds(end.address if isinstance(end, Pod) else end)
            )
        return self._blocks[block]
