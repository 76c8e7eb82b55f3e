"""A plain mapping or a stack file -> a network without problems, or every problem at once."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path

from msgspec import Struct
from pydantic import ValidationError

from config.network import Network
from config.positions import Positions, is_within, join_path
from config.rules import RULES
from config.stackfile import NAMESPACE, StackFile, read_stack_file
from terms.problem import DescriptionError, Problem, Severity

# Nothing else can be said of a file that could not be read to its end.
UNREADABLE = frozenset({"E-YML-01", "E-YML-06", "E-YML-07"})
# Problems that are about a key, and not about what stands behind it.
ABOUT_KEYS = frozenset({"E-YML-11", "E-SEC-01"})
PEM_MARK = "PRIVATE KEY-----"


class LoadedStack(Struct, frozen=True):
    """A sound network with its warnings, and the configuration as the Pulumi CLI hands it on."""

    network: Network
    warnings: tuple[Problem, ...]
    positions: Positions
    config: Mapping[str, str]
    secret_keys: frozenset[str]
    # By which the passphrase of the secrets is told; "" where there are none.
    salt: str = ""

    def locate(self, problem: Problem) -> Problem:
        """The problem with its place in the stack file, as far as its path is written there."""
        return _place(problem, self.positions)


def load_network(description: Mapping[str, object]) -> Network:
    """Read a description, keys as `sites` or `flows`, into a network.

    Raises DescriptionError with every problem, warnings included, when there is any error.
    """
    network, problems = check_description(description)
    if network is None or _has_errors(problems):
        raise DescriptionError(_sort(problems))
    return network


def load_stack(path: Path) -> LoadedStack:
    """Read a stack file into a network; problems have file, line and column.

    Raises DescriptionError with every problem, warnings included, when there is any error.
    """
    return load_file(read_stack_file(path))


def load_file(file: StackFile) -> LoadedStack:
    """Make a network of a stack file that was read; raises DescriptionError as above."""
    problems = [*file.problems, *_find_hidden_areas(file)]
    if any(problem.code in UNREADABLE for problem in problems):
        raise DescriptionError(_sort(problems))
    network, found = check_description(file.areas)
    problems += [problem for problem in found if not _is_said(problem, problems)]
    placed = _sort(_place(problem, file.positions) for problem in problems)
    if network is None or _has_errors(placed):
        raise DescriptionError(placed)
    return LoadedStack(network, placed, file.positions, file.config, file.secret_keys, file.salt)


def check_dates(network: Network, today: date) -> tuple[Problem, ...]:
    """Warn of clients whose last day is past, or less than 30 days ahead."""
    from config.expiry import find_expiries

    return _sort(find_expiries(network, today))


def check_description(
    description: Mapping[str, object],
) -> tuple[Network | None, list[Problem]]:
    """Read a description as far as it can be read, and list all that is wrong with it."""
    problems = list(find_secret_values(description, ""))
    try:
        network = Network.model_validate(dict(description))
    except ValidationError as refusal:
        found = _explain(description, refusal)
        return None, problems + [one for one in found if not _is_said(one, problems)]
    return network, problems + apply_rules(network)


def apply_rules(network: Network) -> list[Problem]:
    """Hold a network against every rule."""
    return [problem for rule in RULES for problem in rule(network)]


def find_secret_values(value: object, path: str) -> Iterator[Problem]:
    """Find private keys that stand in the description, whatever their key is called."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from find_secret_values(item, join_path(path, str(key)))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from find_secret_values(item, join_path(path, index))
    elif isinstance(value, str) and PEM_MARK in value:
        yield Problem(
            "E-SEC-02",
            f"{NAMESPACE}{path}",
            "the value holds a private key",
            "everyone who can read this file would have it",
            "delete it here, and replace that key wherever it was in use",
        )


def _explain(description: Mapping[str, object], refusal: ValidationError) -> list[Problem]:
    # Imported here, because only a description with a fault needs them.
    from config.repetition import drop_repetitions
    from config.salvage import salvage
    from config.translate import translate

    problems = translate(refusal.errors(include_url=False), description)
    mended = salvage(dict(description), refusal)
    if mended.network is None:
        return problems
    return [*problems, *drop_repetitions(apply_rules(mended.network), mended)]


def _find_hidden_areas(file: StackFile) -> Iterator[Problem]:
    for key in sorted(file.secret_keys - {f"{NAMESPACE}{name}" for name in file.areas}):
        if key.removeprefix(NAMESPACE) in Network.model_fields:
            yield Problem(
                "E-SEC-04",
                key,
                "the whole area is encrypted",
                "nothing of it can be checked or previewed",
                "write it in clear, and give each secret a key of its own",
            )


def _is_said(problem: Problem, before: Iterable[Problem]) -> bool:
    return any(is_within(problem.path, other.path) for other in before)


def _place(problem: Problem, positions: Positions) -> Problem:
    if problem.position:
        return problem
    find = positions.find_key if problem.code in ABOUT_KEYS else positions.find
    return problem.at(find(problem.path))


def _has_errors(problems: Iterable[Problem]) -> bool:
    return any(problem.severity is Severity.ERROR for problem in problems)


def _sort(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(problems, key=lambda problem: problem.order))
