"""URNs: the names by which a deployment knows its resources, made and taken apart.

A URN reads ``urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME``; the types of the parents stand before
the resource's own, but for the stack's.
"""

from __future__ import annotations

from typing import NamedTuple

STACK_TYPE = "pulumi:pulumi:Stack"
PROVIDER_PREFIX = "pulumi:providers:"
_PREFIX = "urn:pulumi:"


class Urn(NamedTuple):
    """The parts of a URN; ``qualified`` holds the types of the parents too."""

    stack: str
    project: str
    qualified: str
    name: str

    @property
    def type(self) -> str:
        """The type without those of the parents."""
        return self.qualified.rpartition("$")[2]


def parse_urn(urn: str) -> Urn:
    """The parts of a URN; a name may hold the separator itself.

    Raises ValueError when it is none.
    """
    parts = urn.removeprefix(_PREFIX).split("::", 3)
    if not urn.startswith(_PREFIX) or len(parts) != 4:
        raise ValueError(f"'{urn}' is not a URN")
    return Urn(*parts)


def name_of(urn: str) -> str:
    """The name in a URN."""
    return parse_urn(urn).name


def type_of(urn: str) -> str:
    """The type in a URN."""
    return parse_urn(urn).type


def build_urn(stack: str, project: str, parent: str, kind: str, name: str) -> str:
    """The URN of a resource of this type and name below this parent ("" for none)."""
    above = parse_urn(parent).qualified if parent else ""
    qualified = kind if above in ("", STACK_TYPE) else f"{above}${kind}"
    return f"{_PREFIX}{stack}::{project}::{qualified}::{name}"


def is_provider(kind: str) -> bool:
    """Whether the type is one of a provider."""
    return kind.startswith(PROVIDER_PREFIX)


def package_of(kind: str) -> str:
    """The package that serves a type, also for a provider's own type."""
    if is_provider(kind):
        return kind.removeprefix(PROVIDER_PREFIX)
    return kind.partition(":")[0]


def is_default_provider(urn: str) -> bool:
    """Whether it counts as a provider made for resources that name none: the name says so."""
    parts = parse_urn(urn)
    return is_provider(parts.type) and parts.name.startswith("default")


class ProviderReference(NamedTuple):
    """What a resource records about its provider: URN and id, joined by "::"."""

    urn: str
    id: str

    def __str__(self) -> str:
        return f"{self.urn}::{self.id}"


def parse_provider_reference(text: str) -> ProviderReference:
    """The provider a reference names. Raises ValueError when it is none."""
    urn, separator, given = text.rpartition("::")
    if not separator:
        raise ValueError(f"'{text}' is no provider reference")
    return ProviderReference(urn, given)
