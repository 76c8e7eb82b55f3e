"""Turns goals, one after another, into the steps that lead from the recorded state to them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace

from engine.deployment import Deployment, ResourceState
from engine.difference import plain_difference, with_replace_on_changes
from engine.goal import Goal
from engine.graph import Graph
from engine.identity import Identities
from engine.paths import parse_path, reset
from engine.problems import Diagnostic, EngineError, Severity
from engine.providers.base import Comparison, Failure, Provider, Unpredictable
from engine.providers.registry import Registry, missing_provider, visible
from engine.replacement import Replacements
from engine.steps import Difference, Op, Step
from engine.urn import is_provider, parse_provider_reference, type_of
from engine.values import Properties, Unknown, Value, contains, same, unwrap

Report = Callable[[Diagnostic], None]


@dataclass(slots=True)
class Progress:
    """What one run has decided so far, by URN."""

    done: dict[str, Op] = field(default_factory=dict)
    news: dict[str, ResourceState] = field(default_factory=dict)
    deleted_early: set[str] = field(default_factory=set)
    """Deleted before it was known whether the program still wants them."""
    gone: set[ResourceState] = field(default_factory=set)
    early_keys: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def replaced(self, urn: str) -> bool:
        """Whether the run replaces the resource."""
        return self.done.get(urn) is Op.REPLACE


@dataclass(frozen=True, slots=True)
class _Case:
    """One resource on its way from goal to steps."""

    goal: Goal
    urn: str
    old: ResourceState | None
    new: ResourceState
    provider: Provider | None


class Generator:
    """Decides the steps of one run; the decisions on earlier goals bear on later ones."""

    def __init__(
        self,
        identities: Identities,
        prior: Deployment,
        registry: Registry,
        report: Report,
        refuse: Callable[[str, str], None],
        anew: Collection[str] = (),
    ) -> None:
        self.identities = identities
        self._anew = anew
        self.progress = Progress()
        self._registry = registry
        self._report = report
        self._refuse = refuse
        self._graph = Graph(prior.resources)
        self._replacements = Replacements(self._graph, self.progress, self.old_provider)

    def steps(self, goal: Goal) -> list[Step]:
        """The steps one goal needs, in order. Raises EngineError when it cannot be."""
        urn = self.identities.claim(goal)
        old = self.identities.find_old(urn, goal)
        case = _Case(goal, urn, old, self._state(goal, urn, old), self._provider_for(goal, urn))
        if urn in self.progress.deleted_early or (old and old.urn in self.progress.deleted_early):
            return self._recreate(case)
        if old is None or old.external:
            return self._create(case)
        return self._change(case, old)

    def _state(self, goal: Goal, urn: str, old: ResourceState | None) -> ResourceState:
        alias = self.identities.former.get(urn)
        return ResourceState(
            urn=urn,
            type=goal.type,
            custom=goal.custom,
            inputs=goal.inputs,
            parent=goal.parent,
            provider=goal.provider if goal.custom else "",
            dependencies=goal.dependencies,
            property_dependencies=goal.property_dependencies,
            protect=goal.protect or False,
            additional_secret_outputs=goal.additional_secret_outputs,
            aliases=(alias,) if alias else (),
            custom_timeouts=goal.custom_timeouts,
            retain_on_delete=goal.retain_on_delete or False,
            deleted_with=goal.deleted_with,
            replace_with=goal.replace_with,
            replacement_trigger=goal.replacement_trigger,
            ignore_changes=goal.ignore_changes,
            hide_diff=goal.hide_diffs,
            replace_on_changes=goal.replace_on_changes,
            created=old.created if old else "",
            modified=old.modified if old else "",
            source_position=goal.source_position,
        )

    def _provider_for(self, goal: Goal, urn: str) -> Provider | None:
        if not goal.custom:
            return None
        if is_provider(goal.type):
            self._registry.package(goal.type)
            return self._registry
        self._registry.refuse_unknown(goal.type, goal.name)
        return self._provider(goal.provider, urn)

    def _provider(self, reference: str, urn: str) -> Provider:
        """A provider of this run or, where this run has not made it, of the recorded state."""
        found = self._registry.provider(reference)
        if found is not None:
            return found
        parsed = parse_provider_reference(reference)
        old = self.identities.olds.get(parsed.urn)
        if old is None or old.id != parsed.id:
            raise missing_provider(reference, urn)
        self._registry.configure(reference, parsed.urn, old.inputs)
        return self._provider(reference, urn)

    def old_provider(self, resource: ResourceState) -> Provider:
        """The provider of a recorded resource, made ready where this run has not done so."""
        if is_provider(resource.type):
            return self._registry
        return self._provider(resource.provider, resource.urn)

    def _create(self, case: _Case) -> list[Step]:
        new = self._checked(case, None, case.goal.inputs)
        if case.old is None:
            self.progress.done[case.urn] = Op.CREATE
            return [Step(Op.CREATE, None, new, hide_diffs=case.goal.hide_diffs)]
        # The program takes over what it had only read: a new one is made, the old one stays.
        return self._replaced(case, new, case.old, Difference(changes=True))

    def _recreate(self, case: _Case) -> list[Step]:
        """Steps for a resource that had to be deleted when one it depends on was replaced."""
        new = self._checked(case, None, case.goal.inputs)
        keys = self.progress.early_keys.get(case.urn, ())
        self.progress.deleted_early.discard(case.urn)
        self.progress.done[case.urn] = Op.REPLACE
        steps = [
            Step(Op.REPLACE, case.old, new),
            Step(Op.CREATE_REPLACEMENT, case.old, new, Difference(True, keys), logical=False),
        ]
        return [replace(step, hide_diffs=case.goal.hide_diffs) for step in steps]

    def _checked(
        self, case: _Case, old_inputs: Properties | None, inputs: Properties
    ) -> ResourceState:
        if case.provider is None:
            return replace(case.new, inputs=inputs)
        checked = case.provider.check(case.urn, old_inputs, inputs)
        if checked.failures:
            raise EngineError("\n".join(_failure_text(case, item) for item in checked.failures))
        return replace(case.new, inputs=checked.inputs)

    def _change(self, case: _Case, old: ResourceState) -> list[Step]:
        inputs = self._with_ignored(case, old)
        new = self._checked(case, old.inputs, inputs)
        triggered = _triggered(new.replacement_trigger, old.replacement_trigger)
        if triggered or case.urn in self._anew:
            return self._replace(case, new, old, Difference(changes=True))
        difference = with_replace_on_changes(
            self._difference(case, new, old),
            case.goal.replace_on_changes,
            init_errors=bool(old.init_errors),
        )
        if (difference.changes and difference.replaces) or old.pending_replacement:
            return self._replace(case, new, old, difference)
        op = Op.UPDATE if difference.changes or old.init_errors else Op.SAME
        self.progress.done[case.urn] = op
        return [Step(op, old, new, difference, hide_diffs=case.goal.hide_diffs)]

    def _with_ignored(self, case: _Case, old: ResourceState) -> Properties:
        inputs = case.goal.inputs
        impossible = []
        for text in case.goal.ignore_changes:
            inputs, possible = reset(parse_path(text), old.inputs, inputs)
            if not possible:
                impossible.append(text)
        if impossible:
            paths = ", ".join(impossible)
            message = f'cannot ignore changes in added or removed elements of the path: "{paths}"'
            self._report(Diagnostic(Severity.INFO, message, case.urn))
        return inputs

    def _difference(self, case: _Case, new: ResourceState, old: ResourceState) -> Difference:
        if any(self.progress.replaced(urn) for urn in new.replace_with):
            return Difference(True, ("replaceWith",))
        if self.progress.replaced(new.deleted_with):
            return Difference(True, ("deletedWith",))
        if self._provider_changed(new, old):
            return Difference(True, ("provider",))
        if case.provider is None:
            return plain_difference(old.inputs, new.inputs)
        ignored = case.goal.ignore_changes
        comparison = Comparison(case.urn, old.inputs, old.outputs, new.inputs, ignored)
        try:
            return case.provider.diff(comparison)
        except Unpredictable as unpredictable:
            self._report(Diagnostic(Severity.WARNING, str(unpredictable), case.urn))
            return Difference(changes=True)

    def _provider_changed(self, new: ResourceState, old: ResourceState) -> bool:
        """Whether the resource has moved to a provider that cannot manage the old one."""
        if old.provider == new.provider:
            return False
        if not old.provider or not new.provider:
            return True
        before, after = map(parse_provider_reference, (old.provider, new.provider))
        if self.identities.aliased.get(before.urn) == after.urn:
            return False
        was, is_now = self.identities.olds.get(before.urn), self.progress.news.get(after.urn)
        if was is None or is_now is None:
            return True
        package = self._registry.package(type_of(after.urn))
        return package.diff_config(was.outputs, visible(is_now.inputs)).replaces

    def _replace(
        self, case: _Case, new: ResourceState, old: ResourceState, difference: Difference
    ) -> list[Step]:
        if new.protect and old.protect:
            self._refuse(_PROTECTED.format(urn=case.urn), case.urn)
        # Defaults taken over from the old resource, such as a made-up name, are not kept.
        new = self._checked(case, None, case.goal.inputs)
        return self._replaced(case, new, old, difference)

    def _replaced(
        self, case: _Case, new: ResourceState, old: ResourceState, difference: Difference
    ) -> list[Step]:
        goal = case.goal
        self.progress.done[case.urn] = Op.REPLACE
        steps = [
            Step(Op.CREATE_REPLACEMENT, old, new, difference, logical=False),
            Step(Op.REPLACE, old, new, difference),
        ]
        first = difference.delete_before_replace
        if first if goal.delete_before_replace is None else goal.delete_before_replace:
            steps = [*self._deletes_first(case.urn, old), *reversed(steps)]
        return [replace(step, hide_diffs=goal.hide_diffs) for step in steps]

    def _deletes_first(self, urn: str, old: ResourceState) -> Iterator[Step]:
        """Delete all that cannot stay without the old resource, then the old one itself."""
        for dependent in reversed(self._replacements.dependents(old)):
            resource = dependent.resource
            if resource in self.progress.gone:
                continue
            if resource.protect and not resource.delete:
                text = _PROTECTED_DEPENDENT.format(urn=resource.urn, cause=urn)
                raise EngineError(text, urn)
            self.progress.early_keys[resource.urn] = dependent.keys
            self.progress.deleted_early.add(resource.urn)
            self.progress.gone.add(resource)
            op = Op.DELETE if resource.delete else Op.DELETE_REPLACED
            comes_back = not resource.delete
            yield Step(op, resource, None, logical=not comes_back, comes_back=comes_back)
        if not old.pending_replacement:
            self.progress.gone.add(old)
            yield Step(Op.DELETE_REPLACED, old, None, logical=False, comes_back=True)


_PROTECTED = (
    "unable to replace resource '{urn}' as it is protected. To unprotect it, remove the `protect` "
    "option in your program and deploy once"
)
_PROTECTED_DEPENDENT = (
    "unable to replace resource '{urn}' as part of replacing '{cause}', as it is protected. "
    "To unprotect it, remove the `protect` option in your program and deploy once"
)


def _failure_text(case: _Case, failure: Failure) -> str:
    about = f"{case.goal.type} resource '{case.goal.name}'"
    if failure.key:
        return f"{about}: property '{failure.key}' has a problem: {failure.reason}"
    return f"{about} has a problem: {failure.reason}"


def _triggered(new: Value, old: Value) -> bool:
    """Whether a replacement trigger asks to replace: changed or unknown, but set on both sides."""
    if contains(new, Unknown) or contains(old, Unknown):
        return True
    if new is None or old is None:
        return False
    return not same(unwrap(new), unwrap(old))
