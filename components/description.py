"""The stack's configuration -> the plain description, and apart from it the secrets."""

import json
import os
from dataclasses import dataclass

import pulumi
from pulumi.runtime.config import CONFIG

from config.network import Network
from terms.problem import DescriptionError, Problem

KUBECONFIG_KEY = "kubeconfig"
PASSWORD_KEY = "weavePassword"  # noqa: S105 - the name of a key, not its value
# No configuration: it holds for one run, and nobody should find it in a stack file a year later.
LEFT_OUT_VARIABLE = "LA1R_WITHOUT"


@dataclass(frozen=True, slots=True)
class Secrets:
    """What the description leaves out; each has a configuration key of its own."""

    kubeconfig: pulumi.Output[str] | None = None
    weave_password: pulumi.Output[str] | None = None


def read_left_out() -> frozenset[str]:
    """Devices, as SITE/DEVICE, that this one run is to leave as they are: LA1R_WITHOUT."""
    return frozenset(os.environ.get(LEFT_OUT_VARIABLE, "").replace(",", " ").split())


def stack_name() -> str:
    """The stack that this run is about."""
    return pulumi.get_stack()


def read_description() -> dict[str, object]:
    """Every key of the project that is no secret, with its value; unknown keys too."""
    prefix = f"{pulumi.get_project()}:"
    return {
        key.removeprefix(prefix): _read_value(str(text))
        for key, text in sorted(CONFIG.get().items())
        if key.startswith(prefix) and not pulumi.runtime.is_config_secret(key)
    }


def _read_value(text: str) -> object:
    """Structured values travel as JSON, and anything else as it was written."""
    try:
        value: object = json.loads(text)
    except ValueError:
        return text
    return value


def read_secrets(network: Network) -> Secrets:
    """The secrets that this network uses; raises DescriptionError when one of them is missing."""
    config = pulumi.Config()
    password = config.get_secret(PASSWORD_KEY)
    encrypted = network.cluster is not None and network.cluster.weave.encryption
    if encrypted and password is None:
        raise DescriptionError((_say_no_password(),))
    return Secrets(config.get_secret(KUBECONFIG_KEY), password if encrypted else None)


def _say_no_password() -> Problem:
    return Problem(
        code="E-SEC-10",
        path="la1r:cluster.weave.encryption",
        found="the pod network is to be encrypted, and it has no password",
        consequence="its routers would not start",
        fix=f"make one of 50 bits or more: `pulumi config set --secret {PASSWORD_KEY}`",
    )
