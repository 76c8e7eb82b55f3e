"""Runs `devices/apply` for one device, outside of any engine -> what came of it."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from devices.reading import Request

SCRIPT = Path("devices") / "apply"
KEYS_STAYED = "keys stayed"


@dataclass(frozen=True, slots=True)
class Applied:
    """What a guarded change came to: in force or not, and what was said of it."""

    device: str
    ok: bool
    said: str
    # Whether a device with nothing in force knew the keys of its peers from earlier.
    keys_stayed: bool = False


def apply_files(folder: Path, request: Request, text: str, *options: str) -> Applied:
    """Bring a device to what the text says, or leave it as it was; options as for devices/apply.

    An interrupt at the terminal reaches the script too, and it takes its change back meanwhile.
    """
    process = subprocess.Popen(
        [folder / SCRIPT, *options, request.device],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **request.environment},
        text=True,
    )
    try:
        printed, said = process.communicate(text)
    except KeyboardInterrupt:
        process.wait()
        raise
    ok, stayed = process.returncode == 0, KEYS_STAYED in printed.splitlines()
    return Applied(request.device, ok, _last_sentence(request, said), stayed)


def _last_sentence(request: Request, said: str) -> str:
    """What was said last: how it ended."""
    lines = [line.removeprefix(f"{request.device}: ") for line in said.splitlines() if line]
    return lines[-1] if lines else "It gave no reason."
