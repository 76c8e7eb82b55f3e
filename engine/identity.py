"""Gives each goal its URN, and finds the resource that had this or a former identity before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from engine.deployment import ResourceState
from engine.goal import Alias, Goal
from engine.problems import EngineError
from engine.urn import STACK_TYPE, build_urn, parse_urn


@dataclass(frozen=True, slots=True)
class Identities:
    """The URNs of one run; ``aliased`` maps former URNs to today's, ``former`` the other way."""

    stack: str
    project: str
    olds: Mapping[str, ResourceState]
    seen: set[str] = field(default_factory=set)
    aliased: dict[str, str] = field(default_factory=dict)
    former: dict[str, str] = field(default_factory=dict)

    def claim(self, goal: Goal) -> str:
        """The URN of a goal, claimed for it.

        Raises EngineError when its parent or a dependency is missing, or the URN is taken.
        """
        if goal.parent and goal.parent not in self.seen:
            raise EngineError(
                f"resource '{goal.name}' has the parent '{goal.parent}', "
                "which this program has not registered"
            )
        urn = build_urn(self.stack, self.project, goal.parent, goal.type, goal.name)
        if urn in self.seen:
            raise EngineError(
                f"two resources have the URN '{urn}': give one of them another name", urn
            )
        self._refuse_missing(goal, urn)
        self.seen.add(urn)
        return urn

    def _refuse_missing(self, goal: Goal, urn: str) -> None:
        named = [*goal.dependencies, *goal.replace_with, goal.deleted_with]
        for dependency in filter(None, named):
            if dependency == urn:
                raise EngineError(f"resource '{goal.name}' depends on itself", urn)
            if dependency not in self.seen:
                raise EngineError(
                    f"resource '{goal.name}' depends on '{dependency}', "
                    "which this program has not registered",
                    urn,
                )

    def find_old(self, urn: str, goal: Goal) -> ResourceState | None:
        """The resource that had this URN or one of the former ones.

        Raises EngineError when another resource of the program claims the same old one.
        """
        if urn in self.aliased:
            raise EngineError(
                f"'{self.aliased[urn]}' names '{urn}' as its alias, but that resource still exists",
                urn,
            )
        for candidate in (urn, *self._alias_urns(goal)):
            old = self.olds.get(candidate)
            if old is not None:
                self._take_over(urn, candidate)
                return old
        return None

    def _take_over(self, urn: str, old_urn: str) -> None:
        if old_urn == urn:
            return
        if old_urn in self.seen or old_urn in self.aliased:
            other = self.aliased.get(old_urn, old_urn)
            raise EngineError(
                f"'{urn}' names '{old_urn}' as its alias, which '{other}' claims already", urn
            )
        self.aliased[old_urn] = urn
        self.former[urn] = old_urn

    def _alias_urns(self, goal: Goal) -> Iterator[str]:
        own = [self._alias_urn(goal, alias) for alias in goal.aliases]
        yield from own
        old_parent = self.former.get(goal.parent)
        if old_parent is None:
            return
        yield self._inherited(goal.type, goal.name, goal.parent, old_parent)
        for urn in own:
            parts = parse_urn(urn)
            yield self._inherited(parts.type, parts.name, goal.parent, old_parent)

    def _alias_urn(self, goal: Goal, alias: Alias) -> str:
        if alias.urn:
            return alias.urn
        parent = self.former.get(alias.parent, alias.parent) if alias.parent else goal.parent
        at_top = alias.no_parent or not parent or parse_urn(parent).type == STACK_TYPE
        return build_urn(
            alias.stack or self.stack,
            alias.project or self.project,
            "" if at_top else parent,
            alias.type or goal.type,
            alias.name or goal.name,
        )

    def _inherited(self, kind: str, name: str, parent: str, old_parent: str) -> str:
        """The URN of a child before its parent was renamed.

        Children are named after their parent by convention, so the name's first part follows it.
        """
        parent_name, old_name = parse_urn(parent).name, parse_urn(old_parent).name
        if name.startswith(parent_name):
            name = old_name + name[len(parent_name) :]
        return build_urn(self.stack, self.project, old_parent, kind, name)
