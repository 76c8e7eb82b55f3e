"""The rules between records, in the order in which they are applied."""

from collections.abc import Callable

from config.network import Network
from terms.problem import Problem

Rule = Callable[[Network], list[Problem]]

RULES: tuple[Rule, ...] = ()
