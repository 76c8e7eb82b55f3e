"""A site -> its cables and radio links with both ends read."""

from collections.abc import Iterator

from msgspec import Struct

from config.site import Site
from terms.values import Medium, Speed


class End(Struct, frozen=True):
    """One end of a link: a port of a device, or a device with one radio."""

    device: str
    port: str | None

    def __str__(self) -> str:
        return f"{self.device}/{self.port}" if self.port else self.device


class Link(Struct, frozen=True):
    """A cable, or a radio link, with the path it is written at."""

    path: str
    a: End
    b: End
    wired: bool
    medium: Medium
    speed: Speed | None = None


def read_end(text: str) -> End:
    """Read device/interface, or device alone."""
    device, _, port = text.partition("/")
    return End(device, port or None)


def list_links(name: str, site: Site) -> Iterator[Link]:
    """List the cables and the radio links of a site."""
    for index, cable in enumerate(site.cables):
        path = f"la1r:sites.{name}.cables[{index}]"
        ends = read_end(cable.a), read_end(cable.b)
        yield Link(path, *ends, wired=True, medium=cable.medium, speed=cable.speed)
    for index, radio in enumerate(site.wireless):
        path = f"la1r:sites.{name}.wireless[{index}]"
        ends = read_end(radio.a), read_end(radio.b)
        yield Link(path, *ends, wired=False, medium=Medium.WIRELESS)
