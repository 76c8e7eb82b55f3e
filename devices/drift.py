"""What a description says of a device and what the device says of itself -> how they differ."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import unified_diff
from hashlib import sha256

from devices.facts import DeviceFacts, Lines
from devices.forms import (
    Tunnel,
    hide_keys,
    read_addresses,
    read_routes,
    read_settings,
    read_tunnel,
    write_tunnel,
)

FOLDER = "wireguard"
RULES = "packet rules"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as it should be: what was declared, and what is there."""

    what: str
    declared: Lines
    live: Lines

    def diff(self, device: str) -> Lines:
        """A unified diff, three lines of context around each change."""
        place = f"{device} {self.what}"
        lines = unified_diff(
            self.declared, self.live, f"{place}, declared", f"{place}, live", lineterm=""
        )
        return tuple(line.replace("\t", "    ") for line in lines)


@dataclass(frozen=True, slots=True)
class Declared:
    """What the description makes of a device: a generation's name, and its files by path."""

    device: str
    generation: str
    files: Mapping[str, Lines]
    # Whether files, tables and firewalls of others may be taken over.
    adopt: bool


@dataclass(frozen=True, slots=True)
class DeviceDrift:
    """How a device differs from its description."""

    device: str
    # What somebody changed since it was deployed: `la1r up` puts it back.
    changed: tuple[Difference, ...] = ()
    # What the description says by now and was not deployed yet.
    undeployed: tuple[Difference, ...] = ()
    # What of others stands against what is declared, as sentences.
    foreign: tuple[str, ...] = ()
    # Worth knowing, and no drift.
    notes: tuple[str, ...] = ()

    @property
    def drifted(self) -> bool:
        """Whether the device is not what its description says."""
        return bool(self.changed or self.undeployed or self.foreign)


def compare(declared: Declared, facts: DeviceFacts) -> DeviceDrift:
    """Hold a device's facts against its description."""
    if facts.generation is None:
        return DeviceDrift(
            declared.device,
            undeployed=tuple(_missing_files(declared)),
            foreign=tuple(_foreign(declared, facts)),
        )
    is_deployed = facts.generation == declared.generation
    files = declared.files if is_deployed else facts.files
    differing = tuple(_compare_files(declared, facts))
    altered = differing if is_deployed else tuple(_altered_files(facts))
    live = tuple(each for each in _compare_live(facts, files) if each.declared != each.live)
    return DeviceDrift(
        declared.device,
        changed=(*altered, *live),
        undeployed=() if is_deployed else differing,
        foreign=tuple(_foreign(declared, facts)),
        notes=tuple(_notes(facts, files)),
    )


# ---------------------------------------------------------------- files


def _missing_files(declared: Declared) -> Iterator[Difference]:
    for path, lines in declared.files.items():
        yield Difference(path, lines, ())


def _compare_files(declared: Declared, facts: DeviceFacts) -> Iterator[Difference]:
    known = [line for lines in declared.files.values() for line in lines]
    for path in sorted({*declared.files, *facts.files}):
        wanted, live = declared.files.get(path, ()), facts.files.get(path, ())
        if wanted != live:
            yield Difference(path, wanted, hide_keys(live, known))


def _altered_files(facts: DeviceFacts) -> Iterator[Difference]:
    """What these files were is known nowhere but in their digests."""
    for path in facts.lines("altered"):
        yield Difference(path, ("as it was deployed",), ("changed on the device since",))


# ---------------------------------------------------------------- what is in force


def _compare_live(facts: DeviceFacts, files: Mapping[str, Lines]) -> Iterator[Difference]:
    if not facts.is_enforced:
        yield Difference(
            "state",
            (f"generation {facts.generation} is in force",),
            ("it was not put into force since the device started",),
        )
    else:
        yield from _compare_rules(facts)
    settings = read_settings(files.get("sysctl.conf", ()))
    yield Difference("kernel settings", settings, facts.lines("settings"))
    interfaces = read_addresses(files.get("addresses", ()))
    yield Difference("interfaces", interfaces, read_addresses(facts.lines("interfaces")))
    routes = read_routes(files.get("routes", ()))
    yield Difference("routes", routes, read_routes(facts.lines("routes")))
    for name, wanted, live in _tunnels(facts, files):
        yield Difference(f"tunnel {name}", write_tunnel(wanted, wanted), write_tunnel(live, wanted))
    yield Difference("services", _services(facts, files), facts.lines("services"))
    yield Difference("start at boot", (), facts.lines("boot"))


def _compare_rules(facts: DeviceFacts) -> Iterator[Difference]:
    """The kernel's own listing now and right after the rules were loaded: no text looks like it."""
    recorded, live = facts.lines("recorded"), facts.lines("rules")
    if digest_of(recorded) == _record(facts):
        yield Difference(RULES, recorded, live)
    elif digest_of(live) != _record(facts):
        # Loaded by a version that kept the digest alone.
        yield Difference(RULES, ("the table as it was loaded",), live or ("no table inet la1r",))


def _record(facts: DeviceFacts) -> str:
    return "".join(facts.lines("record"))


def digest_of(lines: Lines) -> str:
    """SHA-256 as the device computes it over lines with their ends."""
    return sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()


def _tunnels(
    facts: DeviceFacts, files: Mapping[str, Lines]
) -> Iterator[tuple[str, Tunnel, Tunnel]]:
    for path, lines in files.items():
        folder, _, file = path.partition("/")
        if folder == FOLDER:
            name = file.removesuffix(".conf")
            yield name, read_tunnel(lines), read_tunnel(facts.tunnels.get(name, ()))


def _services(facts: DeviceFacts, files: Mapping[str, Lines]) -> Lines:
    running = ("dnsmasq runs",) if "dnsmasq.conf" in files else ()
    return (f"current gen/{facts.generation}", *running)


# ---------------------------------------------------------------- what belongs to others


def _foreign(declared: Declared, facts: DeviceFacts) -> Iterator[str]:
    remedy = (
        "`la1r up` takes it out of force, as adopt says."
        if declared.adopt
        else "Switch it off, or set adopt for this device."
    )
    for line in facts.lines("foreign"):
        kind, _, rest = line.partition(" ")
        match kind:
            case "ufw":
                yield f"ufw is active and would drop what the rules accept. {remedy}"
            case "table":
                family, name, reason = rest.split(" ", 2)
                yield (
                    f"The table {family} {name}, whose chain {reason}, would drop what the rules"
                    f" accept. {remedy}"
                )
            case _:
                yield (
                    f"iptables-legacy holds '{rest}', which would drop what the rules accept."
                    " Remove it by hand."
                )
    for line in facts.lines("dhcp"):
        if line.startswith("server "):
            _, address, mac, interface = line.split()
            yield (
                f"A second DHCP server answers on {interface}: {address} ({mac}). Hosts that ask it"
                " first get addresses and a router that nobody declared. Switch it off."
            )


def _notes(facts: DeviceFacts, files: Mapping[str, Lines]) -> Iterator[str]:
    for line in facts.lines("dhcp"):
        if line.startswith("unknown "):
            yield f"Whether a second DHCP server answers is not known: {line[8:]}."
    for name, wanted, live in _tunnels(facts, files):
        for key, values in live.peers.items():
            endpoint = wanted.peers.get(key, {}).get("Endpoint")
            if endpoint and values.get("Endpoint") == "(none)":
                yield (
                    f"{name}: {wanted.labels.get(key, key)} is not dialled, for"
                    f" {endpoint} has no address. Asked again every half minute."
                )


def titles(differences: Sequence[Difference]) -> str:
    """What differs, in one line."""
    return ", ".join(each.what for each in differences)
