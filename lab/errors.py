"""What can go wrong with a lab, with the facts kept apart from the sentence."""

from collections.abc import Sequence


class LabError(RuntimeError):
    """Anything about a lab that did not work."""


class LabUnavailableError(LabError):
    """This computer cannot run a lab; everything it lacks is named."""

    def __init__(self, lacks: Sequence[str], what: str = "The router lab") -> None:
        super().__init__(f"{what} cannot run here: {'; '.join(lacks)}.")
        self.lacks = tuple(lacks)


class CommandError(LabError):
    """A command, on a machine or around the lab, that ended badly or not in time."""

    def __init__(self, place: str, command: Sequence[str], outcome: str, output: str) -> None:
        super().__init__(f"{place}: `{' '.join(command)}` {outcome}\n{output}".rstrip())
        self.outcome = outcome
        self.output = output


class BootError(LabError):
    """A machine that did not come up, with the end of its console."""

    def __init__(self, machine: str, console: str) -> None:
        super().__init__(f"{machine} did not boot. The end of its console:\n{console}")
        self.machine = machine
        self.console = console


class MachineDownError(LabError):
    """Something was asked of a machine that is not running."""

    def __init__(self, machine: str) -> None:
        super().__init__(f"{machine} is not running.")
        self.machine = machine
