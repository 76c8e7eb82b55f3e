"""Makes a lab in a process of its own, for tests that kill it.

Run by path: prints one line of JSON (lab number, processes), then waits. With `fork` it first
leaves a child behind that holds all it has open.
"""

import json
import os
import signal
import sys
from contextlib import suppress

from lab.laboratory import run_lab
from lab.topology import Segment, Topology, host

PAIR = Topology(
    "pair",
    (Segment("lan"),),
    (host("one", "lan", "192.0.2.1/24"), host("two", "lan", "192.0.2.2/24")),
)


def main() -> None:
    """Make the lab and wait to be killed, politely (SIGTERM) or not."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with suppress(KeyboardInterrupt), run_lab(PAIR) as lab:
        child = os.fork() if "fork" in sys.argv else None
        if child != 0:
            pids = [machine.pid for machine in lab.machines.values()]
            said = {"number": lab.slot.number, "pids": pids, "child": child}
            sys.stdout.write(json.dumps(said) + "\n")
            sys.stdout.flush()
        signal.pause()


if __name__ == "__main__":
    main()
