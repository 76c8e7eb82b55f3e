"""Templates that were compiled -> files beside Python's own compiled modules."""

import sys
from contextlib import suppress
from importlib.util import cache_from_source
from pathlib import Path
from pickle import UnpicklingError
from typing import Self

from jinja2 import FileSystemBytecodeCache
from jinja2.bccache import Bucket


class CompiledTemplates(FileSystemBytecodeCache):
    """Keeps what compiling a template gives, which takes six times as long as filling it."""

    def __init__(self, folder: Path, recipe: str) -> None:
        """Keep it in a folder; `recipe` is whatever else than the template changes its code."""
        super().__init__(str(folder), "template-%s.cache")
        self._recipe = recipe

    @classmethod
    def beside(cls, *modules: str) -> Self:
        """Where Python keeps the first of these modules, which hold all options and filters."""
        recipe = "".join(Path(module).read_text("utf-8") for module in modules)
        return cls(Path(cache_from_source(modules[0])).parent, recipe)

    def get_source_checksum(self, source: str) -> str:
        """What is kept serves only the same template, compiled in the same way."""
        return super().get_source_checksum(self._recipe + source)

    def load_bytecode(self, bucket: Bucket) -> None:
        """Read what was kept; a file that was cut off is as good as none."""
        with suppress(EOFError, UnpicklingError):
            super().load_bytecode(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it where Python may keep its own; it is no loss where nothing can be written."""
        if not sys.dont_write_bytecode:
            with suppress(OSError):
                super().dump_bytecode(bucket)
