"""Problems of a mended description -> those that do not only repeat what was refused before."""

import re
from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from config.positions import is_within
from config.salvage import Salvage
from terms.problem import Problem

# Problems of an address that belongs to no prefix.
ORPHANED = frozenset(
    {"E-ADR-04", "E-ADR-05", "E-SEG-01", "E-MGT-07", "E-MGT-09", "E-CLU-09", "E-POL-01", "E-FLW-05"}
)
# Areas whose problems are about names of other records.
REFERRING = frozenset(
    {"REF", "FLW", "EXP", "VPN", "CLT", "TEN", "SVC", "CLU"}
    | {"DEV", "CAB", "RCK", "SEG", "DHC", "MGT", "POL"}
)
# Problems of a record that another one needs something of.
LACKING = frozenset(
    {"E-VLN-02", "E-CLU-02", "E-CLU-03", "E-CLU-04", "E-MGT-01", "E-MGT-02", "E-MGT-03", "E-MGT-05"}
    | {"E-VPN-02", "E-VPN-03", "E-VPN-07", "E-DEV-03", "E-DEV-04", "E-DEV-05", "E-FLW-05"}
    | {"E-FLW-06", "E-FLW-07", "E-FLW-12", "E-SVC-02", "E-TEN-06", "E-CLU-08", "W-DHC-08"}
    | {"E-ADR-09", "E-DEV-10", "E-DHC-12"}
)
WORD = re.compile("[a-z0-9][a-z0-9-]*")


def drop_repetitions(problems: Iterable[Problem], mended: Salvage) -> Iterator[Problem]:
    """Keep the problems that are news, with the paths of the user's own file."""
    for problem in problems:
        if not _repeats(problem, mended):
            yield replace(problem, path=_restore(problem.path, mended))


def _repeats(problem: Problem, mended: Salvage) -> bool:
    if any(
        is_within(problem.path, path) or _holder(path) == problem.path for path in mended.broken
    ):
        return True
    words = set(WORD.findall(problem.found))
    if problem.code in ORPHANED and mended.torn:
        return True
    if problem.code in LACKING and (words & mended.hurt or _holds_broken(problem.path, mended)):
        return True
    return problem.code.split("-")[1] in REFERRING and bool(words & mended.lost)


def _holds_broken(path: str, mended: Salvage) -> bool:
    return any(is_within(broken, path) for broken in mended.broken)


def _holder(path: str) -> str:
    return path[: max(path.rfind("."), path.rfind("["), 0)]


def _restore(path: str, mended: Salvage) -> str:
    """Give misspelt keys their own spelling, and items of a list the numbers in the user's file."""
    for read, written in mended.renamed.items():
        if is_within(path, read):
            path = written + path[len(read) :]
    for listed, numbers in mended.kept.items():
        found = re.match(re.escape(listed) + r"\[([0-9]+)\]", path)
        if found and int(found[1]) < len(numbers):
            path = f"{listed}[{numbers[int(found[1])]}]{path[found.end() :]}"
    return path
