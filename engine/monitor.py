"""Serves the resource monitor and engine protocols to a program that runs in this process.

The program's SDK calls these objects in the place of gRPC stubs, with the protocol's own messages:
no socket is opened, so nothing else on the machine can register resources.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, NoReturn

import grpc
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import engine_pb2, resource_pb2

from engine.problems import Diagnostic, EngineError, Severity
from engine.wire import read_struct, write_struct

if TYPE_CHECKING:
    from engine.program import Program
    from engine.run import Run

_FEATURES = (
    resource_pb2.RESOURCE_MONITOR_FEATURE_SECRETS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_RESOURCE_REFERENCES,
    resource_pb2.RESOURCE_MONITOR_FEATURE_OUTPUT_VALUES,
    resource_pb2.RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_REPLACEMENT_TRIGGER,
    resource_pb2.RESOURCE_MONITOR_FEATURE_DELETED_WITH,
    resource_pb2.RESOURCE_MONITOR_FEATURE_REPLACE_WITH,
)
_FEATURE_NAMES = frozenset(
    {
        "secrets",
        "resourceReferences",
        "outputValues",
        "aliasSpecs",
        "replacementTrigger",
        "deletedWith",
        "replaceWith",
    }
)
_GET_RESOURCE = "pulumi:pulumi:getResource"
_SEVERITIES = {
    engine_pb2.DEBUG: Severity.DEBUG,
    engine_pb2.INFO: Severity.INFO,
    engine_pb2.WARNING: Severity.WARNING,
    engine_pb2.ERROR: Severity.ERROR,
}


class CallError(grpc.RpcError):
    """A refused call, as the SDK expects it of gRPC."""

    def __init__(self, code: grpc.StatusCode, text: str) -> None:
        super().__init__(text)
        self._code = code
        self._text = text

    def code(self) -> grpc.StatusCode:
        """The status of the call."""
        return self._code

    def details(self) -> str:
        """The text the SDK shows."""
        return self._text


class Monitor:
    """The resource monitor of one run; calls may come from several threads."""

    def __init__(self, run: Run, program: Program) -> None:
        self._run = run
        self._program = program
        self._lock = threading.Lock()

    def _stop(self, error: EngineError) -> NoReturn:
        # The status tells the SDK that the engine is going away; the error itself is recorded.
        raise CallError(grpc.StatusCode.UNAVAILABLE, error.message) from error

    def _refuse(self, what: str) -> NoReturn:
        message = f"the built-in engine does not support {what}; use the Pulumi CLI"
        self._run.fail(message)
        self._stop(EngineError(message))

    def GetDeploymentInfo(self, request: Empty) -> resource_pb2.DeploymentInfo:  # noqa: N802
        """What the program may want to know about this run."""
        del request
        return resource_pb2.DeploymentInfo(
            project=self._program.project,
            stack=self._program.stack,
            organization=self._program.organization,
            dryRun=True,
            supportedFeatures=_FEATURES,
        )

    def SupportsFeature(  # noqa: N802
        self, request: resource_pb2.SupportsFeatureRequest
    ) -> resource_pb2.SupportsFeatureResponse:
        """Whether the protocol feature of this name is supported."""
        return resource_pb2.SupportsFeatureResponse(hasSupport=request.id in _FEATURE_NAMES)

    def RegisterResource(  # noqa: N802
        self, request: resource_pb2.RegisterResourceRequest
    ) -> resource_pb2.RegisterResourceResponse:
        """Take a goal and answer with the state it leads to."""
        with self._lock:
            try:
                state = self._run.register(request)
            except EngineError as error:
                self._stop(error)
        return resource_pb2.RegisterResourceResponse(
            urn=state.urn,
            id=state.id,
            object=write_struct(state.outputs) if state.custom else None,
            result=resource_pb2.SUCCESS,
        )

    def RegisterResourceOutputs(  # noqa: N802
        self, request: resource_pb2.RegisterResourceOutputsRequest
    ) -> Empty:
        """Take the outputs of a component."""
        with self._lock:
            try:
                self._run.set_outputs(request.urn, read_struct(request.outputs))
            except EngineError as error:
                self._stop(error)
        return Empty()

    def Invoke(  # noqa: N802
        self, request: resource_pb2.ResourceInvokeRequest
    ) -> resource_pb2.ResourceInvokeResponse:
        """Look up a resource of this run by its URN; no other function is known."""
        urn = read_struct(request.args).get("urn")
        state = self._run.known(str(urn)) if request.tok == _GET_RESOURCE else None
        if state is None:
            self._refuse(f"the function '{request.tok}'")
        answer = write_struct({"urn": state.urn, "id": state.id or None, "state": state.outputs})
        response = resource_pb2.ResourceInvokeResponse()
        # The field is named by a keyword of Python.
        getattr(response, "return").CopyFrom(answer)
        return response

    def Call(self, request: resource_pb2.ResourceCallRequest) -> NoReturn:  # noqa: N802
        """Methods of resources need their plugin."""
        self._refuse(f"the method '{request.tok}'")

    def ReadResource(self, request: resource_pb2.ReadResourceRequest) -> NoReturn:  # noqa: N802
        """Reading a resource needs its plugin."""
        self._refuse(f"reading the existing resource '{request.name}' of type '{request.type}'")

    def RegisterPackage(  # noqa: N802
        self, request: resource_pb2.RegisterPackageRequest
    ) -> NoReturn:
        """Parameterized packages need their plugin."""
        self._refuse(f"the parameterized package '{request.name}'")

    def RegisterStackTransform(self, request: object) -> NoReturn:  # noqa: N802
        """Transforms need a callback server."""
        del request
        self._refuse("transforms")

    RegisterStackInvokeTransform = RegisterStackTransform

    def RegisterResourceHook(self, request: object) -> NoReturn:  # noqa: N802
        """Hooks need a callback server."""
        del request
        self._refuse("resource hooks")

    RegisterErrorHook = RegisterResourceHook

    def SignalAndWaitForShutdown(self, request: Empty) -> Empty:  # noqa: N802
        """The program has registered everything; nothing keeps it waiting."""
        del request
        return Empty()


class EngineLog:
    """The engine service of one run: takes what the program logs."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._root = ""

    def Log(self, request: engine_pb2.LogRequest) -> Empty:  # noqa: N802
        """Take one message; debug messages are many and of no use here."""
        if request.severity != engine_pb2.DEBUG and not request.ephemeral:
            severity = _SEVERITIES[request.severity]
            self._run.report(Diagnostic(severity, request.message, request.urn))
        return Empty()

    def GetRootResource(  # noqa: N802
        self, request: engine_pb2.GetRootResourceRequest
    ) -> engine_pb2.GetRootResourceResponse:
        """The URN of the stack, as far as the program has said it."""
        del request
        return engine_pb2.GetRootResourceResponse(urn=self._root)

    def SetRootResource(  # noqa: N802
        self, request: engine_pb2.SetRootResourceRequest
    ) -> engine_pb2.SetRootResourceResponse:
        """Take the URN of the stack."""
        self._root = request.urn
        return engine_pb2.SetRootResourceResponse()

    def StartDebugging(self, request: engine_pb2.StartDebuggingRequest) -> Empty:  # noqa: N802
        """There is nothing to start."""
        del request
        return Empty()

    def RequirePulumiVersion(  # noqa: N802
        self, request: engine_pb2.RequirePulumiVersionRequest
    ) -> engine_pb2.RequirePulumiVersionResponse:
        """This engine follows the version of the installed SDK and claims none of its own."""
        del request
        return engine_pb2.RequirePulumiVersionResponse()
