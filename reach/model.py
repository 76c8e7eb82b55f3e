"""Everything that reach found, by the names of endpoints."""

from collections.abc import Iterator, Mapping

from msgspec import Struct

from reach.findings import Dial, Endpoint, FlowNote, Verdict
from reach.policy_form import Policy
from reach.rows import FullRow, Row, full_row_of, row_of
from reach.standing import Standing
from reach.verdicts import Verdicts


class UnknownEndpointError(Exception):
    """No endpoint has this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"nothing is called {name}")
        self.name = name


class Reach(Struct, frozen=True):
    """Who can reach whom: endpoints, and a verdict for each pair of them."""

    standings: tuple[Standing, ...]
    groups: tuple[Endpoint, ...]
    notes: Mapping[str, FlowNote]
    verdicts: Verdicts
    # Every address that was tried.
    dials: tuple[Dial, ...]
    # The policies that were read.
    policies: tuple[Policy, ...] = ()

    @property
    def endpoints(self) -> tuple[Endpoint, ...]:
        """Everyone with a name, groups last."""
        return (*(standing.endpoint for standing in self.standings), *self.groups)

    @property
    def pairs(self) -> int:
        """How many pairs were evaluated."""
        return sum(standing.endpoint.evaluated for standing in self.standings) ** 2

    def verdict(self, source: str, target: str) -> Verdict:
        """The verdict for two names, groups and twins included; raises UnknownEndpointError."""
        found = tuple(self._between(source, target))
        return Verdict(
            source,
            target,
            tuple(part for verdict in found for part in verdict.parts),
            tuple(denial for verdict in found for denial in verdict.denials),
        )

    def rows(self) -> list[Row]:
        """A record for each pair with something open, sorted by names."""
        opened = sorted(self.verdicts.opened(), key=lambda verdict: verdict.pair)
        rows = (row_of(verdict, self.notes) for verdict in opened)
        return [row for row in rows if row["ports"] or row["by_public_address"]]

    def row(self, source: str, target: str) -> FullRow:
        """The record of one pair with every way; raises UnknownEndpointError."""
        return full_row_of(self.verdict(source, target), self.notes)

    def behind(self, name: str) -> tuple[str, ...]:
        """The evaluated endpoints that a name stands for; raises UnknownEndpointError."""
        found = next((each for each in self.endpoints if each.name == name), None)
        if found is None:
            raise UnknownEndpointError(name)
        if found.members:
            return tuple(dict.fromkeys(one for each in found.members for one in self.behind(each)))
        return (found.same_as or found.name,)

    def _between(self, source: str, target: str) -> Iterator[Verdict]:
        answerers = self.behind(target)
        for opener in self.behind(source):
            for answerer in answerers:
                if verdict := self.verdicts.get((opener, answerer)):
                    yield verdict
