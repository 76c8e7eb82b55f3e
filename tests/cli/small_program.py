"""A stack without devices whose program touches nothing but its own folder."""

import shutil
import subprocess
from pathlib import Path

PASSPHRASE = "correct horse battery"  # noqa: S105  # of states that only tests use
HUSH = "no-one-may-read-this"

DESCRIPTION = """\
config:
  la1r:sites:
    home: {id: 1, circuit: {kind: cgnat}, prefixes: {lan: {cidr: 192.168.10.0/24, role: user}}}
"""
_PROGRAM = """\
import pulumi
from pulumi_command import local

hush = pulumi.Output.secret("HUSH")
made = local.Command("made", create="CREATE", stdin=hush, delete="rm made")
pulumi.export("told", "well done")
pulumi.export("hush", made.stdout)
"""
CREATE = "cat; touch made"


def write_program(project: Path, create: str = CREATE) -> None:
    """Write description and program; the command to create is given a secret."""
    (project / "Pulumi.dev.yaml").write_text(DESCRIPTION)
    program = _PROGRAM.replace("HUSH", HUSH).replace("CREATE", create)
    (project / "__main__.py").write_text(program)


def pulumi(*arguments: str) -> str:
    """Run the Pulumi CLI itself, which has to end well."""
    program = shutil.which("pulumi")
    assert program is not None
    line = [program, "--non-interactive", *arguments]
    result = subprocess.run(line, check=False, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout
