"""Parts and denials of some pairs -> a verdict for every pair, made when somebody asks for it.

Most pairs of pods are closed by the same policies: of those nothing is kept.
"""

from collections.abc import Iterator, Mapping

from reach.findings import POD_NETWORK, Denial, Dial, Part, Verdict
from reach.policies import Pod
from reach.policy_form import Direction
from reach.policy_reader import PolicyReader

Pair = tuple[str, str]


class Verdicts(Mapping[Pair, Verdict]):
    """One verdict for each pair of which something is known."""

    def __init__(
        self,
        parts: Mapping[Pair, list[Part]],
        denials: Mapping[Pair, list[Denial]],
        pods: tuple[Mapping[str, Pod], PolicyReader, Dial],
    ) -> None:
        """`pods` by name, what policies say of them, and where they meet."""
        self._parts, self._denials = parts, denials
        self._pods, self._reader, self._dial = pods
        self._made: dict[Pair, Verdict] = {}

    def opened(self) -> Iterator[Verdict]:
        """The verdicts of pairs with something open."""
        for pair, parts in self._parts.items():
            if parts:
                yield self[pair]

    def __getitem__(self, pair: Pair) -> Verdict:
        if pair not in self._made:
            self._made[pair] = self._make(pair)
        return self._made[pair]

    def __iter__(self) -> Iterator[Pair]:
        known = {**dict.fromkeys(self._parts), **dict.fromkeys(self._denials)}
        yield from known
        for source in self._pods:
            for target in self._pods:
                if (source, target) not in known:
                    yield source, target

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _make(self, pair: Pair) -> Verdict:
        parts, denials = self._parts.get(pair, ()), self._denials.get(pair, ())
        opener, answerer = self._pods.get(pair[0]), self._pods.get(pair[1])
        if opener is None or answerer is None:
            if not parts and not denials:
                raise KeyError(pair)
            return Verdict(*pair, tuple(parts), tuple(denials))
        closed = self._closed(opener, answerer)
        return Verdict(*pair, tuple(parts), (*denials, *closed))

    def _closed(self, opener: Pod, answerer: Pod) -> Iterator[Denial]:
        """What the policies of two pods stop between them."""
        out = self._reader.ask(opener, Direction.EGRESS, answerer)
        into = self._reader.ask(answerer, Direction.INGRESS, opener)
        for closed, stop in ((out.closed, out.stop), (into.closed - out.closed, into.stop)):
            if closed:
                yield Denial(closed, self._dial, (stop,), POD_NETWORK)
