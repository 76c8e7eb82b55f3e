"""One run: takes goals from the program, has them turned into steps and carries those out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from engine.deletion import plan_deletions
from engine.deployment import Deployment, ResourceState
from engine.events import Diagnosed, Event, StepPlanned
from engine.executor import Executor, PreviewExecutor
from engine.generator import Generator
from engine.goal import Goal, inherit, needs_provider, read_goal
from engine.identity import Identities
from engine.plain import SECRET_TEXT
from engine.problems import Diagnostic, EngineError, Severity
from engine.program import Program
from engine.providers.base import Provider
from engine.providers.command import CommandPackage
from engine.providers.kubernetes import KubernetesPackage
from engine.providers.registry import Registry, add_version
from engine.steps import Op, Step
from engine.urn import PROVIDER_PREFIX, STACK_TYPE, is_provider, package_of
from engine.values import Properties, Secret

if TYPE_CHECKING:
    from pulumi.runtime.proto.resource_pb2 import RegisterResourceRequest


_SHORTEST_SECRET = 3
"""Texts below this length stand in too many messages by chance to be masked."""


def _secret_texts(program: Program) -> list[str]:
    """Secret texts of the configuration, long ones first as they may hold the others."""
    texts = {program.config[key] for key in program.secret_keys if key in program.config}
    return sorted((text for text in texts if len(text) >= _SHORTEST_SECRET), key=len, reverse=True)


class Run:
    """The state of one run; goals come one at a time."""

    def __init__(
        self, program: Program, prior: Deployment, on_event: Callable[[Event], None] | None
    ) -> None:
        self.failed = False
        self.stopped: EngineError | None = None
        self.steps: list[Step] = []
        self.diagnostics: list[Diagnostic] = []
        self._program = program
        self._prior = prior
        self._on_event = on_event
        self._registry = Registry([CommandPackage(), KubernetesPackage()])
        olds = {state.urn: state for state in prior.resources if not state.delete}
        self._identities = Identities(program.stack, program.project, olds)
        self._generator = Generator(self._identities, prior, self._registry, self.report)
        self._executor: Executor = PreviewExecutor(self._registry)
        self._secret_texts = _secret_texts(program)
        self._goals: dict[str, Goal] = {}
        self._component_providers: dict[str, dict[str, str]] = {}
        self._default_providers: dict[str, str] = {}
        self._position: dict[str, int] = {}
        self._open: set[str] = set()

    def report(self, diagnostic: Diagnostic) -> None:
        """Record what the program or the engine says, without secrets of the configuration."""
        for text in self._secret_texts:
            if text in diagnostic.message:
                masked = diagnostic.message.replace(text, SECRET_TEXT)
                diagnostic = replace(diagnostic, message=masked)
        self.diagnostics.append(diagnostic)
        self._tell(Diagnosed(diagnostic))

    def _tell(self, event: Event) -> None:
        if self._on_event is not None:
            self._on_event(event)

    def fail(self, message: str, urn: str = "") -> None:
        """Record an error; the run is not ok any more."""
        self.failed = True
        self.report(Diagnostic(Severity.ERROR, message, urn))

    def register(self, request: RegisterResourceRequest) -> ResourceState:
        """The state the goal in a request leads to.

        Raises EngineError, recorded already, when it cannot be, and ever after.
        """
        if self.stopped is not None:
            raise self.stopped
        try:
            goal = read_goal(request, str(self._program.folder))
            return self._register(self._completed(goal))
        except EngineError as error:
            self.fail(error.message, error.urn)
            self.stopped = error
            raise

    def _completed(self, goal: Goal) -> Goal:
        """The goal with what its parent and its package say about providers and options."""
        parent = self._goals.get(goal.parent)
        if parent is not None:
            goal = inherit(goal, parent)
        if is_provider(goal.type):
            inputs = add_version(goal.inputs, goal.version) if goal.version else goal.inputs
            return replace(goal, inputs=inputs)
        if not goal.custom:
            above = self._component_providers.get(goal.parent, {})
            return replace(goal, providers={**above, **goal.providers})
        return replace(goal, provider=self._provider_of(goal)) if needs_provider(goal) else goal

    def _provider_of(self, goal: Goal) -> str:
        package = package_of(goal.type)
        above = self._component_providers.get(goal.parent, {})
        found = goal.provider or goal.providers.get(package) or above.get(package)
        return found or self._default_provider(goal, package)

    def _default_provider(self, goal: Goal, package: str) -> str:
        """The provider for resources that name none, registered when first needed."""
        name = "_".join(["default", *goal.version.replace("+", "_").split(".")]).rstrip("_")
        key = f"{package}/{name}"
        if key not in self._default_providers:
            self._registry.refuse_unknown(goal.type, goal.name)
            inputs = self._package_config(package)
            if goal.version:
                inputs = add_version(inputs, goal.version)
            kind = f"{PROVIDER_PREFIX}{package}"
            state = self._register(Goal(type=kind, name=name, custom=True, inputs=inputs))
            self._default_providers[key] = f"{state.urn}::{state.id}"
        return self._default_providers[key]

    def _package_config(self, package: str) -> Properties:
        """Stack configuration whose keys begin with the package's name."""
        prefix = f"{package}:"
        return {
            key.removeprefix(prefix): Secret(text) if key in self._program.secret_keys else text
            for key, text in self._program.config.items()
            if key.startswith(prefix)
        }

    def _register(self, goal: Goal) -> ResourceState:
        provider_serves = self._registry if is_provider(goal.type) else None
        result = None
        for step in self._generator.steps(goal):
            provider = provider_serves or self._provider_for(step)
            result = self._carry_out(step, provider) or result
        if result is None:
            raise EngineError(f"nothing was decided for resource '{goal.name}'")
        self._goals[result.urn] = goal
        if not goal.custom:
            self._component_providers[result.urn] = dict(goal.providers)
            self._open.add(result.urn)
        return result

    def _provider_for(self, step: Step) -> Provider | None:
        resource = step.resource
        return self._registry.provider(resource.provider) if resource.provider else None

    def _carry_out(self, step: Step, provider: Provider | None) -> ResourceState | None:
        after = self._executor.apply(step, provider)
        if after is not None and step.op is not Op.REPLACE:
            self._generator.progress.news[after.urn] = after
            step = replace(step, new=after)
            self._position[after.urn] = len(self.steps)
        self.steps.append(step)
        self._tell(StepPlanned(step))
        return after if step.op is not Op.REPLACE else None

    def set_outputs(self, urn: str, outputs: Properties) -> None:
        """Record the outputs a component registers at its end.

        Raises EngineError, recorded already, when the resource is unknown or has done so before.
        """
        if urn not in self._open:
            message = f"outputs of '{urn}' were registered twice, or it is no component"
            self.fail(message, urn)
            raise EngineError(message, urn)
        self._open.discard(urn)
        position = self._position[urn]
        step = self.steps[position]
        if step.new is not None:
            state = replace(step.new, outputs=outputs)
            self.steps[position] = replace(step, new=state)
            self._generator.progress.news[urn] = state

    def known(self, urn: str) -> ResourceState | None:
        """The state of a resource registered in this run."""
        return self._generator.progress.news.get(urn)

    def finish(self) -> None:
        """Plan the deletions; only sensible when the whole program has run without an error."""
        progress, aliased = self._generator.progress, self._identities.aliased
        for step in plan_deletions(self._prior, progress, aliased):
            try:
                self._carry_out(step, None)
            except EngineError as error:
                self.steps.append(replace(step, refused=True))
                self.fail(error.message, error.urn)

    @property
    def stack_outputs(self) -> Properties:
        """What the program exports."""
        stack = next((step for step in self.steps if step.type == STACK_TYPE and step.new), None)
        return stack.new.outputs if stack and stack.new else {}
