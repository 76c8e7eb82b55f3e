"""Kubernetes quantities: how they are written, how much they are, and how amounts are written."""

from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator, Field

_FORM = Field(pattern=r"^[0-9]+(\.[0-9]+)?(m|k|M|G|T|Ki|Mi|Gi|Ti)?$")


def _as_text(value: object) -> object:
    """`cpu: 4` is a number to YAML, and what everyone writes."""
    plain = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value) if plain else value


# As apimachinery's resource.Quantity reads them, without exponents.
Quantity = Annotated[
    str, _FORM, BeforeValidator(_as_text, json_schema_input_type=Annotated[str, _FORM] | float)
]

_BINARY = {f"{unit}i": Decimal(1024) ** (n + 1) for n, unit in enumerate("KMGT")}
_UNITS = {
    "": Decimal(1),
    "m": Decimal("0.001"),
    **{unit: Decimal(1000) ** (n + 1) for n, unit in enumerate("kMGT")},
    **_BINARY,
}


def read_quantity(quantity: str) -> Decimal:
    """How much it is: cores, bytes or pieces."""
    number = quantity.rstrip("mkKMGTi")
    return Decimal(number) * _UNITS[quantity[len(number) :]]


def write_cores(amount: Decimal) -> str:
    """Cores, down to thousandths: there is nothing smaller."""
    return f"{(Decimal(int(amount * 1000)) / 1000).normalize():f}"


def write_bytes(amount: Decimal) -> str:
    """Bytes in the largest unit that they are a whole number of; nobody counts below a Mi."""
    whole = amount - amount % _BINARY["Mi"]
    unit = next((unit for unit in ("Ti", "Gi") if whole and whole % _BINARY[unit] == 0), "Mi")
    return f"{int(whole / _BINARY[unit])}{unit}"
