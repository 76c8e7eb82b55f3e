"""Plain YAML scalars -> values, where all readers of YAML agree on them.

The Pulumi CLI reads a stack file with go-yaml 3, which mixes the rules of YAML 1.1 and 1.2; editors
and other tools follow one or the other. A plain scalar that they read differently is refused, so
that what is left means the same to every reader.
"""

import re
from typing import NamedTuple

Scalar = str | int | float | bool | None

# JSON numbers are exact up to 2**53, which has 16 digits.
MAX_DIGITS = 15


class Disagreement(NamedTuple):
    """A form of plain text that is not the same value to all readers."""

    form: re.Pattern[str]
    readings: str


def _disagreement(form: str, readings: str) -> Disagreement:
    return Disagreement(re.compile(form), readings)


DISAGREEMENTS = (
    _disagreement("(?i:y|n|yes|no|on|off)", "true or false to some readers, text to others"),
    _disagreement("=|<<", "an instruction to some readers, text to others"),
    _disagreement(
        "[-+]?0[0-9_]+", "an octal number to some readers, a decimal one or text to others"
    ),
    _disagreement(
        "[-+]?0(?:[bB][-+]?[01_]+|[oO][-+]?[0-7_]+|[xX][0-9a-fA-F_]+)",
        "a number to some readers, text to others",
    ),
    _disagreement(
        r"[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*",
        "a number to base sixty to some readers, text to others",
    ),
    _disagreement(
        "[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt ].*)?",
        "a point in time to some readers, text to others",
    ),
    _disagreement(
        r"[-+]?[0-9_]*[0-9.][0-9_]*\.?[0-9_]*[eE][-+]?[0-9_]+",
        "a number to some readers, text to others",
    ),
    _disagreement(
        r"[-+]?\.[0-9_]+|[-+]?[0-9]+\.|(?i:[-+]?\.(?:inf|nan))",
        "a number to some readers, text to others",
    ),
    _disagreement(
        f"[-+]?[0-9]{{{MAX_DIGITS + 1},}}",
        "an exact number to some readers, a rounded one to others",
    ),
)
# What cannot be refused needs no look at the table: most text begins with another letter.
SUSPECTS = frozenset("0123456789+-.=<yYnNoO")
WORDS: dict[str, Scalar] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
INTEGER = re.compile("[-+]?[0-9]+")
FRACTION = re.compile(r"[-+]?[0-9]+\.[0-9]+")
# Text in which YAML sees no sign of its own, wherever it stands: names, addresses, keys in base64.
HARMLESS = re.compile(r"[A-Za-z0-9][A-Za-z0-9+/=._-]*")


def find_disagreement(text: str) -> str | None:
    """Say how readers differ over a plain scalar; None when they agree."""
    if text[:1] not in SUSPECTS:
        return None
    if "_" in text and text[0] in "+-0123456789" and _is_number(text.replace("_", "")):
        return "a number to some readers, text to others"
    readings = (entry.readings for entry in DISAGREEMENTS if entry.form.fullmatch(text))
    return next(readings, None)


def _is_number(text: str) -> bool:
    """Say whether text is a number to some reader, which may skip underscores before it looks."""
    if INTEGER.fullmatch(text) or FRACTION.fullmatch(text):
        return True
    return any(entry.form.fullmatch(text) for entry in DISAGREEMENTS)


def read_plain(text: str) -> Scalar:
    """Read a plain scalar on which readers agree."""
    if text in WORDS:
        return WORDS[text]
    if text[:1] not in SUSPECTS:
        return text
    if INTEGER.fullmatch(text):
        return int(text)
    if FRACTION.fullmatch(text):
        value = float(text)
        # The CLI writes 1.0 as 1.
        return int(value) if value.is_integer() else value
    return text


def write_scalar(value: str | int) -> str:
    """Write a value so that every reader of YAML takes it for just that."""
    if isinstance(value, int):
        return str(value)
    if (
        HARMLESS.fullmatch(value)
        and find_disagreement(value) is None
        and read_plain(value) == value
    ):
        return value
    # What JSON escapes, YAML's double quotes escape alike.
    import json

    return json.dumps(value, ensure_ascii=False)
