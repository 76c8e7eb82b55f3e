"""The command's first lines: whatever is imported after them may be interrupted."""

import sys

from cli.exits import Exit
from plan.memory import expect_lasting_values


def main() -> None:
    """Run the command; an interrupt while it is still being loaded ends it with a word, too."""
    expect_lasting_values()
    try:
        from cli.main import main as run_command

        run_command()
    except KeyboardInterrupt:
        # Written by hand: what prints everything else may not be loaded yet.
        sys.stderr.write("interrupted\n")
        sys.exit(Exit.INTERRUPTED)
