"""What pydantic refuses -> problems in the user's own words and names."""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from pydantic_core import ErrorDetails

from config.limits import explain_limit
from config.positions import join_path
from config.shape import KEY_MARK, Step, field_names, find_field, find_model, written_steps
from config.stackfile import NAMESPACE
from config.suggest import suggest
from terms.problem import Problem, show
from terms.values import TEXT_PATTERN

# Words that name a secret, as a key of its own or with something before them.
SECRET_KEY = re.compile(
    r"(?i).*(?:private[_-]?key|preshared[_-]?key|psk|password|passwd|passphrase|secret|token"
    r"|api[_-]?key|kubeconfig)s?"
)
# What a pattern of the models asks for, in words.
FORMS = {
    "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$": "lower-case letters, digits and hyphens between them",
    "^[a-zA-Z][a-zA-Z0-9_.-]*$": "a letter, then letters, digits, dots, hyphens or underscores",
    TEXT_PATTERN: "one line of text, without characters that nobody sees",
    "^[1-9][0-9]{0,3}[mh]$": "a number of minutes or hours, as 30m or 12h",
    "^[a-z_][a-z0-9_-]*$": "a login name: lower-case letters, digits, hyphens, underscores",
    r"^[0-9]+\.[0-9]+\.[0-9]+$": "a release of three numbers, as 2.9.0",
    r"^[0-9]+(\.[0-9]+)?(m|k|M|G|T|Ki|Mi|Gi|Ti)?$": "a Kubernetes quantity, as 500m, 4 or 8Gi",
    r"^([a-z0-9.-]+/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$": "the key of a label:"
    " letters, digits, hyphens, underscores and dots, 63 at most",
    r"^([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?$": "the value of a label: letters, digits,"
    " hyphens, underscores and dots, 63 at most",
}
# What `uname -m` and labels on boxes call the choices.
OTHER_WORDS = {
    "x86_64": "amd64",
    "aarch64": "arm64",
    "armv7l": "arm",
    "armhf": "arm",
    "10": "10M",
    "100": "100M",
    "1000": "1G",
    "10000": "10G",
}
NAME_FORMS = ("^[a-z0-9]([a-z0-9-]*[a-z0-9])?$", "^[a-zA-Z][a-zA-Z0-9_.-]*$")


class Fault(NamedTuple):
    """One refusal of pydantic with its steps as pydantic and as the user writes them."""

    error: ErrorDetails
    steps: tuple[Step, ...]
    path: str

    @property
    def name(self) -> str:
        """The last name or number on the path."""
        return str(self.steps[-1]) if self.steps else ""

    @property
    def value(self) -> str:
        """The value that was refused, fit for a sentence."""
        return show(self.error["input"])

    def limit(self, name: str) -> object:
        """Read a limit that the refusal names."""
        return self.error.get("ctx", {}).get(name)

    def problem(self, code: str, found: str, consequence: str, fix: str) -> Problem:
        """Make the problem at the path of this fault."""
        return Problem(code, self.path, found, consequence, fix)


def translate(errors: Sequence[ErrorDetails], description: object) -> list[Problem]:
    """Say every refusal in the user's words; `description` is what was refused."""
    return [_translate(error, description) for error in errors]


def write_path(steps: Sequence[Step]) -> str:
    """Write steps as the user would: `la1r:flows[2].from`."""
    path = ""
    for step in steps:
        path = join_path(path, step)
    return f"{NAMESPACE}{path}" if steps else NAMESPACE.rstrip(":")


def _translate(error: ErrorDetails, description: object) -> Problem:
    steps = tuple(step for step in error["loc"] if step != KEY_MARK)
    fault = Fault(error, steps, write_path(written_steps(error["loc"], description)))
    return SENTENCES.get(error["type"], _say_unfit)(fault)


def _say_refused(fault: Fault) -> Problem:
    said = {name: str(fault.limit(name)) for name in ("code", "found", "consequence", "fix")}
    return fault.problem(**said)


def _say_missing(fault: Fault) -> Problem:
    if len(fault.steps) == 1:
        return fault.problem(
            "E-YML-10",
            f"nothing is written about {fault.name}",
            "there is no network to plan",
            f"write `{NAMESPACE}{fault.name}:` below `config:`; Pulumi.dev.yaml is a small example",
        )
    field = find_field(fault.steps)
    meaning = field.description if field and field.description else "what it is"
    return fault.problem(
        "E-YML-10",
        f"{fault.name} is not written",
        f"there is no default for it: {meaning}",
        f"add `{fault.name}: ...`",
    )


def _say_unknown_key(fault: Fault) -> Problem:
    model = find_model(fault.steps[:-1])
    if SECRET_KEY.fullmatch(fault.name):
        return say_secret_key(fault.path, fault.name)
    return fault.problem(
        "E-YML-11",
        f"{show(fault.name)} is no key of this record",
        "it would have no effect",
        suggest(fault.name, field_names(model) if model else ()),
    )


def say_secret_key(path: str, name: str) -> Problem:
    """Refuse a key that names a secret, and never show its value."""
    return Problem(
        "E-SEC-01",
        path,
        f"{show(name)} names a secret",
        "everyone who can read this file would have it",
        "delete it here and change it where it was used; keys are made on the devices, and a"
        f" secret has a key of its own: `pulumi config set --secret {NAMESPACE}NAME`",
    )


def _say_text(fault: Fault) -> Problem:
    plain = isinstance(fault.error["input"], int | float)
    return fault.problem(
        "E-YML-12",
        f"{fault.value} stands where a text is due",
        "it cannot be read without guessing",
        f'quote it: "{fault.value}"' if plain else "write one text, in quotes if in doubt",
    )


def _due(code: str, due: str, fix: str) -> Callable[[Fault], Problem]:
    def say(fault: Fault) -> Problem:
        return fault.problem(
            code,
            f"{fault.value} stands where {due} is due",
            "it cannot be read without guessing",
            fix,
        )

    return say


def _say_form(fault: Fault) -> Problem:
    pattern = str(fault.limit("pattern"))
    form = FORMS.get(pattern, "what docs/configuration.md says of this key")
    if pattern in NAME_FORMS:
        return fault.problem(
            "E-NAM-01",
            f"{fault.value} has characters that no name may have here, or none at all",
            "devices or the cluster would refuse it",
            f"write {form}",
        )
    return fault.problem(
        "E-YML-17",
        f"{fault.value} is not written in the form that is due",
        "who reads it would see something else than a program does"
        if pattern == TEXT_PATTERN
        else "devices or the cluster would refuse it",
        f"write {form}",
    )


def _say_too_long(fault: Fault) -> Problem:
    text = str(fault.error["input"])
    return fault.problem(
        "E-NAM-02",
        f"{fault.value} is {len(text)} characters long, {fault.limit('max_length')} are allowed",
        "devices, DNS or the cluster would refuse it",
        f"shorten it to {fault.limit('max_length')} characters or fewer",
    )


def _say_too_short(fault: Fault) -> Problem:
    return fault.problem(
        "E-YML-18",
        f"{fault.value} is too short",
        "nobody who reads it later would know the reason",
        f"write {fault.limit('min_length')} characters or more",
    )


def _say_too_few(fault: Fault) -> Problem:
    return fault.problem(
        "E-YML-19",
        f"{fault.name} is empty",
        "there is nothing to plan from",
        f"write {fault.limit('min_length')} entry or more",
    )


def _beyond(limit: str, found: str, fix: str) -> Callable[[Fault], Problem]:
    def say(fault: Fault) -> Problem:
        return fault.problem(
            "E-YML-20",
            f"{fault.value} is {found} {fault.limit(limit)}",
            explain_limit(fault.name),
            f"write a number {fix} {fault.limit(limit)}",
        )

    return say


def _say_choice(fault: Fault) -> Problem:
    choices = re.findall("'([^']*)'", str(fault.limit("expected")))
    given = fault.error["input"]
    listed = f"choose one of: {', '.join(choices)}"
    word = str(given).lower() if isinstance(given, str | int) else ""
    near = suggest(OTHER_WORDS.get(word, word), choices)
    fix = f"{near} {listed}" if near.startswith("did") else listed
    if fault.name == "arch":
        return fault.problem(
            "E-CLU-01",
            f"{fault.value} is no architecture that Weave Net has images for",
            "the node would stay without a pod network",
            fix,
        )
    return fault.problem(
        "E-YML-21", f"{fault.value} is not one of the choices", "it has no meaning here", fix
    )


def _say_unfit(fault: Fault) -> Problem:
    return fault.problem(
        "E-YML-22",
        f"{fault.value} does not fit here",
        "it cannot be read",
        "see docs/configuration.md for what this key takes",
    )


def _say_mapping(fault: Fault) -> Problem:
    link = re.search(r"\.(?:cables|wireless)\[[0-9]+\]$", fault.path)
    fix = (
        "write both ends in brackets: [gateway/lan1, server/eth0]"
        if link
        else "write keys and values, indented below this key"
    )
    return _due("E-YML-15", "a mapping", fix)(fault)


def _say_list(fault: Fault) -> Problem:
    given = fault.error["input"]
    alone = isinstance(given, str) and given and show(given) == f"'{given}'"
    fix = f"write it in brackets: [{given}]" if alone else "write the items in brackets: [a, b]"
    return _due("E-YML-16", "a list", fix)(fault)


_say_too_small = _beyond("ge", "below", "from")
_say_too_large = _beyond("le", "above", "up to")
_say_number = _due("E-YML-13", "a whole number", "write digits alone, without quotes")
_say_flag = _due("E-YML-14", "true or false", "write true or false, without quotes")

SENTENCES: dict[str, Callable[[Fault], Problem]] = {
    "refused": _say_refused,
    "missing": _say_missing,
    "extra_forbidden": _say_unknown_key,
    "string_type": _say_text,
    "int_type": _say_number,
    "bool_type": _say_flag,
    "dict_type": _say_mapping,
    "model_type": _say_mapping,
    "model_attributes_type": _say_mapping,
    "tuple_type": _say_list,
    "string_pattern_mismatch": _say_form,
    "string_too_long": _say_too_long,
    "string_too_short": _say_too_short,
    "too_short": _say_too_few,
    "greater_than_equal": _say_too_small,
    "less_than_equal": _say_too_large,
    "enum": _say_choice,
    "literal_error": _say_choice,
}
