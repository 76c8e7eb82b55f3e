"""Takes secrets out of messages, by their actual values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from engine.plain import SECRET_TEXT
from engine.values import Properties, Secret, Value, unwrap

SHORTEST = 3
"""Texts below this length stand in too many messages by chance to be masked."""

SHORTEST_LINE = 8
"""Single lines of a secret text are masked from this length on."""

_KEY_LIKE = re.compile(r"[A-Za-z0-9+/=_-]{20,}")
"""What may be a key inside a longer text, and is no word and no address."""

# The SDK marks a whole connection as secret. Where it leads to has to be told; these have not.
_CONNECTION = "connection"
_CREDENTIALS = ("password", "privateKey", "privateKeyPassword")


class Mask:
    """Knows secret texts, and puts a mark in the place of each."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self._texts: set[str] = set()
        self._ordered: tuple[str, ...] = ()
        self.add(texts)

    def add(self, texts: Iterable[str]) -> None:
        """Take note of secret texts."""
        found = {text for text in texts if len(text) >= SHORTEST} - self._texts
        if found:
            self._texts |= found
            # Long ones first, as they may hold the others.
            self._ordered = tuple(sorted(self._texts, key=len, reverse=True))

    def learn(self, properties: Properties) -> None:
        """Take note of every secret among the properties."""
        for key, value in properties.items():
            if key == _CONNECTION:
                self.add(_credentials(unwrap(value)))
            else:
                self.add(_secrets(value))

    def texts(self, shortest: int) -> tuple[str, ...]:
        """The secret texts that are at least so long."""
        return tuple(text for text in self._ordered if len(text) >= shortest)

    def apply(self, text: str) -> str:
        """The text without the secrets that are known."""
        for secret in self._ordered:
            if secret in text:
                text = text.replace(secret, SECRET_TEXT)
        return text


def secret_texts(properties: Properties, shortest: int) -> tuple[str, ...]:
    """Every text among the properties that is secret, and so long that chance does not hold it."""
    mask = Mask()
    mask.learn(properties)
    return mask.texts(shortest)


def _secrets(value: Value) -> Iterator[str]:
    """Every secret text inside a value."""
    if isinstance(value, Secret):
        yield from _texts(unwrap(value.value))
    elif isinstance(value, dict):
        for item in value.values():
            yield from _secrets(item)
    elif isinstance(value, list):
        for item in value:
            yield from _secrets(item)


def _texts(value: Value) -> Iterator[str]:
    """The texts inside a secret, and the parts of them that tell as much."""
    if isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, str):
        yield value
        lines = (line.strip() for line in value.splitlines())
        yield from (line for line in lines if len(line) >= SHORTEST_LINE)
        yield from _KEY_LIKE.findall(value)


def _credentials(connection: Value) -> Iterator[str]:
    if not isinstance(connection, dict):
        return
    for key in _CREDENTIALS:
        yield from _texts(connection.get(key))
    yield from _credentials(connection.get("proxy"))
