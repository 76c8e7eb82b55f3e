"""A network in the router lab: how long deployments take, and how often devices are dialled."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from bench.table import Row, limit
from lab.agent import run_agent
from lab.demands import find_lacks
from lab.la1r import describe_la1r
from lab.laboratory import Lab, run_lab
from lab.project import BUILT_IN, Description, LabProject, open_project

ROUTER = "home-gateway"
# A chain of its own that drops nothing: it only counts who begins to talk to sshd.
COUNTER = """
table inet bench {
    counter dialled { }
    chain input {
        type filter hook input priority -300; policy accept;
        tcp dport 22 tcp flags & (syn | ack) == syn counter name dialled
    }
}
"""
LAB = "in the router lab: 4 sites, 5 devices"


def lab_rows() -> list[Row]:
    """Seconds of deployments and connections to a router; unmeasured where no lab can run."""
    if find_lacks():
        return [
            limit(name, None, unit, goal, LAB)
            for name, unit, goal in (
                ("lab, from nothing to deployed", "s", None),
                ("up with no change", "s", None),
                ("SSH connections a router, preview", "", 0),
                ("SSH connections a router, no change", "", 1),
                ("SSH connections a router, changed", "", 5),
            )
        ]
    return _measure()


def _measure() -> list[Row]:
    began = time.monotonic()
    with _deployed() as project:
        ready = time.monotonic() - began
        project.lab[ROUTER].run("nft", "-f", "-", text=COUNTER)
        preview = _dialled_by(project, "preview")[0]
        unchanged, seconds = _dialled_by(project, "up", "--yes", "--engine", BUILT_IN)
        project.change(_add_reservation)
        changed = _dialled_by(project, "up", "--yes", "--engine", BUILT_IN)[0]
    return [
        limit("lab, from nothing to deployed", ready, "s", None, LAB),
        limit("up with no change", seconds, "s", None, LAB),
        limit("SSH connections a router, preview", preview, "", 0, LAB),
        limit("SSH connections a router, no change", unchanged, "", 1, LAB),
        limit("SSH connections a router, changed", changed, "", 5, LAB),
    ]


@contextmanager
def _deployed() -> Iterator[LabProject]:
    with (
        run_lab(describe_la1r()) as lab,
        run_agent(lab.client_key) as agent,
        open_project(lab, agent) as project,
    ):
        _run(project, "up", "--yes", "--engine", BUILT_IN)
        yield project


def _dialled_by(project: LabProject, *arguments: str) -> tuple[int, float]:
    """(Connections that a router saw, seconds) of one command."""
    before, began = _count(project.lab), time.monotonic()
    _run(project, *arguments)
    return _count(project.lab) - before, time.monotonic() - began


def _run(project: LabProject, *arguments: str) -> None:
    done = project.la1r(*arguments)
    if done.returncode != 0:
        raise RuntimeError(done.stdout + done.stderr)


def _count(lab: Lab) -> int:
    listed = lab[ROUTER].run("nft", "list", "counter", "inet", "bench", "dialled").split()
    return int(listed[listed.index("packets") + 1])


def _add_reservation(config: Description) -> None:
    lan = config["la1r:sites"]["home"]["prefixes"]["lan"]["dhcp"]
    scanner = {"mac": "02:00:00:00:01:21", "address": "192.168.1.21"}
    lan["reservations"] = {"scanner": scanner}
