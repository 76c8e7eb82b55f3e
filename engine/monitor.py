"""Serves the resource monitor and engine protocols to a program that runs in this process.

The program's SDK calls these objects in the place of gRPC stubs, with the protocol's own messages:
no socket is opened, so nothing else on the machine can register resources.
"""

from __future__ import annotations

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

    def _stop(self, error: EngineError) -> NoReturn:
        # The status tells the SDK that the engine is going away; the error itself is recorded.
        raise CallError(grpc.StatusCode.UNAVAILABLE, error.message) from error

    def _refuse(self, what: str) -> NoReturn:
        message = f"the built-in engine does not support {what}; use the Pulumi CLI"
        self._run.fail(message)
        self._stop(EngineError(message))

    def get_deployment_info(self, request: Empty) -> resource_pb2.DeploymentInfo:
        """What the program may want to know about this run."""
        del request
        return resource_pb2.DeploymentInfo(
            project=self._program.project,
            stack=self._program.stack,
            organization=self._program.organization,
            dryRun=not self._run.mode.executes,
            supportedFeatures=_FEATURES,
        )

    def supports_feature(
        self, request: resource_pb2.SupportsFeatureRequest
    ) -> resource_pb2.SupportsFeatureResponse:
        """Whether the protocol feature of this name is supported."""
        return resource_pb2.SupportsFeatureResponse(hasSupport=request.id in _FEATURE_NAMES)

    def register_resource(
        self, request: resource_pb2.RegisterResourceRequest
    ) -> resource_pb2.RegisterResourceResponse:
        """Take a goal and answer with the state it leads to."""
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

    def register_resource_outputs(
        self, request: resource_pb2.RegisterResourceOutputsRequest
    ) -> Empty:
        """Take the outputs of a component."""
        try:
            self._run.set_outputs(request.urn, read_struct(request.outputs))
        except EngineError as error:
            self._stop(error)
        return Empty()

    def invoke(
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

    def call(self, request: resource_pb2.ResourceCallRequest) -> NoReturn:
        """Methods of resources need their plugin."""
        self._refuse(f"the method '{request.tok}'")

    def read_resource(self, request: resource_pb2.ReadResourceRequest) -> NoReturn:
        """Reading a resource needs its plugin."""
        self._refuse(f"reading the existing resource '{request.name}' of type '{request.type}'")

    def register_package(self, request: resource_pb2.RegisterPackageRequest) -> NoReturn:
        """Parameterized packages need their plugin."""
        self._refuse(f"the parameterized package '{request.name}'")

    def register_stack_transform(self, request: object) -> NoReturn:
        """Transforms need a callback server."""
        del request
        self._refuse("transforms")

    def register_resource_hook(self, request: object) -> NoReturn:
        """Hooks need a callback server."""
        del request
        self._refuse("resource hooks")

    def signal_and_wait_for_shutdown(self, request: Empty) -> Empty:
        """The program has registered everything; nothing keeps it waiting."""
        del request
        return Empty()

    # The names under which the SDK calls them.
    GetDeploymentInfo = get_deployment_info
    SupportsFeature = supports_feature
    RegisterResource = register_resource
    RegisterResourceOutputs = register_resource_outputs
    Invoke = invoke
    Call = call
    ReadResource = read_resource
    RegisterPackage = register_package
    RegisterStackTransform = register_stack_transform
    RegisterResourceHook = register_resource_hook
    SignalAndWaitForShutdown = signal_and_wait_for_shutdown
    RegisterStackInvokeTransform = register_stack_transform
    RegisterErrorHook = register_resource_hook


class EngineLog:
    """The engine service of one run: takes what the program logs."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._root = ""

    def log(self, request: engine_pb2.LogRequest) -> Empty:
        """Take one message; debug messages are many and of no use here."""
        if request.severity != engine_pb2.DEBUG and not request.ephemeral:
            severity = _SEVERITIES[request.severity]
            self._run.report(Diagnostic(severity, request.message, request.urn))
        return Empty()

    def get_root_resource(
        self, request: engine_pb2.GetRootResourceRequest
    ) -> engine_pb2.GetRootResourceResponse:
        """The URN of the stack, as far as the program has said it."""
        del request
        return engine_pb2.GetRootResourceResponse(urn=self._root)

    def set_root_resource(
        self, request: engine_pb2.SetRootResourceRequest
    ) -> engine_pb2.SetRootResourceResponse:
        """Take the URN of the stack."""
        self._root = request.urn
        return engine_pb2.SetRootResourceResponse()

    def start_debugging(self, request: engine_pb2.StartDebuggingRequest) -> Empty:
        """There is nothing to start."""
        del request
        return Empty()

    def require_pulumi_version(
        self, request: engine_pb2.RequirePulumiVersionRequest
    ) -> engine_pb2.RequirePulumiVersionResponse:
        """This engine follows the version of the installed SDK and claims none of its own."""
        del request
        return engine_pb2.RequirePulumiVersionResponse()

    # The names under which the SDK calls them.
    Log = log
    GetRootResource = get_root_resource
    SetRootResource = set_root_resource
    StartDebugging = start_debugging
    RequirePulumiVersion = require_pulumi_version
