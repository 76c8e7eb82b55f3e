"""Reads a WireGuard configuration as strictly as wg(8), once keys stand for their names."""

import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from ipaddress import IPv4Network

SECTION_KEYS = {
    "[Interface]": {"PrivateKey", "ListenPort"},
    "[Peer]": {
        "PublicKey",
        "PresharedKey",
        "AllowedIPs",
        "Endpoint",
        "PersistentKeepalive",
    },
}
KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Configuration:
    """An interface and its peers; values as they are written."""

    interface: Mapping[str, str]
    peers: tuple[Mapping[str, str], ...]

    def networks(self) -> list[IPv4Network]:
        """Every network of every peer."""
        lists = [peer.get("AllowedIPs", "") for peer in self.peers]
        return [IPv4Network(word) for words in lists for word in words.split(", ") if word]


def join_keys(text: str) -> str:
    """Put a key in the place of each name, as the device does; the same name gives the same key."""
    return re.sub(r"(?<= = )@\S+", lambda found: key_of(found.group()), text)


def key_of(name: str) -> str:
    """Make 32 bytes in base64 from a name."""
    return b64encode(sha256(name.encode()).digest()).decode()


def read_configuration(text: str) -> Configuration:
    """Read the text; raises ValueError for anything but the keys we write, each once a section."""
    sections: list[tuple[str, dict[str, str]]] = []
    for line in text.split("\n"):
        content = line.partition("#")[0].strip()
        if content in SECTION_KEYS:
            sections.append((content, {}))
        elif content:
            _read_setting(content, *sections[-1])
    (kind, interface), *peers = sections
    if kind != "[Interface]" or any(name != "[Peer]" for name, _ in peers):
        raise ValueError("one interface, then peers")
    return Configuration(interface, tuple(peer for _, peer in peers))


def _read_setting(content: str, section: str, values: dict[str, str]) -> None:
    key, _, value = content.partition(" = ")
    if key not in SECTION_KEYS[section] or key in values or not value:
        raise ValueError(f"{content!r} has no place in {section}")
    if key.endswith("Key") and len(b64decode(value, validate=True)) != KEY_BYTES:
        raise ValueError(f"{content!r} holds no key")
    values[key] = value
