"""What can go wrong between this machine and a cluster, in words for the user."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_CONFLICT, _INVALID, _FORBIDDEN = "Conflict", "Invalid", "Forbidden"
_OWNED = "FieldManagerConflict"
_IMMUTABLE = "field is immutable"
# What the server says of fields it does not know, once for each of them.
_UNDECLARED = re.compile(r"\.(\S+): field not declared in schema")
_NO_NAMESPACE = "namespaces "
# What kubectl calls itself, and what the server calls everybody before managers were written down.
_BY_HAND = re.compile(r'conflict with "(kubectl|before-first-apply)').match
# A quota or a policy may name a long list; the first ones tell what it is about.
MOST_CAUSES = 8


class ClusterError(Exception):
    """Something about a cluster did not work; the text is meant for the user."""


class KubeconfigError(ClusterError):
    """The kubeconfig cannot be used, and why; it holds keys, so none of it is quoted."""


class UnreachableError(ClusterError):
    """The API server does not answer."""


class UnknownKindError(ClusterError):
    """The API server does not have this kind of object."""


@dataclass(frozen=True, slots=True)
class Cause:
    """One of the reasons in a refusal: what is wrong, and with which field."""

    reason: str
    field: str
    message: str


class RefusalError(ClusterError):
    """The API server refused a call (metav1.Status)."""

    def __init__(
        self, code: int, reason: str, message: str, causes: tuple[Cause, ...] = ()
    ) -> None:
        super().__init__("\n".join(_say(reason, message, causes)))
        self.code = code
        self.reason = reason
        self.message = message
        self.causes = causes

    @property
    def is_missing(self) -> bool:
        """Whether the object, or what it belongs to, is not there."""
        return self.code == 404

    @property
    def lacks_namespace(self) -> bool:
        """Whether what is missing is the object's namespace, which may be made in the same run."""
        return self.is_missing and self.message.startswith(_NO_NAMESPACE)

    @property
    def is_forbidden(self) -> bool:
        """Whether it is a matter of who asks, or of an admission rule."""
        return self.reason == _FORBIDDEN

    @property
    def lacks_rights(self) -> bool:
        """Whether the user of the kubeconfig may not ask for this at all."""
        return self.is_forbidden and " cannot " in self.message

    @property
    def is_by_hand(self) -> bool:
        """Whether all that stands against it was set by somebody with kubectl."""
        owned = [cause for cause in self.causes if cause.reason == _OWNED]
        return self.reason == _CONFLICT and all(_BY_HAND(cause.message) for cause in owned)

    @property
    def is_about_immutable_field(self) -> bool:
        """Whether only a new object could have these fields."""
        return self.reason == _INVALID and _IMMUTABLE in self.message


def read_refusal(code: int, text: str) -> RefusalError:
    """The refusal in an answer; proxies on the way answer in forms of their own."""
    try:
        status = json.loads(text)
    except ValueError:
        status = None
    if not isinstance(status, dict) or status.get("kind") != "Status":
        return RefusalError(code, "", f"the server answered {code} and no reason that can be read")
    details = status.get("details") or {}
    return RefusalError(
        code,
        str(status.get("reason") or ""),
        str(status.get("message") or f"the server answered {code}"),
        tuple(_read_cause(cause) for cause in details.get("causes") or ()),
    )


def _read_cause(cause: dict[str, Any]) -> Cause:
    texts = (str(cause.get(key) or "") for key in ("reason", "field", "message"))
    return Cause(*texts)


def _say(reason: str, message: str, causes: tuple[Cause, ...]) -> Iterator[str]:
    owned = [cause for cause in causes if cause.reason == _OWNED]
    if reason == _CONFLICT and owned:
        yield from _say_conflict(owned)
        return
    if unknown := _UNDECLARED.findall(message):
        yield f"this kind of object has no field {', '.join(unknown)}"
        return
    yield message
    # The message of an invalid object holds its causes already.
    if reason != _INVALID:
        for cause in causes[:MOST_CAUSES]:
            yield f"  {cause.field or cause.reason}: {cause.message}".rstrip(": ")
    if left := len(causes[MOST_CAUSES:]):
        yield f"  and {left} more"


def _say_conflict(owned: list[Cause]) -> Iterator[str]:
    yield "somebody else set fields of this object, which this stack describes otherwise:"
    for cause in owned[:MOST_CAUSES]:
        # The server's words: `conflict with "kubectl-edit" using v1`.
        holder = cause.message.removeprefix("conflict with ")
        yield f"  {cause.field.removeprefix('.')}, set by {holder}"
    if left := len(owned[MOST_CAUSES:]):
        yield f"  and {left} more"
    yield (
        'take them back once with the annotation pulumi.com/patchForce: "true" on the object, or '
        "undo there what was changed by hand"
    )
