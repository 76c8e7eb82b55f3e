"""Measured figures, and the table of them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One measured figure; `holds` is None where it could not be measured or has no goal."""

    name: str
    value: float | None
    unit: str
    goal: float | None
    holds: bool | None
    peer: str


def row(name: str, value: float | None, goal: float | None, peer: str) -> Row:
    """A ratio with its goal, which is an upper limit."""
    holds = value <= goal if value is not None and goal is not None else None
    rounded = None if value is None else round(value, 3)
    return Row(name, rounded, "ratio", goal, holds, peer)


def limit(name: str, value: float | None, unit: str, goal: float | None, peer: str) -> Row:
    """A figure with a unit, and the upper limit that it should keep."""
    holds = value <= goal if value is not None and goal is not None else None
    return Row(name, None if value is None else round(value, 1), unit, goal, holds, peer)


def print_table(rows: list[Row]) -> None:
    """The rows for a person."""
    print(f"{'what':<44} {'value':>8} {'unit':<6} {'goal':>7}  beside")
    for line in rows:
        value = "absent" if line.value is None else f"{line.value:.2f}"
        mark = {True: "", False: "  MISSED", None: ""}[line.holds]
        goal = "" if line.goal is None else f"{line.goal:.2f}"
        print(f"{line.name:<44} {value:>8} {line.unit:<6} {goal:>7}  {line.peer}{mark}")
