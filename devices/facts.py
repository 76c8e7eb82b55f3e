"""Turns what `devices/read` printed into the facts of one device.

The text is made of sections. A heading `== NAME` starts one, and each of its lines stands behind a
blank. The last section, `end`, says the state once more: a text without it was cut off, and where
it differs from the first, the device was changed meanwhile.
"""

from collections.abc import Mapping
from dataclasses import dataclass

Lines = tuple[str, ...]

HEADING = "== "
FILE, TUNNEL = "file ", "tunnel "
NONE = "none"


class UnreadableFactsError(Exception):
    """What a device said cannot be used; it carries the reason as a sentence."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class DeviceFacts:
    """What one device says is in force on it, by section."""

    sections: Mapping[str, Lines]

    def lines(self, section: str) -> Lines:
        """The lines of a section; none where the device does not have it."""
        return self.sections.get(section, ())

    def value(self, section: str, word: str) -> str | None:
        """What follows a word at the start of a line of a section."""
        start = f"{word} "
        return next(
            (x.removeprefix(start) for x in self.lines(section) if x.startswith(start)), None
        )

    @property
    def generation(self) -> str | None:
        """The generation in force; None where la1r never changed the device."""
        found = self.value("state", "generation")
        return None if found == NONE else found

    @property
    def is_enforced(self) -> bool:
        """Whether that generation was put into force since the device started."""
        keys = self.value("state", "keys")
        return self.value("state", "enforced") == f"{self.generation} {keys}"

    @property
    def own_keys(self) -> Mapping[str, str]:
        """Public halves of the WireGuard keys that the device has, by interface."""
        own = (line.split() for line in self.lines("keys") if line.startswith("own "))
        return {words[1]: words[2] for words in own if len(words) == 3}

    @property
    def knows_others(self) -> bool:
        """Whether it was told the keys of its peers, and did not have to make up any."""
        return self.value("keys", "others") == "known"

    @property
    def files(self) -> Mapping[str, Lines]:
        """The files of the generation in force as they are now, by path."""
        return self._named(FILE)

    @property
    def tunnels(self) -> Mapping[str, Lines]:
        """What each WireGuard interface is set to, in the words of its file."""
        return self._named(TUNNEL)

    def _named(self, start: str) -> Mapping[str, Lines]:
        return {
            name.removeprefix(start): lines
            for name, lines in self.sections.items()
            if name.startswith(start)
        }


def parse_facts(text: str) -> DeviceFacts:
    """Take the text apart; raises UnreadableFactsError for one that is not whole."""
    sections: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in text.split("\n")[:-1]:
        if line.startswith(HEADING):
            lines = sections.setdefault(line.removeprefix(HEADING), [])
        else:
            lines.append(line.removeprefix(" "))
    facts = DeviceFacts({name: tuple(found) for name, found in sections.items()})
    require_settled(facts)
    return facts


def require_settled(facts: DeviceFacts) -> None:
    """Raise UnreadableFactsError where a change is under way, or the end is missing."""
    if "end" not in facts.sections:
        raise UnreadableFactsError("What it said was cut off. Run again.")
    held = facts.value("end", "held") or facts.value("state", "held")
    if held:
        operator, _, seconds = held.rpartition(" ")
        raise UnreadableFactsError(
            f"{operator} is changing it; that is confirmed or undone within {seconds} s."
            " Run again then."
        )
    if facts.lines("end") != facts.lines("state"):
        raise UnreadableFactsError("It was changed while it was read. Run again.")
