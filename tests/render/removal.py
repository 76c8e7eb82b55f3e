"""Takes one thing out of a description, and finds what else of the texts changes with it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import cast

from config.network import Network
from plan.build import build_plan
from render.whole import render_network

Raw = dict[str, object]
# Text by device and file.
Texts = Mapping[str, str]

# What only holds values together.
PUNCTUATION = str.maketrans(dict.fromkeys('{},"', " "))
# The smallest uplink of a mesh decides for all.
MTU = re.compile(r"mtu \d+")


@dataclass(frozen=True, slots=True)
class Removal:
    """A description without one thing, and the words by which texts name that."""

    description: Raw
    words: frozenset[str]


def render_texts(description: Mapping[str, object]) -> dict[str, str]:
    """Give every file of every managed device."""
    plan = build_plan(Network.model_validate(dict(description)))
    return {
        f"{device}:{file.path}": file.text
        for device, files in render_network(plan).files.items()
        for file in files
    }


def strange_changes(before: Texts, after: Texts, words: Iterable[str]) -> list[str]:
    """List the changes of texts that stay which do not name the thing that was removed.

    A hunk of lines may go when it names the thing; a line may lose words that name it; no line
    may come, and no word. Files that go from a device must name it as well, one of them at least:
    a name server that nobody else asks is not needed any more.
    """
    name = re.compile("|".join(rf"(?<![\w.]){re.escape(word)}(?![\w])" for word in sorted(words)))
    away = {path: before[path] for path in before.keys() - after.keys()}
    named = {path.partition(":")[0] for path, text in away.items() if name.search(path + text)}
    gone = [f"{path} is gone" for path in away if path.partition(":")[0] not in named]
    come = [f"{path} has come" for path in after.keys() - before.keys()]
    changed = (
        f"{path}: {change}"
        for path in sorted(before.keys() & after.keys())
        for change in _strange_lines(before[path].splitlines(), after[path].splitlines(), name)
    )
    return [*gone, *come, *changed]


def _strange_lines(before: list[str], after: list[str], name: re.Pattern[str]) -> Iterator[str]:
    old, new = [MTU.sub("mtu", x) for x in before], [MTU.sub("mtu", x) for x in after]
    for kind, start, end, first, last in SequenceMatcher(None, old, new, False).get_opcodes():
        if kind == "equal":
            continue
        gone, come = old[start:end], new[first:last]
        # Lines that lost words stand in their order among lines that are gone.
        rest = iter(gone)
        for line in come:
            if not any(_lost_only(former, line, name) for former in rest):
                yield f"'{line}' has come for {gone}"
        if not come and not name.search("\n".join(gone)):
            yield f"{gone} went"


def _lost_only(before: str, after: str, name: re.Pattern[str]) -> bool:
    """Say whether a line is another without some of its words, all of which name the thing."""
    old, new = before.translate(PUNCTUATION).split(), after.translate(PUNCTUATION).split()
    matcher = SequenceMatcher(None, old, new, False)
    return all(
        kind == "equal" or (kind == "delete" and all(map(name.search, old[start:end])))
        for kind, start, end, _, _ in matcher.get_opcodes()
    )


# ---------------------------------------------------------------- things to take out


def part(description: Raw, *path: str) -> Raw:
    """Give a mapping inside a description."""
    found = description
    for step in path:
        found = cast("Raw", found[step])
    return found


def _without(description: Raw, path: tuple[str, ...], ends: re.Pattern[str]) -> Raw:
    """Take out the entry at a path, and flows and expectations from or to what matches."""
    changed = deepcopy(description)
    part(changed, *path[:-1]).pop(path[-1])
    flows = cast("list[Raw]", changed.get("flows", []))
    changed["flows"] = [flow for flow in flows if not _is_about(flow, ends)]
    for kind, listed in cast("Mapping[str, list[Raw]]", changed.get("expect", {})).items():
        part(changed, "expect")[kind] = [one for one in listed if not _is_about(one, ends)]
    return changed


def _is_about(flow: Raw, ends: re.Pattern[str]) -> bool:
    return any(ends.fullmatch(str(flow[end])) for end in ("from", "to"))


def remove_client(description: Raw, name: str) -> Removal:
    """Take out a client; its name, address and key are its words."""
    client = part(description, "vpn", "clients", name)
    cidr = str(part(description, "vpn", "endpoints", str(client["endpoint"]))["cidr"])
    address = f"{cidr.rpartition('.')[0]}.{client['index']}"
    ends = re.compile(rf"client\.{name}")
    return Removal(
        _without(description, ("vpn", "clients", name), ends),
        frozenset({name, f"client.{name}", address, str(client["public_key"])}),
    )


def remove_endpoint(description: Raw, name: str) -> Removal:
    """Take out a VPN endpoint with its clients."""
    endpoint = part(description, "vpn", "endpoints", name)
    clients = part(description, "vpn").get("clients", {})
    own = [
        key for key, one in cast("Mapping[str, Raw]", clients).items() if one["endpoint"] == name
    ]
    changed, words = description, {name, f"wg-{name}", str(endpoint["port"])}
    for client in own:
        removal = remove_client(changed, client)
        changed, words = removal.description, words | removal.words
    cidr = str(endpoint["cidr"])
    words |= {cidr, f"{cidr.rpartition('.')[0]}.1"}
    return Removal(
        _without(changed, ("vpn", "endpoints", name), re.compile(rf"vpn\.{name}")),
        frozenset(words),
    )


def remove_site(description: Raw, name: str, addresses: Iterable[str]) -> Removal:
    """Take out a site; `addresses` are its link address and what else is derived from its id."""
    prefixes = cast("Mapping[str, Raw]", part(description, "sites", name)["prefixes"])
    ranges = {str(p.get("alias", p["cidr"])) for p in prefixes.values()}
    starts = {found.rpartition(".")[0] + "." for found in ranges}
    ends = re.compile(rf"{name}([./].*)?")
    changed = _without(description, ("sites", name), ends)
    hosts = {f"{start}{host}" for start in starts for host in range(256)}
    return Removal(changed, frozenset({name, *ranges, *hosts, *addresses}))


def remove_flow(description: Raw, index: int, words: Iterable[str]) -> Removal:
    """Take out a declared flow; `words` are its name and its public port."""
    changed = deepcopy(description)
    cast("list[Raw]", changed["flows"]).pop(index)
    return Removal(changed, frozenset(words))
