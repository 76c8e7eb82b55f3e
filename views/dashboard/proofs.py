"""Verdicts -> a matrix in which every cell, way and step is written once and named by number."""

from collections.abc import Hashable, Iterable, Sequence
from itertools import groupby

from msgspec import Struct, field

from reach.findings import Denial, Part, Step, Verdict
from reach.model import Reach
from reach.portset import TAIL_WORDS, PortSet, read_ports
from reach.rows import reasons_of
from render.manifest import Json
from terms.values import Protocol

INTERNET = "internet"
OPEN, PARTLY, CLOSED, UNENFORCEABLE = "open", "partly", "closed", "not enforceable"


def gather_proofs(reach: Reach) -> dict[str, Json]:
    """The matrix of all evaluated endpoints, with the rule chains behind each cell.

    `rows[s]` holds, for the source `names[s]`, pairs of (how many targets, number of their cell),
    in the order of `names`. The parts of a cell are: verdict; numbers of the ports that are open,
    of those that no rule can close, and of those open by a public address; numbers of reasons, of
    ways, and of what stops the rest. A way has the numbers of its ports and of the address that is
    dialled, 1 where a rule let it through, the number of a reason or -1, and then its steps. A stop
    has the number of its ports and then its steps; a step has its place and what happens there.
    """
    names = [one.endpoint.name for one in reach.standings if one.endpoint.evaluated]
    book = _Book(reach)
    rows = [_shorten([book.cell(source, target) for target in names]) for source in names]
    return {
        "names": names,
        "rows": rows,
        "cells": book.cells.items,
        "ways": book.ways.items,
        "stops": book.stops.items,
        "steps": book.steps.items,
        "ports": book.ports.items,
        "dials": book.dials.items,
        "reasons": book.reasons.items,
    }


def number_protocols() -> dict[str, Json]:
    """The numbers by which sets of ports are compared, of every word that stands for ports."""
    words = dict.fromkeys((*(protocol.value for protocol in Protocol), *TAIL_WORDS))
    return {word: read_ports((word,)).intervals for word in words}


def _shorten(row: list[int]) -> list[int]:
    """Equal neighbours once, with their count before them."""
    return [number for cell, same in groupby(row) for number in (len(list(same)), cell)]


class _Register(Struct):
    """Records in the order in which they came, each once."""

    items: list[Json] = field(default_factory=list)
    numbers: dict[Hashable, int] = field(default_factory=dict)

    def number(self, key: Hashable, record: Json) -> int:
        """The number of the record with that key."""
        found = self.numbers.get(key)
        if found is None:
            found = self.numbers[key] = len(self.items)
            self.items.append(record)
        return found


class _Book(Struct):
    """The registers of one network."""

    reach: Reach
    cells: _Register = field(default_factory=_Register)
    ports: _Register = field(default_factory=_Register)
    dials: _Register = field(default_factory=_Register)
    reasons: _Register = field(default_factory=_Register)
    ways: _Register = field(default_factory=_Register)
    stops: _Register = field(default_factory=_Register)
    steps: _Register = field(default_factory=_Register)
    # Numbers of what verdicts are made of, by which equal verdicts are known.
    parts: dict[Hashable, int] = field(default_factory=dict)
    # Steps that read alike share a number; most are met a hundred times.
    steps_seen: dict[Step, int] = field(default_factory=dict)

    def cell(self, source: str, target: str) -> int:
        """The number of the cell of a pair."""
        verdict = self.reach.verdicts.get((source, target))
        if verdict is None:
            verdict = Verdict(source, target)
        key = self._key(verdict)
        known = self.cells.numbers.get(key)
        return self.cells.number(key, self._write_cell(verdict)) if known is None else known

    def _key(self, verdict: Verdict) -> Hashable:
        """Equal for verdicts that are shown alike; of numbers, for there is one for every pair."""
        number = self.parts.setdefault
        key: list[Hashable] = [verdict.source == INTERNET]
        for part in verdict.parts:
            steps = part.steps if part.fault is None else (*part.steps, part.fault)
            way = (part.ports.intervals, part.dial, part.fault is None, steps)
            key.append(number(way, len(self.parts)))
        for denial in verdict.denials:
            stop = (denial.ports.intervals, denial.dial.public, denial.steps)
            key.append(number(stop, len(self.parts)))
        return tuple(key)

    def _write_cell(self, verdict: Verdict) -> Json:
        why = sorted(set(reasons_of(verdict.working, self.reach.notes)))
        return [
            judge(verdict),
            self._ports(verdict.allowed),
            self._ports(verdict.not_enforceable),
            self._ports(verdict.by_public_address),
            [self.reasons.number(reason, reason) for reason in why],
            list(dict.fromkeys(map(self._way, verdict.working))),
            list(dict.fromkeys(self._stops(verdict))),
        ]

    def _ports(self, ports: PortSet) -> int:
        known = self.ports.numbers.get(ports.intervals)
        return self.ports.number(ports.intervals, ports.texts()) if known is None else known

    def _way(self, part: Part) -> int:
        target, steps = str(part.dial), self._chain(part.steps)
        ports, place = self._ports(part.ports), self.dials.number(target, target)
        # Where nobody was passed, the reason is all that can be said.
        reason = -1 if steps else self.reasons.number(part.reason, part.reason)
        record: Json = [ports, place, int(part.enforced), reason, *steps]
        return self.ways.number((ports, place, reason, *steps), record)

    def _stops(self, verdict: Verdict) -> Iterable[int]:
        """What stops the ports that are closed by every way."""
        closed = PortSet.everything - verdict.allowed
        for denial in (*_faults(verdict), *verdict.denials):
            left = denial.ports & closed
            if not left or (denial.dial.public and verdict.source != INTERNET):
                continue
            record = (self._ports(left), *self._chain(denial.steps))
            yield self.stops.number(record, record)

    def _chain(self, steps: Sequence[Step]) -> list[int]:
        known = self.steps_seen.get
        return [found if (found := known(step)) is not None else self._step(step) for step in steps]

    def _step(self, step: Step) -> int:
        found = self.steps_seen[step] = self._write_step(step)
        return found

    def _write_step(self, step: Step) -> int:
        text = str(step)
        # Where it happens is told apart, for it is lit in the diagrams.
        return self.steps.number(text, [step.place, text[len(step.place) :].lstrip(":, ")])


def judge(verdict: Verdict) -> str:
    """One word for a pair; what no rule can close outweighs everything else."""
    if verdict.not_enforceable:
        return UNENFORCEABLE
    if verdict.allowed == PortSet.everything:
        return OPEN
    return PARTLY if verdict.allowed or verdict.by_public_address else CLOSED


def _faults(verdict: Verdict) -> Iterable[Denial]:
    for part in verdict.parts:
        if part.fault is not None:
            yield Denial(part.ports, part.dial, (*part.steps, part.fault), part.start)
