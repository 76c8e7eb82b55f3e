"""What a killed run of the Pulumi CLI had begun to make, and what became of it since."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field

from pulumi.automation import EngineEvent, OpType

# The CLI's own words in a warning that it repeats until the operation has left the state.
_BEGUN = re.compile(r"^ *\* (?P<urn>urn:pulumi:.*), interrupted while creating$", re.MULTILINE)
_GONE: Collection[OpType] = frozenset(
    (OpType.DELETE, OpType.DELETE_REPLACED, OpType.DISCARD, OpType.DISCARD_REPLACED)
)


@dataclass(slots=True)
class Unfinished:
    """Listens to a run that makes again what an earlier one had begun to make."""

    begun: set[str] = field(default_factory=set)
    _there: set[str] = field(default_factory=set)

    def note(self, event: EngineEvent) -> None:
        """Remember what the CLI warns of, and what there is once its step has ended."""
        if event.diagnostic_event:
            self.begun.update(_BEGUN.findall(event.diagnostic_event.message))
        ended = event.res_outputs_event
        if ended and OpType(ended.metadata.op) not in _GONE:
            self._there.add(ended.metadata.urn)

    @property
    def is_made(self) -> bool:
        """Whether there was something, and all of it is there and recorded by now."""
        return bool(self.begun) and self.begun <= self._there
