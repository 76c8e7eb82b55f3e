"""Kubernetes label selectors -> whether a set of labels is selected."""

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct

from render.manifest import Fields, Json, as_fields, as_items, as_texts

Labels = tuple[tuple[str, str], ...]


class PolicyFormError(Exception):
    """A NetworkPolicy has a form that the Kubernetes API refuses."""

    def __init__(self, policy: str, reason: str) -> None:
        super().__init__(f"NetworkPolicy {policy}: {reason}")
        self.policy = policy
        self.reason = reason


class Operator(StrEnum):
    """How an expression compares (Kubernetes API: LabelSelectorRequirement)."""

    IN = "In"
    NOT_IN = "NotIn"
    EXISTS = "Exists"
    DOES_NOT_EXIST = "DoesNotExist"


class Expression(Struct, frozen=True):
    """One requirement on one label."""

    key: str
    operator: Operator
    values: tuple[str, ...] = ()

    def __str__(self) -> str:
        match self.operator:
            case Operator.IN if len(self.values) == 1:
                return f"{self.key}={self.values[0]}"
            case Operator.EXISTS:
                return self.key
            case Operator.DOES_NOT_EXIST:
                return f"without {self.key}"
        word = "in" if self.operator is Operator.IN else "not in"
        return f"{self.key} {word} ({', '.join(self.values)})"

    def holds(self, labels: Mapping[str, str]) -> bool:
        """Whether the labels fulfil it; the two negative forms also match a missing key."""
        match self.operator:
            case Operator.IN:
                return labels.get(self.key) in self.values
            case Operator.NOT_IN:
                return self.key not in labels or labels[self.key] not in self.values
            case Operator.EXISTS:
                return self.key in labels
        return self.key not in labels


class Selector(Struct, frozen=True):
    """Requirements that must all hold; none at all select everything."""

    expressions: tuple[Expression, ...] = ()

    def __str__(self) -> str:
        return " and ".join(map(str, self.expressions)) or "of any label"

    def selects(self, labels: Labels) -> bool:
        """Whether every requirement holds."""
        found = dict(labels)
        return all(expression.holds(found) for expression in self.expressions)

    @property
    def example(self) -> Labels:
        """Labels that this selector selects, as few as possible."""
        return tuple(
            (each.key, each.values[0] if each.values else "")
            for each in self.expressions
            if each.operator in (Operator.IN, Operator.EXISTS)
        )


def labels_of(fields: Json) -> Labels:
    """Labels in an order of their own."""
    return tuple(sorted((key, str(value)) for key, value in as_fields(fields).items()))


def read_selector(fields: Fields) -> Selector:
    """Read matchLabels and matchExpressions; both must hold.

    Raises ValueError for an operator that Kubernetes does not know, or values that it has not.
    """
    equal = [
        Expression(key, Operator.IN, (value,))
        for key, value in labels_of(fields.get("matchLabels"))
    ]
    further = map(_read_expression, map(as_fields, as_items(fields.get("matchExpressions"))))
    return Selector((*equal, *further))


def _read_expression(item: Fields) -> Expression:
    operator, values = Operator(str(item.get("operator"))), as_texts(item.get("values"))
    if bool(values) != (operator in (Operator.IN, Operator.NOT_IN)):
        raise ValueError(f"operator {operator} with {len(values)} values")
    return Expression(str(item.get("key")), operator, values)


def read_optional_selector(fields: Fields, key: str) -> Selector | None:
    """Read the selector under a key; None where it is missing, which an empty one is not."""
    return read_selector(as_fields(fields[key])) if fields.get(key) is not None else None
