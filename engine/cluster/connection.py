"""A kubeconfig -> a connection to the API server that it names."""

from __future__ import annotations

import base64
import binascii
import json
import queue
import re
import threading
import time
import weakref
from collections.abc import Mapping
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from engine.cluster.refusals import KubeconfigError, UnreachableError, read_refusal
from engine.values import Properties

if TYPE_CHECKING:
    from httpx2 import Client
    from lightkube.config.kubeconfig import SingleConfig

# A cluster that is off should say so while somebody still looks at the screen.
REACH_SECONDS = 5.0
_CONNECT_SECONDS = 4.0
# Admission webhooks may take 30 s (admissionregistration.k8s.io/v1 timeoutSeconds).
_ANSWER_SECONDS = 40.0
# The server asks to come back later when it has too much to do, and says when.
_BUSY, _TRIES = 429, 5
_MOST_PATIENCE = 10.0

_DATA = frozenset({"certificate-authority-data", "client-certificate-data", "client-key-data"})

# What errors of sockets and TLS say before their text: of no use to whoever reads it.
_PLACES_IN_CODE = re.compile(r"\[Errno -?\d+\] |\[SSL: \w+\] |_ssl\.c:\d+: | \(_ssl\.c:\d+\)")

JSON = "application/json"
APPLY = "application/apply-patch+yaml"


class Connection:
    """Calls one API server; may be used from several threads at once."""

    def __init__(self, client: Client, server: str, namespace: str) -> None:
        self._client = client
        # Nobody knows who asks last, so it ends with whoever holds it.
        weakref.finalize(self, client.close)
        self.server = server
        self.namespace = namespace
        """Where objects go that name no namespace."""

    def call(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        body: Properties | None = None,
        kind: str = JSON,
    ) -> Properties:
        """One call and its answer. Raises UnreachableError or RefusalError."""
        code, text, pause = self._send(method, path, query, (body, kind))
        for _ in range(_TRIES):
            if code != _BUSY:
                break
            time.sleep(pause)
            code, text, pause = self._send(method, path, query, (body, kind))
        if code >= 400:
            raise read_refusal(code, text)
        found = json.loads(text)
        return found if isinstance(found, dict) else {}

    def _send(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None,
        content: tuple[Properties | None, str],
    ) -> tuple[int, str, float]:
        from httpx2 import HTTPError

        body, kind = content
        try:
            answer = self._client.request(
                method,
                path,
                params=dict(query or {}),
                content=None if body is None else json.dumps(body).encode(),
                headers={"Content-Type": kind, "Accept": JSON},
            )
        except HTTPError as error:
            raise UnreachableError(_say_unreachable(self.server, str(error))) from error
        pause = answer.headers.get("Retry-After", "1")
        seconds = float(pause) if pause.isdecimal() else 1.0
        return answer.status_code, answer.text, min(seconds, _MOST_PATIENCE)

    def reach(self) -> str:
        """The server's release, where it answers in time. Raises UnreachableError or RefusalError.

        Looking up a name can take longer than any time limit for connections, so it is done aside.
        """
        answers: queue.Queue[Properties | Exception] = queue.Queue()

        def ask() -> None:
            try:
                answers.put(self.call("GET", "/version"))
            except Exception as error:  # noqa: BLE001  # it is raised again by whoever waits
                answers.put(error)

        threading.Thread(target=ask, daemon=True).start()
        try:
            found = answers.get(timeout=REACH_SECONDS)
        except queue.Empty:
            late = f"no answer in {REACH_SECONDS:g} s"
            raise UnreachableError(_say_unreachable(self.server, late)) from None
        if isinstance(found, Exception):
            raise found
        return str(found.get("gitVersion", ""))


def _say_unreachable(server: str, reason: str) -> str:
    said = _PLACES_IN_CODE.sub("", reason) or "the connection broke"
    return f"the API server at {server} does not answer: {said}"


def is_offline(kubeconfig: str) -> bool:
    """Whether a kubeconfig names no cluster at all, so that none is meant."""
    return not kubeconfig.strip() or not _read(kubeconfig).get("clusters")


def describe_cluster(kubeconfig: str) -> Properties:
    """Where the cluster answers and by what it is known, in a kubeconfig's words; no credentials.

    Raises KubeconfigError.
    """
    chosen = _choose(_read(kubeconfig), "").cluster
    found: Properties = {"server": chosen.server}
    if chosen.certificate_auth_data:
        found["certificate-authority-data"] = chosen.certificate_auth_data
    elif chosen.certificate_auth:
        try:
            content = Path(chosen.certificate_auth).read_bytes()
        except OSError as error:
            raise KubeconfigError(
                f"the kubeconfig's certificate-authority cannot be read: {error.strerror}"
            ) from None
        found["certificate-authority-data"] = base64.b64encode(content).decode()
    elif chosen.insecure:
        found["insecure-skip-tls-verify"] = True
    return found


def connect(kubeconfig: str, context: str = "") -> Connection:
    """A connection to the cluster of a context, of the current one where none is named.

    Nothing is dialled yet. Raises KubeconfigError; no message of it quotes the kubeconfig.
    """
    document = _read(kubeconfig)
    # OpenSSL takes certificates from files alone; these are gone again as soon as it has them.
    with TemporaryDirectory() as folder:
        written = _write_data(document, Path(folder))
        return _connect(_choose(written, context))


def _connect(config: SingleConfig) -> Connection:
    import httpx2
    from lightkube.config.client_adapter import Client, ConnectionParams

    timeout = httpx2.Timeout(_ANSWER_SECONDS, connect=_CONNECT_SECONDS)
    try:
        client = Client(config, ConnectionParams(timeout=timeout))
    except (OSError, ValueError, TypeError) as error:
        # Text of such errors may hold what it could not read.
        raise KubeconfigError(
            f"a certificate or key of the kubeconfig cannot be used ({type(error).__name__})"
        ) from None
    return Connection(client, config.cluster.server, config.namespace)


def _write_data(document: dict[str, object], folder: Path) -> dict[str, object]:
    """The kubeconfig with the names of files where it holds their content."""
    number = count()

    def write(value: object) -> object:
        if isinstance(value, list):
            return [write(item) for item in value]
        if not isinstance(value, dict):
            return value
        found = {key: write(item) for key, item in value.items() if key not in _DATA}
        for key in _DATA & value.keys():
            file = folder / str(next(number))
            file.touch(mode=0o600)
            file.write_bytes(_decode(value[key]))
            found[key.removesuffix("-data")] = str(file)
        return found

    return {key: write(item) for key, item in document.items()}


def _decode(given: object) -> bytes:
    try:
        return base64.b64decode(str(given), validate=True)
    except binascii.Error:
        raise KubeconfigError("a certificate or key of the kubeconfig is not base64") from None


def _read(kubeconfig: str) -> dict[str, object]:
    import yaml

    try:
        found = yaml.safe_load(kubeconfig)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f" (line {mark.line + 1})" if mark else ""
        raise KubeconfigError(f"the kubeconfig is neither YAML nor JSON{place}") from None
    if not isinstance(found, dict):
        raise KubeconfigError(
            "the kubeconfig is not the content of one; give what is in the file, not its name"
        )
    return found


def _choose(document: dict[str, object], context: str) -> SingleConfig:
    import msgspec
    from lightkube.config.kubeconfig import KubeConfig
    from lightkube.core.exceptions import ConfigError

    try:
        chosen = KubeConfig.from_dict(document).get(context or None)
    except ConfigError as error:
        raise KubeconfigError(f"the kubeconfig cannot be used: {error}") from None
    except (KeyError, TypeError, msgspec.ValidationError):
        raise KubeconfigError(
            "the kubeconfig is incomplete: its context has to name a cluster and a user that it has"
        ) from None
    if chosen is None or chosen.user is None:
        raise KubeconfigError("the kubeconfig's context names no user")
    if chosen.user.exec is not None and chosen.user.exec.apiVersion.endswith("/v1"):
        raise KubeconfigError(
            f"the kubeconfig has a program make credentials ({chosen.user.exec.command}), which "
            "the built-in engine does not run: use a token or a certificate, or the Pulumi CLI"
        )
    return chosen
