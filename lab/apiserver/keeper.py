"""Starts the programs of one API server and ends them all when whoever asked for them is gone.

Run as a program of its own, with a folder as its argument. It reads one command a line, as a JSON
list, and answers with the process number. At the end of its input, whatever ended it, the programs
are killed and the folder is removed.
"""

import fcntl
import json
import shutil
import subprocess
import sys
from pathlib import Path

LOCK = "lock"


def keep(folder: Path) -> None:
    """Hold a folder and the programs that work in it until the input ends."""
    running: list[subprocess.Popen[bytes]] = []
    with (folder / LOCK).open("wb") as held:
        # Free again as soon as this process has ended: then the folder is nobody's.
        fcntl.flock(held, fcntl.LOCK_EX)
        try:
            print("ready", flush=True)
            for line in sys.stdin:
                running.append(_start(folder, json.loads(line)))
                print(running[-1].pid, flush=True)
        finally:
            for process in reversed(running):
                process.kill()
                process.wait()
            shutil.rmtree(folder)


def _start(folder: Path, command: list[str]) -> subprocess.Popen[bytes]:
    log = folder / f"{Path(command[0]).name}.log"
    with log.open("wb") as written:
        return subprocess.Popen(
            # The kernel ends it should this process be killed outright.
            ["setpriv", "--pdeathsig", "KILL", "--", *command],
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


if __name__ == "__main__":
    keep(Path(sys.argv[1]))
