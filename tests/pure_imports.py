"""Imports every module of the named rooms where Pulumi is absent and nothing may be touched.

Run as a program: `python -B -m tests.pure_imports terms config`. It ends 1 at the first module
that imports Pulumi, starts a program, opens a connection or opens a file other than Python's own.
"""

import importlib
import os
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

REPOSITORY = Path(__file__).parent.parent
FORBIDDEN_EVENTS = frozenset(
    {"os.mkdir", "os.posix_spawn", "os.remove", "os.system", "socket.connect", "subprocess.Popen"}
)


class ImportTouchesError(Exception):
    """An import did more than define names."""


class PulumiIsAbsent(MetaPathFinder):
    """Behaves as if no Pulumi package were installed."""

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,  # noqa: ARG002 - the protocol of import hooks names it
        target: ModuleType | None = None,  # noqa: ARG002 - the protocol of import hooks names it
    ) -> ModuleSpec | None:
        """Refuse Pulumi's packages and leave the rest to the finders that follow."""
        if fullname.partition(".")[0].startswith("pulumi"):
            raise ImportTouchesError(f"it imports {fullname}")
        return None


def refuse_touching(event: str, arguments: tuple[object, ...]) -> None:
    """Raise when the interpreter reports something that an import has no business with."""
    if event in FORBIDDEN_EVENTS:
        raise ImportTouchesError(f"it causes {event}{arguments!r}")
    if event == "open" and isinstance(arguments[0], str) and isinstance(arguments[2], int):
        _refuse_open(Path(arguments[0]), arguments[2])


def _refuse_open(path: Path, flags: int) -> None:
    if flags & (os.O_WRONLY | os.O_RDWR):
        raise ImportTouchesError(f"it opens {path} for writing")
    inside = path.is_relative_to(REPOSITORY) and ".venv" not in path.parts
    if inside and path.suffix not in {".py", ".pyc"}:
        raise ImportTouchesError(f"it reads {path.relative_to(REPOSITORY)}")


def name_modules(room: str) -> list[str]:
    """List the dotted names of a room's modules."""
    paths = [path.relative_to(REPOSITORY) for path in sorted((REPOSITORY / room).rglob("*.py"))]
    return [
        ".".join(path.with_suffix("").parts).removesuffix(".__init__")
        for path in paths
        if path.stem != "__main__"
    ]


def main(rooms: Sequence[str]) -> None:
    """Import the rooms' modules one by one."""
    sys.meta_path.insert(0, PulumiIsAbsent())
    sys.addaudithook(refuse_touching)
    for module in (module for room in rooms for module in name_modules(room)):
        try:
            importlib.import_module(module)
        except ImportTouchesError as error:
            sys.exit(f"importing {module} is not pure: {error}")


if __name__ == "__main__":
    main(sys.argv[1:])
