"""Measures side by side, prints it as a table and writes bench/latest.json.

A benchmark and not a test: it exits 0 whatever it measures. Rows that need the Pulumi CLI say
so where there is none.
"""

import json
import shutil
import tempfile
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path
from statistics import median

from bench.cluster import cluster_rows
from bench.engines import compare_engines, compare_program
from bench.lab_rows import lab_rows
from bench.meshconf import time_meshconf
from bench.reachability import reach_rows
from bench.table import Row, print_table, row
from bench.timing import Spent, compare, cpu_seconds, finish, python_task
from bench.view_rows import view_rows

ROOT = Path(__file__).resolve().parent.parent
RUNS = 5
MESH_SIZES = (50, 100, 200, 400)
CHECK_GOAL = 2.5
PROGRAM_GOAL = 1.15
MESH_GOAL = 3.0
PER_LINK_GOAL = 1.3
RUN_COMMAND = "from cli.start import main; main()"
BARE_IMPORT = "import pydantic, netaddr, yaml; pydantic.create_model('M', a=(int, 1))"


def check_row() -> Row:
    """`la1r check` of prod, with reach, beside bare imports."""
    ours = python_task(str(ROOT), "-c", RUN_COMMAND, "check", "--stack", "prod")
    theirs = python_task(str(ROOT), "-c", BARE_IMPORT)
    value = compare(ours, theirs, cpu_seconds, RUNS)
    return row("la1r check prod", value, CHECK_GOAL, "import pydantic, netaddr, yaml")


def mesh_rows() -> list[Row]:
    """Plan and text of full meshes beside a bare script, and the growth of the cost of one link."""
    rows, per_link = [], {}
    for size in MESH_SIZES:
        ratio, per_link[size] = measure_mesh(size)
        rows.append(
            row(f"full mesh of {size} sites", ratio, MESH_GOAL, "f-strings, same files and bytes")
        )
    for small, large in pairwise(MESH_SIZES):
        growth = per_link[large] / per_link[small]
        rows.append(row(f"cost per link, {large} sites", growth, PER_LINK_GOAL, f"{small} sites"))
    return rows


def measure_mesh(size: int) -> tuple[float, float]:
    """(Our time / bare time, our seconds per link), without start-up and imports of either."""
    links = size * (size - 1) / 2
    pairs = []
    for _ in range(RUNS):
        with tempfile.TemporaryDirectory() as folder:
            written, ours = run_mesh("mesh.py", str(size), folder)
        with tempfile.TemporaryDirectory() as folder:
            _, bare = run_mesh("bare_mesh.py", str(size), folder, *written)
            pairs.append((ours, bare))
    ratio = median(ours / bare for ours, bare in pairs)
    return ratio, min(ours for ours, _ in pairs) / links


def run_mesh(script: str, *arguments: str) -> tuple[list[str], float]:
    """Run one of the two scripts; (bytes and files, CPU seconds), as it prints them."""
    task = python_task(str(ROOT), str(ROOT / "bench" / script), *arguments)
    *written, seconds = finish(task).split()
    return written, float(seconds)


def meshconf_row() -> Row:
    """Plan and text of a full mesh beside wg-meshconf's text alone, where it is on PATH."""
    program, size = shutil.which("wg-meshconf"), 200
    name, peer = f"full mesh of {size} sites, all files", "wg-meshconf genconfig, keys there"
    if program is None:
        return row(name, None, None, f"{peer} (not on PATH)")
    with tempfile.TemporaryDirectory() as folder:
        _, ours = run_mesh("mesh.py", str(size), folder)
    return row(name, ours / time_meshconf(program, size), None, peer)


def program_rows(found: Spent | None) -> list[Row]:
    """On the clock as a user waits for it, and of processors, which other work disturbs less."""
    name, peer = "whole preview of prod on the CLI", "bare program, same resources"
    return [
        row(name, found and found.clock, PROGRAM_GOAL, peer),
        row(f"{name}, processors", found and found.processors, PROGRAM_GOAL, peer),
    ]


def engine_rows() -> list[Row]:
    """Rows that need the Pulumi CLI; without it they stand in the table unmeasured."""
    goals = {50: 0.4, 1000: 0.35}
    have = shutil.which("pulumi") is not None
    program = compare_program(ROOT, RUNS) if have else None
    rows = program_rows(program)
    for count, goal in goals.items():
        value = compare_engines(ROOT, count, 3) if have else None
        rows.append(row(f"built-in engine, {count} resources", value, goal, "the Pulumi CLI"))
    return rows


def main() -> None:
    """Measure everything."""
    rows = [
        check_row(),
        *reach_rows(ROOT, RUNS),
        *mesh_rows(),
        meshconf_row(),
        *engine_rows(),
        *cluster_rows(ROOT),
        *view_rows(ROOT),
        *lab_rows(),
    ]
    print_table(rows)
    target = ROOT / "bench" / "latest.json"
    target.write_text(json.dumps([asdict(line) for line in rows], indent=2) + "\n")
    if shutil.which("pulumi") is None:
        print("The rows beside the Pulumi CLI need a `pulumi` on PATH and were not measured.")
    if shutil.which("wg-meshconf") is None:
        print("The row beside wg-meshconf needs it on PATH and was not measured.")


if __name__ == "__main__":
    main()
