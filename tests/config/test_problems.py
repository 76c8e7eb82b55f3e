"""Holds every problem to its text, and every rule to a case it refuses and one it accepts."""

import re
from pathlib import Path

import pytest

from config.rules import RULES
from config.schema import build_schema
from config.translate import FORMS
from terms.codes import CODES
from terms.values import Ports
from tests.config.cases import BASE, CaseFile, find_problems, read_case_files, report
from tests.golden import REPOSITORY, Golden

CASE_FILES = read_case_files()
RULE_NAMES = {rule.__module__.rpartition(".")[2] for rule in RULES}
TESTS = REPOSITORY / "tests"
CODE = re.compile(r'"([EW]-[A-Z0-9]+-[0-9]{2})"')
DESCRIPTION_ROOMS = ("terms", "config")
LATER_ROOMS = ("plan", "render", "reach", "components", "cli")


def test_the_description_that_cases_change_is_sound(tmp_path: Path) -> None:
    assert find_problems(BASE.read_text(), tmp_path) == ()


@pytest.mark.parametrize("case_file", CASE_FILES, ids=lambda one: one.name)
def test_a_problem_is_said_in_these_words(
    case_file: CaseFile, golden: Golden, tmp_path: Path
) -> None:
    found = {name: find_problems(text, tmp_path) for name, text in case_file.refused.items()}

    golden(f"errors/{case_file.name}.txt", report(found))


@pytest.mark.parametrize(
    ("case_file", "name"), [(one, name) for one in CASE_FILES for name in one.refused]
)
def test_a_faulty_description_is_refused(case_file: CaseFile, name: str, tmp_path: Path) -> None:
    assert find_problems(case_file.refused[name], tmp_path)


@pytest.mark.parametrize(
    ("case_file", "name"), [(one, name) for one in CASE_FILES for name in one.accepted]
)
def test_a_sound_neighbour_is_accepted(case_file: CaseFile, name: str, tmp_path: Path) -> None:
    assert find_problems(case_file.accepted[name], tmp_path) == ()


@pytest.mark.parametrize("rule", sorted(RULE_NAMES))
def test_a_rule_has_a_case_that_it_refuses_and_one_that_it_accepts(rule: str) -> None:
    own = next(one for one in CASE_FILES if one.name == rule)

    assert own.refused
    assert own.accepted


def patterns_in(schema: object) -> set[str]:
    if isinstance(schema, list):
        return {pattern for item in schema for pattern in patterns_in(item)}
    if not isinstance(schema, dict):
        return set()
    own = {schema["pattern"]} if isinstance(schema.get("pattern"), str) else set()
    return own.union(schema.get("patternProperties", {}), *map(patterns_in, schema.values()))


def test_every_form_that_a_text_must_have_is_told_in_words() -> None:
    # Ports say theirs themselves.
    ports = str(Ports.__get_pydantic_json_schema__(None, None)["pattern"])

    assert patterns_in(build_schema()) == {ports, *FORMS}


def test_every_rule_file_is_in_the_list_of_rules() -> None:
    files = {path.stem for path in (REPOSITORY / "config" / "rules").glob("[!_]*.py")}

    assert files == RULE_NAMES


def codes_used_in(*rooms: str) -> set[str]:
    files = [path for room in rooms for path in (REPOSITORY / room).rglob("*.py")]
    return {
        code for path in files if path.name != "codes.py" for code in CODE.findall(path.read_text())
    }


def test_every_code_is_in_the_list_of_problems() -> None:
    assert codes_used_in(*DESCRIPTION_ROOMS, *LATER_ROOMS) == set(CODES)


def test_every_code_is_shown_by_a_case() -> None:
    texts = [path.read_text() for path in BASE.parent.glob("*.txt")]
    shown = {code for text in texts for code in re.findall(r" ([EW]-[A-Z]+-[0-9]{2}) at ", text)}
    # What no stack file on its own can show has a test of its own.
    tested = {code for path in TESTS.rglob("*.py") for code in CODE.findall(path.read_text())}

    assert shown | tested == set(CODES)


@pytest.mark.parametrize(
    ("case_file", "name"),
    [(one, name) for one in CASE_FILES if one.name in RULE_NAMES for name in one.refused],
)
def test_it_is_the_rule_of_that_name_that_refuses(
    case_file: CaseFile, name: str, tmp_path: Path
) -> None:
    rule = (REPOSITORY / "config" / "rules" / f"{case_file.name}.py").read_text()
    own = set(CODE.findall(rule)) | ({"E-REF-01", "E-REF-02"} if "check_device" in rule else set())

    assert own & {problem.code for problem in find_problems(case_file.refused[name], tmp_path)}
