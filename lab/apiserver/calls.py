"""Calls an API server as its administrator, with nothing but what Python brings."""

import json
import secrets
import ssl
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from lab.apiserver.credentials import Pair
from lab.errors import LabError

CALL_SECONDS = 30
PATCHES = {
    "merge": "application/merge-patch+json",
    "apply": "application/apply-patch+yaml",
    "strategic": "application/strategic-merge-patch+json",
}

Object = dict[str, Any]


class CallError(LabError):
    """The server refused a call, or did not answer."""

    def __init__(self, call: str, code: int, answer: str) -> None:
        super().__init__(f"{call}: {code} {answer}".rstrip())
        self.code = code


class Caller:
    """One client of one server."""

    def __init__(self, server: str, authority: bytes, folder: Path, user: Pair) -> None:
        self._server = server
        self._context = ssl.create_default_context(cadata=authority.decode("ascii"))
        self._context.load_cert_chain(*user.write(folder, f"caller-{secrets.token_hex(4)}"))

    def get(self, path: str) -> Object:
        """What stands there. Raises CallError."""
        return self._send("GET", path)

    def create(self, path: str, body: Object) -> Object:
        """Make an object in a collection. Raises CallError."""
        return self._send("POST", path, body)

    def patch(self, path: str, body: Object, kind: str = "merge") -> Object:
        """Change an object. Raises CallError."""
        return self._send("PATCH", path, body, PATCHES[kind])

    def delete(self, path: str, body: Object | None = None) -> Object:
        """Ask for the end of an object. Raises CallError."""
        return self._send("DELETE", path, body)

    def answers(self, path: str) -> bool:
        """Whether the server says yes there, now."""
        try:
            self._read("GET", path, None, "application/json")
        except (CallError, OSError):
            return False
        return True

    def _send(
        self, method: str, path: str, body: Object | None = None, kind: str = "application/json"
    ) -> Object:
        try:
            found: Object = json.loads(self._read(method, path, body, kind))
        except OSError as error:
            raise CallError(f"{method} {path}", 0, str(error)) from error
        return found

    def _read(self, method: str, path: str, body: Object | None, kind: str) -> bytes:
        request = urllib.request.Request(  # noqa: S310 - the address is the lab's own, on loopback
            self._server + path,
            data=None if body is None else json.dumps(body).encode(),
            method=method,
            headers={"Content-Type": kind, "Accept": "application/json"},
        )
        try:
            with urllib.request.urlopen(  # noqa: S310 - the same address as above
                request, timeout=CALL_SECONDS, context=self._context
            ) as answer:
                found: bytes = answer.read()
        except urllib.error.HTTPError as error:
            said = error.read().decode(errors="replace")
            raise CallError(f"{method} {path}", error.code, said) from error
        return found
