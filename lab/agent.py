"""Runs an SSH agent for a lab's operator, for as long as a `with` block lasts."""

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def run_agent(key: Path) -> Iterator[str]:
    """Run an SSH agent that holds a lab's key, and give its socket."""
    said = subprocess.run(["ssh-agent", "-s"], capture_output=True, text=True, check=True).stdout
    found = dict(re.findall(r"(SSH_\w+)=([^;]+)", said))
    try:
        environment = {**os.environ, **found}
        subprocess.run(["ssh-add", "-q", str(key)], env=environment, check=True)
        yield found["SSH_AUTH_SOCK"]
    finally:
        os.kill(int(found["SSH_AGENT_PID"]), 15)
