"""Runs the commands, and makes the copies, that resources of the ``command`` package stand for."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from engine.assets import read_content
from engine.providers.base import Call, Comparison, Existing, Made, ProviderError
from engine.providers.local import Command, run_local
from engine.providers.remote import in_own_loop, run_remote
from engine.providers.ssh import connected
from engine.providers.transcript import Output
from engine.urn import name_of, type_of
from engine.values import Blob, Properties, Secret, contains, unwrap

COPY = "command:remote:CopyToRemote"
_REMOTE = "command:remote:Command"
_ID_BYTES = 4
_PREVIOUS = {"stdout": "PULUMI_COMMAND_STDOUT", "stderr": "PULUMI_COMMAND_STDERR"}


@dataclass(frozen=True, slots=True)
class Executions:
    """Runs what resources ask for; local commands start in the folder."""

    folder: str

    def create(self, urn: str, inputs: Properties, call: Call) -> Made:
        """The id, made up, and the inputs with what the command has written."""
        given = f"{name_of(urn)}{secrets.token_hex(_ID_BYTES)}"
        if type_of(urn) == COPY:
            self._copy(inputs, call)
            return Made(given, inputs)
        return Made(given, self._run(urn, "create", inputs, Output(), call))

    def update(self, comparison: Comparison, call: Call) -> Properties:
        """The new inputs with what the command has written, or wrote before."""
        inputs = comparison.new_inputs
        if type_of(comparison.urn) == COPY:
            if _copies_other(comparison.old_outputs, inputs):
                self._copy(inputs, call)
            return inputs
        verb = "create" if inputs.get("update") is None else "update"
        return self._run(comparison.urn, verb, inputs, _written(comparison.old_outputs), call)

    def delete(self, existing: Existing, call: Call) -> None:
        """Run what was recorded to undo it, with the connection that was recorded."""
        if type_of(existing.urn) != COPY:
            recorded = existing.outputs
            self._run(existing.urn, "delete", recorded, _written(recorded), call)

    def _run(
        self, urn: str, verb: str, inputs: Properties, before: Output, call: Call
    ) -> Properties:
        output = before
        line = unwrap(inputs.get(verb))
        if line is not None:
            asked = _environment(inputs)
            command = Command(
                line=str(line),
                title=_title(verb, inputs),
                environment={**asked, **_previous(inputs, before)},
                stdin=str(unwrap(inputs.get("stdin")) or ""),
            )
            if type_of(urn) == _REMOTE:
                output = run_remote(command, inputs, tuple(asked), call)
            else:
                output = run_local(command, inputs, self.folder, call)
        return {**inputs, "stdout": output.stdout, "stderr": output.stderr}

    def _copy(self, inputs: Properties, call: Call) -> None:
        target = str(unwrap(inputs.get("remotePath")))
        in_own_loop(
            lambda: _send(inputs, target, self.folder, call), f"copying to '{target}'", call
        )


def _title(verb: str, inputs: Properties) -> str:
    if contains(inputs.get(verb), Secret):
        return f"the command to {verb}, which is secret,"
    return f'the command to {verb}, "{unwrap(inputs.get(verb))}",'


def _environment(inputs: Properties) -> Mapping[str, str]:
    given = unwrap(inputs.get("environment"))
    return {key: str(item) for key, item in given.items()} if isinstance(given, dict) else {}


def _written(outputs: Properties) -> Output:
    return Output(*(str(unwrap(outputs.get(key)) or "") for key in _PREVIOUS))


def _previous(inputs: Properties, before: Output) -> Mapping[str, str]:
    """What the last command wrote, for the next one to see, unless that is not wanted."""
    if unwrap(inputs.get("addPreviousOutputInEnv")) is False:
        return {}
    written = {"stdout": before.stdout, "stderr": before.stderr}
    return {_PREVIOUS[key]: text for key, text in written.items() if text}


def _copies_other(old: Properties, new: Properties) -> bool:
    before, after = unwrap(old.get("source")), unwrap(new.get("source"))
    if unwrap(old.get("remotePath")) != unwrap(new.get("remotePath")):
        return True
    if isinstance(before, Blob) and isinstance(after, Blob):
        return before.digest != after.digest
    return before != after


async def _send(inputs: Properties, target: str, folder: str, call: Call) -> None:
    connection, source = unwrap(inputs.get("connection")), unwrap(inputs.get("source"))
    assert isinstance(connection, dict), "check has seen to it"  # noqa: S101  # a bug, not a mistake
    if not isinstance(source, Blob):
        raise ProviderError("the source of a copy is no asset")
    async with (
        connected(connection, call) as session,
        session.start_sftp_client() as sftp,
        sftp.open(target, "wb") as file,
    ):
        await file.write(read_content(source, folder))
