"""Opens a state file to be changed: with the passphrase that seals its secrets, or a new one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from engine.checkpoint import Json
from engine.crypter import new_provider_state, passphrase_from_environment
from engine.deployment import Deployment
from engine.problems import PassphraseError
from engine.statefile import VERSION, load

Ask = Callable[[bool], str | None]
"""Asks the user for a passphrase, twice for a new one; None where nobody can be asked."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A state that may be changed, and the passphrase that must never be shown."""

    deployment: Deployment
    passphrase: str


def open_state(path: Path, ask: Ask) -> Opened:
    """The state in a file, or an empty one where there is none yet; nothing is written.

    Raises PassphraseError without the right passphrase, StateError for a file that is damaged.
    """
    is_new = not path.exists()
    passphrase = passphrase_from_environment()
    if passphrase is None:
        passphrase = ask(is_new)
    if passphrase is None:
        raise PassphraseError(
            "The state keeps secrets encrypted, so a passphrase is needed: set "
            "PULUMI_CONFIG_PASSPHRASE, or PULUMI_CONFIG_PASSPHRASE_FILE to name a file that "
            "holds it."
        )
    return Opened(_new(passphrase) if is_new else _recorded(path, passphrase), passphrase)


def _new(passphrase: str) -> Deployment:
    salt, crypter = new_provider_state(passphrase)
    return Deployment((), _sealed_by(salt, {}), crypter)


def _recorded(path: Path, passphrase: str) -> Deployment:
    deployment = load(path, passphrase)
    salt = _salt(deployment)
    if salt is None:
        fresh = _new(passphrase)
        document = _sealed_by(str(_salt(fresh)), _inner(deployment))
        return Deployment(deployment.resources, document, fresh.crypter)
    if deployment.crypter is None or not deployment.crypter.fits:
        raise PassphraseError(
            f"The passphrase does not fit '{path}': the secrets in it were sealed with another "
            "one. Nothing was changed."
        )
    return deployment


def _sealed_by(salt: str, inner: Mapping[str, Json]) -> dict[str, object]:
    provider = {"type": "passphrase", "state": {"salt": salt}}
    body = {**inner, "secrets_providers": provider, "metadata": inner.get("metadata") or {}}
    return {"version": VERSION, "deployment": body}


def _inner(deployment: Deployment) -> Mapping[str, Json]:
    inner = cast("Mapping[str, Json]", deployment.document).get("deployment")
    return inner if isinstance(inner, dict) else {}


def _salt(deployment: Deployment) -> str | None:
    provider = _inner(deployment).get("secrets_providers")
    state = provider.get("state") if isinstance(provider, dict) else None
    return str(state.get("salt", "")) if isinstance(state, dict) else None
