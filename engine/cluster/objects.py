"""Objects of a cluster: where each kind stands, and how one is read, applied and deleted."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from urllib.parse import quote

from engine.cluster.connection import APPLY, Connection
from engine.cluster.refusals import RefusalError, UnknownKindError
from engine.values import Properties, Value

# Kubernetes refuses fields that a kind does not have only where it is asked to.
_STRICT = {"fieldValidation": "Strict"}


@dataclass(frozen=True, slots=True)
class Kind:
    """Where objects of one kind stand."""

    prefix: str
    plural: str
    namespaced: bool


@dataclass(frozen=True, slots=True)
class Manager:
    """In whose name fields are set, and whether they are taken from others."""

    name: str
    force: bool = False


class Objects:
    """The objects of one cluster."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._kinds: dict[tuple[str, str], Kind] = {}
        self._lock = threading.Lock()

    def find_kind(self, api_version: str, kind: str) -> Kind:
        """Where a kind stands. Raises UnknownKindError, also for one that is defined later on."""
        with self._lock:
            if (api_version, kind) not in self._kinds:
                self._learn(api_version)
            found = self._kinds.get((api_version, kind))
        if found is None:
            raise UnknownKindError(
                f"the cluster knows no {kind} of {api_version}: what defines it has to be installed"
                " first"
            )
        return found

    def _learn(self, api_version: str) -> None:
        prefix = f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"
        try:
            listed = self._connection.call("GET", prefix)
        except RefusalError as error:
            if not error.is_missing:
                raise
            return
        resources = listed.get("resources")
        for each in resources if isinstance(resources, list) else ():
            # Subresources have a slash in their name, and the kind of something else.
            if isinstance(each, dict) and "/" not in str(each.get("name")):
                found = Kind(prefix, str(each["name"]), each.get("namespaced") is True)
                self._kinds[api_version, str(each["kind"])] = found

    def read(self, document: Properties) -> Properties | None:
        """The object of this kind, namespace and name as it is; None where there is none."""
        try:
            return self._connection.call("GET", self._path(document))
        except RefusalError as error:
            if error.is_missing:
                return None
            raise

    def apply(self, document: Properties, manager: Manager, *, dry_run: bool = False) -> Properties:
        """Make an object, or change what its manager says of it (server-side apply).

        With ``dry_run`` the server does all of that but keep it. Raises RefusalError, also for
        fields that the kind does not have.
        """
        query = {**_STRICT, "fieldManager": manager.name, "force": str(manager.force).lower()}
        if dry_run:
            query["dryRun"] = "All"
        return self._connection.call("PATCH", self._path(document), query, document, APPLY)

    def delete(self, document: Properties, propagation: str) -> None:
        """Ask for the end of an object; one that is gone already is no error."""
        body: Properties = {
            "apiVersion": "v1",
            "kind": "DeleteOptions",
            "propagationPolicy": propagation,
        }
        # Another object may have taken the name by now.
        if uid := _text(document, "uid"):
            body["preconditions"] = {"uid": uid}
        try:
            self._connection.call("DELETE", self._path(document), body=body)
        except RefusalError as error:
            if not error.is_missing and not _is_another(error):
                raise

    def request_token(self, namespace: str, account: str, seconds: int) -> tuple[str, str]:
        """A token of a service account, and the time at which it ends (RFC 3339).

        The server may shorten or lengthen what was asked for.
        """
        path = f"/api/v1/namespaces/{quote(namespace)}/serviceaccounts/{quote(account)}/token"
        body: Properties = {
            "apiVersion": "authentication.k8s.io/v1",
            "kind": "TokenRequest",
            "spec": {"expirationSeconds": seconds},
        }
        status = self._connection.call("POST", path, body=body).get("status")
        found = status if isinstance(status, dict) else {}
        return str(found.get("token")), str(found.get("expirationTimestamp"))

    def read_beside(self, document: Properties, api_version: str, kind: str) -> Properties | None:
        """The object of another kind with the same namespace and name."""
        return self.read({**document, "apiVersion": api_version, "kind": kind})

    def _path(self, document: Properties) -> str:
        kind = self.find_kind(str(document.get("apiVersion")), str(document.get("kind")))
        name = quote(_text(document, "name"), safe="")
        if not kind.namespaced:
            return f"{kind.prefix}/{kind.plural}/{name}"
        namespace = quote(_text(document, "namespace") or self._connection.namespace, safe="")
        return f"{kind.prefix}/namespaces/{namespace}/{kind.plural}/{name}"


def _is_another(error: RefusalError) -> bool:
    return error.code == 409 and "uid" in error.message.lower()


def _text(document: Properties, key: str) -> str:
    metadata: Value = document.get("metadata")
    found = metadata.get(key) if isinstance(metadata, dict) else None
    return found if isinstance(found, str) else ""
