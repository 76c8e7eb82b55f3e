"""What is generated from the models is fresh: schema, configuration reference, list of problems."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from config.network import Network
from config.reference import write_configuration, write_problems
from config.schema import Schema, build_schema, write_schema
from tests.golden import REPOSITORY, Golden

SCHEMA = build_schema()


def test_the_schema_is_that_of_the_models(golden: Golden) -> None:
    golden(REPOSITORY / "config" / "schema.json", write_schema())


def test_the_configuration_reference_is_that_of_the_models(golden: Golden) -> None:
    golden(REPOSITORY / "docs" / "configuration.md", write_configuration())


def test_the_list_of_problems_is_that_of_the_registry(golden: Golden) -> None:
    golden(REPOSITORY / "docs" / "problems.md", write_problems())


def test_the_schema_has_every_area_under_its_full_key() -> None:
    areas = json.loads(write_schema())["properties"]["config"]["properties"]

    assert set(areas) == {f"la1r:{name}" for name in Network.model_fields}


def test_every_reference_of_the_schema_leads_somewhere() -> None:
    text = write_schema()
    named = {part.split('"')[0] for part in text.split('"#/$defs/')[1:]}

    assert named <= set(json.loads(text)["$defs"])


def parts_with_default(node: object, path: str = "") -> Iterator[tuple[str, Schema]]:
    if isinstance(node, dict):
        if "default" in node:
            yield path, node
        for key, part in node.items():
            yield from parts_with_default(part, f"{path}/{key}")
    elif isinstance(node, list):
        for index, part in enumerate(node):
            yield from parts_with_default(part, f"{path}/{index}")


@pytest.mark.parametrize(
    "part",
    [pytest.param(part, id=path) for path, part in parts_with_default(SCHEMA)],
)
def test_every_default_is_what_its_own_key_takes(part: Schema) -> None:
    validator = Draft202012Validator({**part, "$defs": SCHEMA["$defs"]})

    validator.validate(part["default"])


@pytest.mark.parametrize(
    "path", sorted(REPOSITORY.glob("Pulumi.*.yaml")), ids=lambda path: path.name
)
def test_editors_find_nothing_wrong_with_the_stack_files(path: Path) -> None:
    validator = Draft202012Validator(SCHEMA)

    validator.validate(yaml.safe_load(path.read_text()))


def test_the_schema_refuses_a_key_that_nothing_reads() -> None:
    validator = Draft202012Validator(SCHEMA)
    described = {"config": {"la1r:sites": {"home": {"id": 1, "circus": {"kind": "static"}}}}}

    assert not validator.is_valid(described)


def test_every_key_of_the_description_is_explained() -> None:
    unexplained = [line for line in write_configuration().splitlines() if line.endswith("|  |")]

    assert not unexplained


def test_stack_files_name_the_schema_to_editors() -> None:
    files = list(REPOSITORY.glob("Pulumi.*.yaml"))

    assert files
    for path in files:
        first = path.read_text().splitlines()[0]
        assert first == "# yaml-language-server: $schema=config/schema.json"
