"""A description -> every setting that no other part of network.json tells, by its path.

What is told by parts of its own is left out here; so a setting that is new in the description is
told from its first day, though nobody thought of the difference.
"""

import re
from collections.abc import Iterator, Mapping

from config.network import Network
from render.manifest import Json

# Paths that other parts tell in words of their own; `*` stands for one name.
TOLD = (
    "flows",
    "expect",
    "sites.*.(id|router|gateway|cables|wireless)",
    "sites.*.circuit.(kind|endpoint|provider)",
    "sites.*.prefixes.*.(cidr|role|alias|segment|gateway|dhcp.pool)",
    "sites.*.devices.*.(role|platform|model|rack|unit|address|mac|segment)",
    "sites.*.devices.*.interfaces.*.(addresses|segment|mac)",
    "sites.*.devices.*.manage.(host|port|host_key)",
    "tenants.*.(id|trust|namespaces|services)",
    "vpn.endpoints.*.(port|cidr)",
    "vpn.clients.*.(endpoint|index|public_key|expires)",
)
_TOLD = re.compile(
    "|".join(path.replace(".", r"\.").replace("*", r"[^.]+") + r"(?:\.|\[|$)" for path in TOLD)
)


def list_settings(network: Network) -> dict[str, Json]:
    """The settings that are not as they are by default, as texts, in the order of their paths."""
    written = network.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return dict(sorted(_flatten(written, "")))


def _flatten(value: object, path: str) -> Iterator[tuple[str, Json]]:
    if path and _TOLD.match(path):
        return
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _flatten(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list) and any(isinstance(one, Mapping) for one in value):
        for place, inner in enumerate(value):
            yield from _flatten(inner, f"{path}[{place}]")
    elif isinstance(value, list):
        yield path, ", ".join(map(_write, value))
    elif value is not None:
        yield path, _write(value)


def _write(value: object) -> str:
    """Write truth as a description does."""
    return str(value).lower() if isinstance(value, bool) else str(value)
