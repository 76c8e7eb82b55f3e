"""Stands before ssh on an operator's PATH: stops a deployment at a boundary of a step on a device.

A boundary is before or after a connection that has a device do something. The first one that was
not stopped at yet waits until it is opened; whoever deploys can be killed meanwhile.
"""

import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

# Reading devices back is no step, and goes by another script.
_SHIM = """\
#!/bin/sh
PATH='{path}' folder='{folder}'
verb=$(printf '%s' "$*" | sed -n 's|.*/etc/la1r/bin/[0-9a-f]* \\([a-z]*\\).*|\\1|p')
stop() {{
    place="$folder/seen/$1 $verb"
    case $(cat "$folder/shut" 2>/dev/null) in
    any | "$1 $verb $LA1R_HOST") ;;
    *) return 0 ;;
    esac
    [ -n "$verb" ] && mkdir "$place" 2>/dev/null || return 0
    # One alone is stopped, and the others go on.
    mv "$folder/shut" "$folder/stopped" 2>/dev/null || {{ rmdir "$place"; return 0; }}
    until [ -e "$folder/open" ]; do sleep 0.05; done
}}
stop before
ssh "$@"
code=$?
stop after
exit "$code"
"""
SECONDS = 120.0
_PAUSE = 0.02


@dataclass(frozen=True, slots=True)
class Gate:
    """The folder that stands first on the operator's PATH, and what it knows."""

    folder: Path
    # What stands behind it.
    path: str

    @property
    def seen(self) -> set[str]:
        """Boundaries at which a deployment was stopped: `before activate`."""
        return {each.name for each in (self.folder / "seen").iterdir()}

    def shut(self, place: str = "any") -> None:
        """Stop at the next boundary that was not stopped at yet, or at one: `before stage HOST`."""
        (self.folder / "open").unlink(missing_ok=True)
        (self.folder / "stopped").unlink(missing_ok=True)
        (self.folder / "shut").write_text(place)

    def open(self) -> None:
        """Let go on what waits, and everything that comes."""
        (self.folder / "shut").unlink(missing_ok=True)
        (self.folder / "open").touch()

    def await_stop(self, process: subprocess.Popen[str]) -> bool:
        """Wait until a deployment stands at a boundary; whether it does, or has ended before."""
        deadline = time.monotonic() + SECONDS
        while not (self.folder / "stopped").exists():
            if process.poll() is not None:
                return False
            assert time.monotonic() < deadline, f"neither stopped nor ended; seen: {self.seen}"
            time.sleep(_PAUSE)
        return True


def build_gate(folder: Path) -> Gate:
    """Put the program that stands before ssh into a new folder."""
    (folder / "seen").mkdir(parents=True)
    shim = folder / "ssh"
    path = os.environ["PATH"]
    shim.write_text(_SHIM.format(path=path, folder=folder))
    shim.chmod(0o755)
    return Gate(folder, path)
