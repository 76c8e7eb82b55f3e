"""What the ``kubernetes`` package does where a cluster answers: previews, changes and refreshes."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from engine.cluster.objects import Manager, Objects
from engine.cluster.refusals import ClusterError, RefusalError, UnknownKindError
from engine.cluster.waiting import (
    DEFAULT_SECONDS,
    GivenUpError,
    NotReadyError,
    Patience,
    wait_until_gone,
    wait_until_ready,
)
from engine.problems import Severity
from engine.providers.base import (
    Call,
    CancelledError,
    Comparison,
    Existing,
    Made,
    PartialError,
    ProviderError,
)
from engine.providers.checkpoint import (
    FIELD_MANAGER,
    annotation,
    annotation_is_true,
    checkpoint,
    inputs_of,
    live_inputs,
    live_of,
    object_id,
)
from engine.providers.manifest import manifest, marked, normalised
from engine.values import Properties, Unknown, contains

_FORCE, _SKIP = "pulumi.com/patchForce", "pulumi.com/skipAwait"
_TIMEOUT, _PROPAGATION = "pulumi.com/timeoutSeconds", "pulumi.com/deletionPropagationPolicy"
_MANAGER, _PREFIX = "pulumi.com/patchFieldManager", "pulumi-kubernetes-"
_PROPAGATIONS = {"orphan": "Orphan", "background": "Background"}
# Only for these does skipAwait hold at the end, too.
_SKIP_AT_END = frozenset({"DaemonSet", "Deployment", "Job", "Namespace", "Pod", "StatefulSet"})
# What an object needs may come a moment later: its namespace, the definition of its kind.
_PAUSES = (0.5, 1.0, 2.0, 4.0)


@dataclass(frozen=True, slots=True)
class ClusterChanges:
    """Changes the objects of one cluster.

    With ``upsert`` an object that exists already is taken over, else that is an error; with
    ``force`` fields are taken from whoever else set them.
    """

    objects: Objects
    upsert: bool = False
    force: bool = False

    def create(self, inputs: Properties, call: Call) -> Made:
        """Make an object and wait until it is ready."""
        document = normalised(manifest(inputs))
        manager = self._manager(document, {})
        with _as_provider_errors():
            self._refuse_existing(document)
            live = self._apply_in_time(document, manager, call)
        return self._await(live, inputs, manager, call)

    def update(self, comparison: Comparison, call: Call) -> Properties:
        """Change an object in place and wait until it is ready."""
        document = normalised(manifest(comparison.new_inputs))
        manager = self._manager(document, comparison.old_outputs)
        with _as_provider_errors():
            live = self._apply(document, manager)
        return self._await(live, comparison.new_inputs, manager, call).outputs

    def delete(self, existing: Existing, call: Call) -> None:
        """Delete an object and wait until it is gone; what belongs to it goes first."""
        live = live_of(existing.outputs)
        policy = annotation(inputs_of(existing.outputs), _PROPAGATION).lower()
        try:
            with _as_provider_errors():
                self.objects.delete(live, _PROPAGATIONS.get(policy, "Foreground"))
                skipped = annotation_is_true(live, _SKIP) and live.get("kind") in _SKIP_AT_END
                if not skipped:
                    wait_until_gone(self.objects, live, _patience(live, call))
        except _GoneError:
            return

    def read(self, existing: Existing) -> Existing | None:
        """The object as it is; what nobody wrote here is no part of its inputs."""
        known = live_of(existing.outputs) or manifest(existing.inputs)
        try:
            with _as_provider_errors():
                live = self.objects.read(known)
        except _GoneError:
            return None
        if live is None:
            return None
        return existing_from(live, existing, self._manager({}, existing.outputs).name)

    def preview_create(self, inputs: Properties, call: Call) -> Properties:
        """What the server would make of it; the inputs where it cannot tell yet."""
        if contains(inputs, Unknown):
            return inputs
        document = normalised(manifest(inputs))
        manager = replace(self._manager(document, {}), force=True)
        try:
            self._refuse_existing(document)
            live = self.objects.apply(document, manager, dry_run=True)
        except (UnknownKindError, ExistsError) as error:
            call.say(Severity.WARNING, str(error))
            return inputs
        except RefusalError as error:
            return _judge_preview(error, inputs, call)
        return checkpoint(inputs, _without_status(live), manager.name)

    def preview_update(self, comparison: Comparison, call: Call) -> Properties:
        """What the server would make of the change; the inputs where it cannot tell yet."""
        inputs = comparison.new_inputs
        if contains(inputs, Unknown):
            return inputs
        document = normalised(manifest(inputs))
        manager = self._manager(document, comparison.old_outputs)
        try:
            live = self._apply(document, manager, dry_run=True)
        except UnknownKindError as error:
            call.say(Severity.WARNING, str(error))
            return inputs
        except RefusalError as error:
            return _judge_preview(error, inputs, call)
        return checkpoint(inputs, live, manager.name)

    def _manager(self, document: Properties, outputs: Properties) -> Manager:
        """The name under which an object's fields are set: kept with it, or a new one."""
        chosen = annotation(document, _MANAGER)
        kept = outputs.get(FIELD_MANAGER)
        name = chosen or (kept if isinstance(kept, str) else _PREFIX + secrets.token_hex(4))
        return Manager(name, self.force or annotation_is_true(document, _FORCE))

    def _refuse_existing(self, document: Properties) -> None:
        if not self.upsert and self.objects.read(document) is not None:
            raise ExistsError(document)

    def _apply_in_time(self, document: Properties, manager: Manager, call: Call) -> Properties:
        """Apply, and try again where what the object needs is not there yet."""
        for pause in _PAUSES:
            try:
                return self._apply(document, manager)
            except (RefusalError, UnknownKindError) as error:
                if isinstance(error, RefusalError) and not error.is_missing:
                    raise
            if call.cancellation.wait(pause):
                raise CancelledError("given up")
        return self._apply(document, manager)

    def _apply(
        self, document: Properties, manager: Manager, *, dry_run: bool = False
    ) -> Properties:
        """Apply; what somebody set with kubectl is put right, as the Kubernetes provider does."""
        try:
            return self.objects.apply(document, manager, dry_run=dry_run)
        except RefusalError as error:
            if not error.is_by_hand:
                raise
        return self.objects.apply(document, replace(manager, force=True), dry_run=dry_run)

    def _await(self, live: Properties, inputs: Properties, manager: Manager, call: Call) -> Made:
        made = Made(object_id(live), checkpoint(inputs, live, manager.name))
        if annotation_is_true(live, _SKIP):
            return made
        try:
            live = wait_until_ready(self.objects, live, _patience(live, call))
        except NotReadyError as error:
            partial = Made(made.id, checkpoint(inputs, error.live, manager.name))
            raise PartialError(partial, (str(error),)) from error
        except ClusterError as error:
            raise PartialError(made, (str(error),)) from error
        return Made(made.id, checkpoint(inputs, live, manager.name))


class ExistsError(ClusterError):
    """An object that was to be made is there already, and belongs to somebody else."""

    def __init__(self, document: Properties) -> None:
        kind, name = str(document.get("kind")), object_id(document)
        super().__init__(
            f"{kind} {name} exists in the cluster already, and not from this stack: import it "
            f"(the resource option `import`), let the stack take over what it finds "
            f"(`upsertExistingObjects` of the provider), or remove it"
        )


class _GoneError(ProviderError):
    """The kind of the object is gone, and the object with it."""


@contextmanager
def _as_provider_errors() -> Iterator[None]:
    try:
        yield
    except UnknownKindError as error:
        raise _GoneError(str(error)) from error
    except GivenUpError as error:
        raise CancelledError(str(error)) from error
    except ClusterError as error:
        raise ProviderError(str(error)) from error


def _judge_preview(error: RefusalError, inputs: Properties, call: Call) -> Properties:
    """A preview sees the cluster as it is, and not as the run will have changed it by then."""
    if error.is_missing or error.is_about_immutable_field or error.lacks_rights:
        return inputs
    if error.is_forbidden:
        call.say(Severity.WARNING, f"the cluster would refuse it as things are: {error}")
        return inputs
    raise error


def existing_from(live: Properties, existing: Existing, manager: str) -> Existing:
    """What is recorded of an object that was read; what is secret in it stays marked."""
    inputs = marked(live_inputs(live, manifest(existing.inputs)), existing.inputs)
    outputs = checkpoint(inputs, live, manager, given=existing.inputs)
    return Existing(existing.urn, existing.id or object_id(live), inputs, outputs)


def _without_status(live: Properties) -> Properties:
    # A program that reads a status would take the empty one of a preview for what will be.
    return {key: item for key, item in live.items() if key != "status"}


def _patience(document: Properties, call: Call) -> Patience:
    asked = annotation(document, _TIMEOUT)
    seconds = call.timeout or (float(asked) if asked.isdecimal() else DEFAULT_SECONDS)
    return Patience(seconds, call.cancellation.wait, lambda line: call.say(Severity.INFO, line))
