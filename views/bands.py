"""What the data layer is made of before it is laid out: bands with sections, cards and lanes."""

from msgspec import Struct

from views.drawing import Item
from views.metrics import Font

Data = tuple[tuple[str, str], ...]
Line = tuple[str, Font, str]


class Way(Struct, frozen=True):
    """A lane as it is written: chips from left to right, and the reason below them."""

    source: str
    icon: str
    # Colour class of the tenant that the source belongs to.
    style: str
    public: str
    address: str
    inner: str
    why: str
    declared: bool
    from_internet: bool
    flows: tuple[str, ...]
    # Everything in words, where the chips have no room for it.
    full: str = ""


class Card(Struct, frozen=True):
    """One thing that lanes lead to: a workload, a VPN endpoint, a device."""

    icon: str
    title: str
    lines: tuple[Line, ...]
    ways: tuple[Way, ...] = ()
    data: Data = ()
    tooltip: str = ""


class Section(Struct, frozen=True):
    """A namespace or a range: things with one border; without a style there is no border."""

    title: str
    lines: tuple[Line, ...]
    ways: tuple[Way, ...] = ()
    cards: tuple[Card, ...] = ()
    # Names with data that stand beside each other, as many in a row as fit.
    chips: tuple[tuple[str, Data], ...] = ()
    data: Data = ()
    style: str = "inner"
    tooltip: str = ""


class Band(Struct, frozen=True):
    """A tenant, a site or the cluster, with everything in it."""

    title: str
    icon: str
    tag: str
    lines: tuple[Line, ...]
    sections: tuple[Section, ...]
    data: Data = ()
    style: str = ""
    tooltip: str = ""
    # Something drawn below the sections, with its height.
    figure: tuple[Item, ...] = ()
    figure_height: int = 0
    # Whether its cards, to which nothing leads, stand side by side.
    beside: bool = False

    @property
    def ways(self) -> tuple[Way, ...]:
        """Every lane into it."""
        found = [way for section in self.sections for way in section.ways]
        found += [w for section in self.sections for card in section.cards for w in card.ways]
        return tuple(found)
