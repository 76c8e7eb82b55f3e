"""The same clusters before our evaluator and before network-config-analyzer."""

import hashlib
import json
import os
import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest

from reach.cluster_objects import read_cluster
from reach.pod_matrix import PodMatrix
from reach.policies import PeerEnd
from reach.portset import NAMELESS_PROTOCOLS, SCTP, PortSet, read_ports

HERE = Path(__file__).parent
# By the number of the protocol; 99 stands for all that no policy can name.
NUMBERED = {6: "tcp", 17: "udp", 132: SCTP}
NAMED = {1: read_ports(["icmp"]), 99: read_ports(["esp", NAMELESS_PROTOCOLS])}
# A case takes milliseconds; two hundred pods with eight hundred policies take minutes.
MINUTES = 15

Case = dict[str, Any]
Pairs = dict[tuple[str, str], PortSet]


def analyzer_python() -> Path:
    """The interpreter that has the analyzer; skips the test where it is not installed."""
    found = find_analyzer()
    if found is None:
        pytest.skip("network-config-analyzer is not installed: run tests/analyzer/install")
    return found


def find_analyzer() -> Path | None:
    """The interpreter that has the analyzer in the release that is locked here, if there is one."""
    locked = hashlib.sha256((HERE / "requirements.txt").read_bytes()).hexdigest()[:12]
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = caches / "la1r" / f"analyzer-{locked}"
    return folder / "bin" / "python" if (folder / "complete").exists() else None


def case_of(objects: list[dict[str, Any]], addresses: Iterable[str]) -> Case:
    """A cluster with the addresses outside that are asked for."""
    return {"objects": objects, "addresses": list(addresses)}


def their_answers(cases: list[Case]) -> list[dict[str, Any]]:
    """What the analyzer says to all cases, in one process."""
    python = analyzer_python()
    with tempfile.TemporaryDirectory() as folder:
        asked, answered = Path(folder, "cases"), Path(folder, "answers")
        asked.write_text("".join(json.dumps(case) + "\n" for case in cases))
        subprocess.run(
            [python, HERE / "connectivity.py", asked, answered],
            check=True,
            capture_output=True,
            text=True,
            timeout=MINUTES * 60,
        )
        return [json.loads(line) for line in answered.read_text().splitlines()]


def their_pairs(answer: Mapping[str, Any]) -> Pairs:
    """An answer pair by pair; what a pod says to itself is no question of policies."""
    found: Pairs = defaultdict(PortSet)
    for source, target, protocol, first, last in answer["open"]:
        if source != target:
            found[source, target] |= _ports(protocol, first, last)
    return dict(found)


@cache
def _ports(protocol: int, first: int, last: int) -> PortSet:
    if protocol in NAMED:
        return NAMED[protocol]
    return PortSet.spanning(NUMBERED[protocol], first, last)


def our_pairs(case: Case) -> Pairs:
    """What our evaluator says, of policies that could be read."""
    found = read_cluster(case["objects"])
    ends: dict[str, PeerEnd] = dict(found.pods)
    ends |= {text: int(IPv4Address(text)) for text in case["addresses"]}
    pairs = PodMatrix(ends, found.policies).open_pairs()
    return {(source, target): ports for source, target, ports in pairs}
