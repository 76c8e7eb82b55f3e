"""Runs a Pulumi program without an engine, and records every resource that it registers."""

import asyncio
import contextvars
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from google.protobuf.json_format import MessageToDict
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime import mocks
from pulumi.runtime.proto import resource_pb2
from pulumi.runtime.stack import run_pulumi_func

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = {SIGNATURE: "1b47061264138c4ac30d75fd1eb44270"}

Program = Callable[[], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Secret:
    """A value that left the program marked as secret."""

    value: Any


@dataclass(frozen=True, slots=True)
class Recorded:
    """One registration as it left the program."""

    type: str
    name: str
    parent: str
    inputs: dict[str, Any]
    after: frozenset[str]
    provider: str
    version: str
    protect: bool
    retained: bool
    ignored: frozenset[str]
    secret_outputs: frozenset[str]
    replaces_on: frozenset[str]

    @property
    def key(self) -> str:
        """Type and name, as tests speak of it."""
        return f"{self.type} {self.name}"


@dataclass(frozen=True, slots=True)
class Recording:
    """Everything that a program declared, in the order of arrival, and what it returned."""

    resources: tuple[Recorded, ...]
    outputs: Mapping[str, Any]

    def find(self, type_: str, name: str) -> Recorded:
        """The one resource of that type and name; raises ValueError otherwise."""
        (found,) = [each for each in self.resources if (each.type, each.name) == (type_, name)]
        return found

    def named(self, prefix: str) -> list[Recorded]:
        """The resources whose type starts so, by name."""
        found = [each for each in self.resources if each.type.startswith(prefix)]
        return sorted(found, key=lambda each: each.name)


class RecordingMonitor(mocks.MockMonitor):
    """Answers every resource with its inputs; commands print what `stdout` says of their name."""

    def __init__(self, stdout: Callable[[str], str] | None) -> None:
        super().__init__(NoCalls())
        self.recorded: list[Recorded] = []
        self.stdout = stdout

    def RegisterResource(  # noqa: N802 - the name of the procedure in Pulumi's protocol
        self, request: resource_pb2.RegisterResourceRequest
    ) -> resource_pb2.RegisterResourceResponse:
        urn: str = self.make_urn(request.parent, request.type, request.name)
        if request.type != "pulumi:pulumi:Stack":
            self.recorded.append(read_request(request))
        outputs = Struct()
        outputs.CopyFrom(request.object)
        if request.type.startswith("command:"):
            printed = self.stdout(request.name) if self.stdout else UNKNOWN
            hidden = "stdout" in request.additionalSecretOutputs
            outputs.update({"stdout": {**SECRET, "value": printed} if hidden else printed})
        id_ = f"id of {request.name}" if self.stdout else ""
        return resource_pb2.RegisterResourceResponse(urn=urn, id=id_, object=outputs)


class NoCalls(mocks.Mocks):
    """Nothing here may ask a provider for anything: it would run during a preview."""

    def call(self, args: mocks.MockCallArgs) -> Any:
        raise AssertionError(f"the program calls {args.token}")

    def new_resource(self, args: mocks.MockResourceArgs) -> Any:
        raise AssertionError(f"{args.name} is not registered by the recording monitor")


def short(urn: str) -> str:
    """Type and name of a URN, without the types of its parents; empty for the stack."""
    if "pulumi:pulumi:Stack::" in urn or not urn:
        return ""
    *_, types, name = urn.split("::")
    return f"{types.rpartition('$')[2]} {name}"


def read_request(request: resource_pb2.RegisterResourceRequest) -> Recorded:
    """What a registration says, as plain data."""
    return Recorded(
        type=request.type,
        name=request.name,
        parent=short(request.parent),
        inputs=read_value(MessageToDict(request.object)),
        after=frozenset(short(urn) for urn in request.dependencies),
        provider=short(request.provider.rpartition("::")[0]),
        version=request.version,
        protect=request.protect,
        retained=request.retainOnDelete,
        ignored=frozenset(request.ignoreChanges),
        secret_outputs=frozenset(request.additionalSecretOutputs),
        replaces_on=frozenset(request.replaceOnChanges),
    )


def read_value(value: Any) -> Any:
    """Plain data; a secret is wrapped, and whole numbers are whole again."""
    if isinstance(value, dict):
        if value.get(SIGNATURE) == SECRET[SIGNATURE]:
            return Secret(read_value(value["value"]))
        return {key: read_value(item) for key, item in value.items()}
    if isinstance(value, list):
        return [read_value(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def record(
    program: Program,
    *,
    stdout: Callable[[str], str] | None = None,
    config: Mapping[str, str] | None = None,
    secrets: tuple[str, ...] = (),
) -> Recording:
    """Run a program as a preview, or as a deployment where `stdout` says what commands print."""
    monitor = RecordingMonitor(stdout)
    settings = {f"la1r:{key}": text for key, text in (config or {}).items()}
    context = contextvars.copy_context()
    outputs = context.run(_run, program, monitor, settings, [f"la1r:{key}" for key in secrets])
    return Recording(tuple(monitor.recorded), outputs)


def _run(
    program: Program, monitor: RecordingMonitor, config: dict[str, str], secrets: list[str]
) -> Mapping[str, Any]:
    found: dict[str, Any] = {}

    async def resolve(outputs: Mapping[str, Any]) -> None:
        for name, value in outputs.items():
            found[name] = await pulumi.Output.from_input(value).future()

    def start() -> None:
        outputs = program()
        returned.append(asyncio.ensure_future(resolve(outputs)))

    async def main() -> None:
        mocks.set_mocks(NoCalls(), "la1r", "test", monitor.stdout is None, monitor=monitor)
        pulumi.runtime.set_all_config(config, secrets)
        await run_pulumi_func(start)
        await asyncio.gather(*returned)

    returned: list[asyncio.Future[None]] = []
    asyncio.run(main())
    return found
