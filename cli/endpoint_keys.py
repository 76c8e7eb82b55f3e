"""A VPN endpoint -> the public key that its device made, from whoever knows it."""

import json
import subprocess
from collections.abc import Callable
from shutil import which
from typing import NoReturn

import click

from cli.stack import Whole
from cli.state import state_path
from engine.deployment import read_deployment
from engine.problems import StateError
from engine.urn import STACK_TYPE
from terms.forms import parse_wireguard_key

# The stack output with what a client needs to dial each endpoint.
OUTPUT = "endpoints"
# A backend that is far away has so many seconds to answer.
PATIENCE = 60


class NotKnownError(Exception):
    """One source does not know the key; it carries the reason as a clause."""


def require_endpoint_key(whole: Whole, endpoint: str, given: str | None = None) -> str:
    """The endpoint's public key: as it was given, or as it is found.

    Raises a usage error for one of another form, and ClickException where nothing knows it.
    """
    if given is not None:
        return _require_form(given)
    key, reasons = find_endpoint_key(whole, endpoint)
    return key or _refuse(whole, endpoint, reasons)


def find_endpoint_key(whole: Whole, endpoint: str) -> tuple[str | None, tuple[str, ...]]:
    """The key by the first source that has it, and why those before it had none."""
    reasons: list[str] = []
    for name, ask in SOURCES.items():
        try:
            return ask(whole, endpoint), tuple(reasons)
        except NotKnownError as error:
            reasons.append(f"{name}: {error}")
    return None, tuple(reasons)


def _require_form(text: str) -> str:
    from pydantic_core import PydanticCustomError

    try:
        return parse_wireguard_key(text)
    except PydanticCustomError as refusal:
        words = refusal.context or {}
        raise click.UsageError(
            f"--endpoint-key: {words.get('found')}; {words.get('fix')}."
        ) from None


def _refuse(whole: Whole, endpoint: str, reasons: tuple[str, ...]) -> NoReturn:
    device = whole.stack.network.vpn.endpoints[endpoint].at
    asked = "".join(f"  {reason}\n" for reason in reasons)
    raise click.ClickException(
        f"the public key of the endpoint {endpoint} is not known, and no client works without it.\n"
        f"{asked}"
        f"{device} makes that key when the stack is deployed, with clients or without them:"
        f" `la1r up --stack {whole.name}`.\n"
        f"Where it is deployed from another machine, its output `{OUTPUT}` has the key: pass it"
        " with --endpoint-key.\nNothing was changed."
    )


# ---------------------------------------------------------------- who may know it


def ask_state(whole: Whole, endpoint: str) -> str:
    """What the built-in engine keeps of the last deployment from this folder."""
    path = state_path(whole.folder, whole.name)
    if not path.exists():
        raise NotKnownError("nothing was deployed from here")
    try:
        deployment = read_deployment(path)
    except StateError as error:
        raise NotKnownError(str(error)) from None
    stacks = (each for each in deployment.resources if each.type == STACK_TYPE)
    return read_output(next((stack.outputs.get(OUTPUT) for stack in stacks), None), endpoint)


def ask_pulumi(whole: Whole, endpoint: str) -> str:
    """What the Pulumi CLI says of the last deployment."""
    if which("pulumi") is None:
        raise NotKnownError("there is no Pulumi CLI here")
    command = ("pulumi", "stack", "output", OUTPUT, "--json", "--non-interactive")
    try:
        run = subprocess.run(
            (*command, "--stack", whole.name),
            cwd=whole.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise NotKnownError(f"it gave no answer within {PATIENCE} s") from None
    if run.returncode != 0:
        raise NotKnownError(_last_line(run.stderr))
    try:
        return read_output(json.loads(run.stdout), endpoint)
    except ValueError:
        raise NotKnownError("its answer is no JSON") from None


def ask_device(whole: Whole, endpoint: str) -> str:
    """What the endpoint's device itself says."""
    from cli.client_seen import read_public_key

    try:
        found = read_public_key(whole, endpoint)
    except OSError as error:
        raise NotKnownError(f"it cannot be asked: {error}") from None
    if not isinstance(found, str):
        raise NotKnownError(found.reason.rstrip("."))
    if not found:
        raise NotKnownError(f"it has no {endpoint} yet")
    return found


def read_output(output: object, endpoint: str) -> str:
    """The key in the output of a deployment; raises NotKnownError where it has none."""
    found = output.get(endpoint) if isinstance(output, dict) else None
    key = found.get("publicKey") if isinstance(found, dict) else None
    if not isinstance(key, str) or not key:
        raise NotKnownError(f"{endpoint} was not deployed yet")
    return key


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1].removeprefix("error: ") if lines else "it gave no reason"


Source = Callable[[Whole, str], str]
SOURCES: dict[str, Source] = {
    "state of la1r up": ask_state,
    "pulumi stack output": ask_pulumi,
    "the device itself": ask_device,
}
