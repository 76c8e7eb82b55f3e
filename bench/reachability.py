"""Measures who can reach whom in a cluster, by ours and by network-config-analyzer beside it.

Both judge the same namespaces, pods and policies, in the same run; reading them counts, starting a
program does not. Every pair that one of them holds for open is counted, so that both did the work.
A described network of the same size is measured as `la1r check` judges it: with the ways through
routers and nodes, and with the rules behind every verdict.
"""

import json
import tempfile
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from bench.table import Row, row
from bench.timing import Task, compiling_environment, finish, python_task
from tests.analyzer.judges import HERE, find_analyzer

TENANTS = (12, 25, 50)
GOAL_SECONDS = 1.0
# Twice the policies may cost a little more than twice the time.
GROWTH_GOAL = 1.3
JUDGE, EVALUATE = "tenancy.py", "tenants.py"


@dataclass(frozen=True, slots=True)
class Measured:
    """CPU seconds for a cluster of so many tenants, and how many pairs were found open."""

    seconds: float
    pairs: int


def measure_ours(root: Path, program: str, tenants: int, runs: int) -> Measured:
    """The least of several runs of a program beside this one."""
    task = python_task(str(root), str(root / "bench" / program), str(tenants))
    found = [finish(task).split() for _ in range(runs)]
    return Measured(min(float(seconds) for _, seconds in found), int(found[0][0]))


def measure_theirs(root: Path, tenants: int) -> Measured | None:
    """One run of the analyzer, where it is installed."""
    python = find_analyzer()
    if python is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        asked, answered = Path(folder, "cases"), Path(folder, "answers")
        write = (str(root / "bench" / "tenancy.py"), str(tenants), str(asked))
        finish(python_task(str(root), *write))
        judge = (str(python), str(HERE / "connectivity.py"), str(asked), str(answered))
        finish(Task(judge, str(root), compiling_environment()))
        (line,) = answered.read_text(encoding="utf-8").splitlines()
    answer = json.loads(line)
    pairs = {(source, target) for source, target, *_ in answer["open"] if source != target}
    return Measured(float(answer["seconds"]), len(pairs))


def reach_rows(root: Path, runs: int) -> list[Row]:
    """Reachability of clusters, its growth, and the analyzer on the same input.

    50 tenants are 200 namespaces, 800 policies and 400 workloads.
    """
    ours = {size: measure_ours(root, JUDGE, size, runs) for size in TENANTS}
    whole = {size: measure_ours(root, EVALUATE, size, runs) for size in TENANTS}
    size = TENANTS[-1]
    theirs = measure_theirs(root, size)
    if theirs is not None and theirs.pairs != ours[size].pairs:
        raise SystemExit(f"{theirs.pairs} pairs are open by the analyzer, {ours[size].pairs} by us")
    ratio = None if theirs is None else ours[size].seconds / theirs.seconds
    peer = "network-config-analyzer" + ("" if theirs else " (not installed)")
    return [
        *_size_rows("reach", ours, "800 policies"),
        row(f"reach, {size} tenants, beside an analyzer", ratio, None, peer),
        *_size_rows("reach, described", whole, "800 policies, all ways and rules"),
    ]


def _size_rows(name: str, measured: dict[int, Measured], what: str) -> list[Row]:
    """The seconds for the largest of them, and how the cost of one policy grows up to it."""
    size = TENANTS[-1]
    seconds = row(f"{name}, {size} tenants", measured[size].seconds, GOAL_SECONDS, what)
    rows = [replace(seconds, unit="s")]
    for small, large in pairwise(TENANTS):
        growth = measured[large].seconds / measured[small].seconds * small / large
        label = f"{name}: cost a policy, {large} tenants"
        rows.append(row(label, growth, GROWTH_GOAL, f"{small} tenants"))
    return rows
