"""Text of a YAML file -> plain values, with the position of every path and every fault of form."""

from collections.abc import Callable, Iterator

import yaml
from msgspec import Struct, field

from config.positions import Mark, Positions, join_path
from config.scalars import find_disagreement, read_plain
from terms.problem import Position, Problem, show

# No description is deeper than 12; Python's stack ends near 1000.
MAX_DEPTH = 50
# Aliases of aliases grow without end; 400 sites make about 40 000 values.
MAX_VALUES = 1_000_000
# libyaml, which go-yaml is a port of; the same in Python where it was not compiled in.
Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

REPAIR = "repair this line or the one before it: a colon, a bracket, a quote or the indentation"

Join = Callable[[str, str | int], str]


class UnreadableError(Exception):
    """The file holds something that no description has, and is read no further."""

    def __init__(self, mark: Mark, found: str, fix: str) -> None:
        super().__init__(found)
        self.mark = mark
        self.found = found
        self.fix = fix


class Tree(Struct):
    """A file as plain values; what was wrong with its form stands in `problems`."""

    file: str
    root: object = None
    keys: dict[str, Mark] = field(default_factory=dict)
    values: dict[str, Mark] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def positions(self) -> Positions:
        """Give the positions of the whole file."""
        return Positions(self.file, self.keys, self.values)


def read_tree(text: str, file: str, join: Join = join_path) -> Tree:
    """Read one YAML document; a fault of syntax ends the reading and is a problem like others."""
    tree = Tree(file)
    reader = _Reader(tree, yaml.parse(text, Loader=Loader), join)
    try:
        tree.root = reader.read_document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = (mark.line, mark.column) if mark else (0, 0)
        if _is_tab(text, place):
            reader.refuse_syntax(place, "a tab stands where spaces are due", "indent with spaces")
        else:
            reader.refuse_syntax(place, f"{_in_words(error.problem)}{_begun(error)}", REPAIR)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position)
        reader.refuse_syntax(
            (line, 0),
            f"the character {error.character:#x} is not allowed in YAML",
            "delete it; it may be invisible in an editor",
        )
    except UnreadableError as error:
        reader.refuse_syntax(error.mark, error.found, error.fix)
    return tree


class _Reader:
    """Turns the events of the parser into values, and notes where each stands."""

    def __init__(self, tree: Tree, events: Iterator[yaml.Event], join: Join) -> None:
        self.tree = tree
        self.events = events
        self.join = join
        self.anchors: dict[str, tuple[object, int]] = {}
        self.count = 0

    def read_document(self) -> object:
        """Read the only document of the file; None when it is empty."""
        next(self.events)
        if isinstance(next(self.events), yaml.StreamEndEvent):
            return None
        root = self.read(next(self.events), "", 0)
        next(self.events)
        second = next(self.events)
        if not isinstance(second, yaml.StreamEndEvent):
            raise UnreadableError(
                _mark(second),
                "a second document begins here",
                "delete the line `---`, or move what follows into a file of its own",
            )
        return root

    def read(self, event: yaml.Event, path: str, depth: int) -> object:
        """Read the value that begins with this event."""
        self.tree.values.setdefault(path, _mark(event))
        self.count += 1
        if depth > MAX_DEPTH:
            raise UnreadableError(
                _mark(event),
                f"values stand over {MAX_DEPTH} deep in each other",
                "take brackets away: no key of a description is that deep",
            )
        before = self.count
        value = self.read_kind(event, path, depth)
        if isinstance(event, yaml.NodeEvent) and event.anchor:
            self.anchors[event.anchor] = (value, self.count - before + 1)
        return value

    def read_kind(self, event: yaml.Event, path: str, depth: int) -> object:
        """Read a mapping, a list, a scalar or an alias."""
        match event:
            case yaml.ScalarEvent():
                return self.read_scalar(event, path)
            case yaml.MappingStartEvent():
                self.refuse_tag(event, path)
                return self.read_mapping(path, depth + 1)
            case yaml.SequenceStartEvent():
                self.refuse_tag(event, path)
                return self.read_list(path, depth + 1)
            case yaml.AliasEvent():
                return self.read_alias(event)
        raise TypeError(event)

    def read_alias(self, event: yaml.AliasEvent) -> object:
        """Give the value of an anchor; it is unknown while it is still being read."""
        if event.anchor not in self.anchors:
            raise UnreadableError(
                _mark(event),
                f"*{event.anchor} names no value written before it",
                f"write &{event.anchor} at a value further up, or quote the text if it is none",
            )
        value, size = self.anchors[event.anchor]
        self.count += size
        if self.count > MAX_VALUES:
            raise UnreadableError(
                _mark(event),
                f"aliases repeat more than {MAX_VALUES} values",
                "write the values out, without aliases of aliases",
            )
        return value

    def read_list(self, path: str, depth: int) -> list[object]:
        """Read the items of a list."""
        items: list[object] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self.read(event, self.join(path, len(items)), depth))
        return items

    def read_mapping(self, path: str, depth: int) -> dict[str, object]:
        """Read the entries of a mapping; of two equal keys the first stays."""
        entries: dict[str, object] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self.read_key(event, path, depth)
            here = self.join(path, key)
            mark = _mark(event)
            first = self.tree.keys.setdefault(here, mark)
            following = next(self.events)
            if isinstance(following, yaml.ScalarEvent) and (following.value or following.style):
                self.tree.values.setdefault(here, _mark(following))
            self.tree.values.setdefault(here, mark)
            value = self.read(following, here, depth)
            if key in entries:
                self.refuse_second(here, first, mark)
            entries.setdefault(key, value)
        return entries

    def read_key(self, event: yaml.Event, path: str, depth: int) -> str:
        """Read a key, which has to be text to every reader."""
        text = str(event.value) if isinstance(event, yaml.ScalarEvent) else "?"
        key = self.read_kind(event, self.join(path, text), depth)
        if not isinstance(key, str):
            self.refuse(
                "E-YML-04",
                (self.join(path, text), _mark(event)),
                f"the key {show(text)} is not text",
                "readers turn it into different keys",
                f'quote it: "{text}"' if text != "?" else "write a plain name before the colon",
            )
        return text

    def read_scalar(self, event: yaml.ScalarEvent, path: str) -> object:
        """Read a scalar; one that readers disagree about is refused, and kept as text."""
        text: str = event.value
        self.refuse_tag(event, path)
        if event.style or event.tag:
            return text
        readings = find_disagreement(text)
        if readings is None:
            return read_plain(text)
        self.refuse(
            "E-YML-03",
            (path, _mark(event)),
            f"{text} is {readings}",
            "the network would depend on who reads the file",
            f'quote it: "{text}"' + _other_way(text),
        )
        return text

    def refuse_tag(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent, path: str) -> None:
        """Refuse a written tag: readers know different ones."""
        if event.tag:
            self.refuse(
                "E-YML-05",
                (path, _mark(event)),
                f"the tag {show(event.tag)} stands before a value",
                "readers know different tags",
                "remove the tag, and quote the value if it is text",
            )

    def refuse_second(self, path: str, first: Mark, second: Mark) -> None:
        """Refuse a key that was there before."""
        self.refuse(
            "E-YML-02",
            (path, second),
            f"the key is written a second time; it stands on line {first[0] + 1} already",
            "one of the two would be dropped without a word",
            "rename one of them, or join what they hold",
        )

    def refuse_syntax(self, mark: Mark, found: str, fix: str) -> None:
        """Refuse a file that cannot be read to its end."""
        self.refuse(
            "E-YML-01",
            ("", mark),
            found,
            "the file cannot be read beyond this place, so nothing in it was checked",
            fix,
        )

    def refuse(
        self, code: str, where: tuple[str, Mark], found: str, consequence: str, fix: str
    ) -> None:
        """Note a problem at a path and a place."""
        path, (line, column) = where
        position = Position(self.tree.file, line + 1, column + 1)
        problem = Problem(code, path or self.tree.file, found, consequence, fix, position=position)
        self.tree.problems.append(problem)


def _is_tab(text: str, place: Mark) -> bool:
    line = text.split("\n")[place[0]] if place[0] <= text.count("\n") else ""
    return line[: place[1] + 1].endswith("\t")


def _in_words(problem: str | None) -> str:
    """What the parser stumbled over, without its own `found` before it."""
    return (problem or "something that is no YAML").removeprefix("found ")


def _begun(error: yaml.MarkedYAMLError) -> str:
    """Say what was being read, and where it began: often the fault is there."""
    if not (error.context and error.context_mark):
        return ""
    return f", {error.context} that begins on line {error.context_mark.line + 1}"


def _other_way(text: str) -> str:
    """Offer what else could be meant than the text."""
    if text.isalpha():
        return ", or write true or false"
    number = text[:1].isdigit() and not any(mark in text for mark in ":-")
    return ", or write a plain decimal number" if number else ""


def _mark(event: yaml.Event) -> Mark:
    mark = event.start_mark
    return (mark.line, mark.column) if mark else (0, 0)
