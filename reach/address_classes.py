"""The ranges that rules, routes, tunnels and flows name -> addresses that none tells apart."""

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network

from msgspec import Struct

# Tried first where an address stands for the whole internet (RFC 5737).
EXAMPLES = ("198.51.100.0/24", "203.0.113.0/24", "192.0.2.0/24", "0.0.0.0/0")
# Ranges that no provider carries: RFC 1122, 1918, 3927, 6598, 5771, 1112.
NOT_ROUTED = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "224.0.0.0/3",
    )
)
ADDRESS_BITS = 32


class NoAddressLeftError(Exception):
    """Every address of a range has a meaning of its own, so none can stand for the others."""


class Masked(Struct, frozen=True):
    """A range as two numbers: an address is in it when its masked value equals `value`."""

    value: int
    mask: int

    def holds(self, address: int) -> bool:
        """Whether the address is in the range."""
        return address & self.mask == self.value


def masked(network: IPv4Network) -> Masked:
    """The range as numbers, which compare many times faster than address objects."""
    return Masked(int(network.network_address), int(network.netmask))


def any_holds(networks: tuple[Masked, ...], address: int) -> bool:
    """Whether one of the ranges holds the address."""
    return any(address & network.mask == network.value for network in networks)


class AddressClasses:
    """The edges of all ranges; two addresses inside exactly the same ranges are alike."""

    def __init__(self, networks: Iterable[IPv4Network]) -> None:
        self._by_length: dict[int, set[int]] = {}
        for network in networks:
            self._by_length.setdefault(network.prefixlen, set()).add(int(network.network_address))
        self._lengths = sorted(self._by_length, reverse=True)

    def innermost(self, address: int) -> tuple[int, int]:
        """The longest range around the address, as (first address, length).

        Ranges never cross, so it says which of them hold the address.
        """
        for length in self._lengths:
            first = address >> (ADDRESS_BITS - length) << (ADDRESS_BITS - length)
            if first in self._by_length[length]:
                return first, length
        return 0, 0

    def inside(self, network: IPv4Network) -> Iterator[IPv4Network]:
        """The ranges inside this one, itself first; single addresses are among them."""
        yield network
        for length, firsts in sorted(self._by_length.items()):
            if length <= network.prefixlen:
                continue
            for first in sorted(firsts):
                if first in _numbers(network):
                    yield IPv4Network((first, length))

    def stand_in(self, network: IPv4Network, taken: frozenset[int] = frozenset()) -> int:
        """An address of the range that no narrower range holds, and nobody has.

        Raises NoAddressLeftError where there is none.
        """
        wanted = (int(network.network_address), network.prefixlen)
        numbers = _numbers(network)
        usable = numbers[1:-1] if network.prefixlen < ADDRESS_BITS - 1 else numbers
        # From the middle: the first and last addresses are most often somebody's.
        middle = len(usable) // 2
        for index in range(min(len(usable), 4096)):
            address = usable[(middle + index) % len(usable)]
            if address not in taken and self.innermost(address) == wanted:
                return address
        raise NoAddressLeftError(str(network))

    def on_the_internet(self) -> Iterator[int]:
        """Addresses that no range names, one after the other."""
        for text in EXAMPLES:
            for address in _numbers(IPv4Network(text)):
                if self.innermost(address)[1] == 0 and is_routed(address):
                    yield address


def _numbers(network: IPv4Network) -> range:
    first = int(network.network_address)
    return range(first, first + network.num_addresses)


_NOT_ROUTED = tuple(map(masked, NOT_ROUTED))


def is_routed(address: int) -> bool:
    """Whether a provider would carry a packet to this address."""
    return not any_holds(_NOT_ROUTED, address)
