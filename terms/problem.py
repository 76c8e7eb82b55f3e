"""What is wrong with a description, said so that its writer can repair it."""

import re
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace
from pydantic_core import PydanticCustomError


class Severity(StrEnum):
    """Whether a problem stops the run; a warning does so only with --strict."""

    ERROR = "error"
    WARNING = "warning"


class Position(Struct, frozen=True):
    """Where a value stands in a file; line and column count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class Problem(Struct, frozen=True):
    """One fault of a description: where it is, what was found, what follows, how to repair it."""

    code: str
    path: str
    found: str
    consequence: str
    fix: str
    severity: Severity = Severity.ERROR
    position: Position | None = None

    def at(self, position: Position) -> "Problem":
        """The same problem, found at a place in a file."""
        return replace(self, position=position)

    @property
    def order(self) -> tuple[str, str, str]:
        """Problems are shown by path, then code."""
        return (self.path, self.code, self.found)

    def __str__(self) -> str:
        where = f"{self.position}: " if self.position else ""
        return (
            f"{where}{self.severity} {self.code} at {_on_one_line(self.path)}\n"
            f"  found: {self.found}\n"
            f"  so:    {self.consequence}\n"
            f"  fix:   {self.fix}"
        )


class DescriptionError(Exception):
    """The description has problems; it carries them all, sorted."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(f"the description has {len(problems)} problem(s)")
        self.problems = problems


def refuse(code: str, found: str, consequence: str, fix: str) -> PydanticCustomError:
    """Make the error that a field's validator raises; the loader adds the path to it."""
    return PydanticCustomError(
        "refused",
        "{found}",
        {"code": code, "found": found, "consequence": consequence, "fix": fix},
    )


def say_file_error(error: OSError) -> str:
    """Say which file it was, and what the system said."""
    return f"{error.filename}: {error.strerror}" if error.filename else str(error)


# Longer texts are cut in a sentence: nobody recognises more of them.
MAX_SHOWN = 60
# A PEM block, or 32 bytes in base64: what WireGuard's private and preshared keys look like.
SECRET_FORM = re.compile(r"PRIVATE KEY|(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{43}=(?![A-Za-z0-9+/=])")


def show(value: object) -> str:
    """Write a value into a sentence: one line, cut when long, and never what may be a secret."""
    if isinstance(value, str):
        return _show_text(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        large = isinstance(value, int) and value.bit_length() > MAX_SHOWN
        return "a very large number" if large else str(value)
    kinds = {dict: "a mapping", list: "a list", tuple: "a list", type(None): "nothing (null)"}
    return kinds.get(type(value), f"a {type(value).__name__}")


def _show_text(text: str) -> str:
    if SECRET_FORM.search(text):
        return "a text that looks like a key"
    plain = _on_one_line(text)
    return f"'{plain[: MAX_SHOWN - 3]}...'" if len(plain) > MAX_SHOWN else f"'{plain}'"


def _on_one_line(text: str) -> str:
    """Write what a terminal or a log would act on as an escape."""
    return text if text.isprintable() else text.encode("unicode_escape").decode()
