"""The stack's configuration -> the plain description, and apart from it the secrets."""

import json
import math
import os
import string
from dataclasses import dataclass

import pulumi
from pulumi.runtime.config import CONFIG

from config.network import Network
from terms.problem import DescriptionError, Problem

# Weave Net's own manual asks for as much.
PASSWORD_BITS = 50
KUBECONFIG_KEY = "kubeconfig"
PASSWORD_KEY = "weavePassword"  # noqa: S105 - the name of a key, not its value
# No configuration: it holds for one run, and nobody should find it in a stack file a year later.
LEFT_OUT_VARIABLE = "LA1R_WITHOUT"

# The value goes from one program to the other and is never shown.
MAKE_PASSWORD = f"openssl rand -base64 32 | pulumi config set --secret {PASSWORD_KEY}"


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
    """The secrets that this network uses; raises DescriptionError when a password is too weak.

    Without a password a node makes it.
    """
    config = pulumi.Config()
    password = config.get_secret(PASSWORD_KEY)
    encrypted = network.cluster is not None and network.cluster.weave.encryption
    given = encrypted and password is not None
    if given and estimate_bits(config.get(PASSWORD_KEY) or "") < PASSWORD_BITS:
        raise DescriptionError((_say_weak_password(),))
    return Secrets(config.get_secret(KUBECONFIG_KEY), password if given else None)


def _say_weak_password() -> Problem:
    return Problem(
        code="E-SEC-11",
        path="la1r:cluster.weave.encryption",
        found=f"the password of the pod network has less than {PASSWORD_BITS} bits",
        consequence="whoever records packets between nodes can try all passwords at home",
        fix=f"have a node make one: `pulumi config rm {PASSWORD_KEY}`; or write another:"
        f" `{MAKE_PASSWORD}`",
    )


def estimate_bits(password: str) -> float:
    """How many bits a password has at most: as if each character were chosen by chance."""
    kinds = (string.ascii_lowercase, string.ascii_uppercase, string.digits)
    known = sum(len(kind) for kind in kinds if set(kind) & set(password))
    others = len(string.punctuation) if set(password) - set("".join(kinds)) else 0
    return len(password) * math.log2(max(known + others, 1))
