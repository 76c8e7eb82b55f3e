"""The files of a generation, and what a device says is in force -> lines that can be compared.

Both sides become the same form, in the words of the files: without comments that say nothing of
what is in force, without what changes by itself, and in one order.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from devices.facts import Lines

# A WireGuard key in base64 (wg(8)): 32 bytes.
KEY_FORM = re.compile(r"(?<![A-Za-z0-9+/=])[A-Za-z0-9+/]{43}=(?![A-Za-z0-9+/=])")
SETTING = re.compile(r"[^#\s]\S* = .*")
# As the kernel writes destinations.
DESTINATIONS = (
    (re.compile(r"^0\.0\.0\.0/0 "), "default "),
    (re.compile(r"^([0-9.]+)/32 "), r"\1 "),
)


def read_settings(file: Lines) -> Lines:
    """The kernel settings of `sysctl.conf`."""
    return tuple(line for line in file if SETTING.fullmatch(line))


def read_addresses(lines: Lines) -> Lines:
    """Interfaces with their addresses, each interface's lines together."""
    return tuple(sorted(_plain_lines(lines), key=_interface_order))


def _interface_order(line: str) -> tuple[str, bool, str]:
    words = line.split()
    is_interface = words[0] in {"wireguard", "vlan"}
    return (words[1] if is_interface else words[-1], not is_interface, line)


def read_routes(lines: Lines) -> Lines:
    """Routes, sorted, as the kernel writes their destinations and without their reasons."""
    return tuple(sorted(map(_kernel_form, _plain_lines(lines))))


def _kernel_form(route: str) -> str:
    for form, written in DESTINATIONS:
        route = form.sub(written, route)
    return route


def _plain_lines(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        plain = line.partition("#")[0].strip()
        if plain:
            yield plain


# ---------------------------------------------------------------- WireGuard


@dataclass(slots=True)
class _Part:
    """A section of a WireGuard file while it is read."""

    label: str = ""
    values: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tunnel:
    """A WireGuard interface and its peers by key, or by the word that stands for it."""

    own: Mapping[str, str]
    peers: Mapping[str, Mapping[str, str]]
    # What a peer is called in the file's comment.
    labels: Mapping[str, str]


def read_tunnel(lines: Lines) -> Tunnel:
    """Read `wireguard/NAME.conf`, or what a device says of such an interface."""
    parts: list[tuple[str, _Part]] = []
    for line in lines:
        if line.startswith("["):
            parts.append((line, _Part()))
        elif parts:
            _read_line(line, parts[-1][1])
    peers = [part for kind, part in parts if kind == "[Peer]"]
    own = next((part.values for kind, part in parts if kind == "[Interface]"), {})
    return Tunnel(
        own=own,
        peers={part.values.get("PublicKey", ""): part.values for part in peers},
        labels={part.values.get("PublicKey", ""): part.label for part in peers if part.label},
    )


def _read_line(line: str, part: _Part) -> None:
    if line.startswith("#"):
        part.label = part.label or line.lstrip("# ")
    elif " = " in line or line.endswith(" ="):
        name, _, value = line.partition(" =")
        part.values[name] = value.strip()


def write_tunnel(tunnel: Tunnel, declared: Tunnel) -> Lines:
    """Write what has to be the same: declared peers first, in the order of their file.

    Where a peer is now is WireGuard's to know: it follows it when it roams.
    """
    undeclared = sorted(key for key in tunnel.peers if key not in declared.peers)
    present = [key for key in declared.peers if key in tunnel.peers]
    lines = ["[Interface]", *_write_values(tunnel.own, ("PrivateKey", "ListenPort"))]
    for key in (*present, *undeclared):
        label = declared.labels.get(key) or ("not declared" if key in undeclared else key)
        lines += ["", "[Peer]", f"# {label}", *_write_peer(tunnel.peers[key])]
    return tuple(lines)


def _write_peer(values: Mapping[str, str]) -> Iterator[str]:
    networks = sorted(filter(None, values.get("AllowedIPs", "").replace(",", " ").split()))
    settled = {**values, "AllowedIPs": ", ".join(networks) or "none"}
    return _write_values(
        settled, ("PublicKey", "PresharedKey", "AllowedIPs", "PersistentKeepalive")
    )


def _write_values(values: Mapping[str, str], names: Sequence[str]) -> Iterator[str]:
    return (f"{name} = {values[name]}" for name in names if name in values)


# ---------------------------------------------------------------- what is shown


def hide_keys(lines: Lines, known: Iterable[str]) -> Lines:
    """Hide what looks like a key and is not in the description: it may be a secret one."""
    public = {key for line in known for key in KEY_FORM.findall(line)}
    return tuple(
        KEY_FORM.sub(lambda found: found[0] if found[0] in public else "[key]", line)
        for line in lines
    )
