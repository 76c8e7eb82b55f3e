"""What is generated from the models is fresh: schema, configuration reference, list of problems."""

import json

from config.network import Network
from config.reference import write_configuration, write_problems
from config.schema import write_schema
from tests.golden import REPOSITORY, Golden


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


def test_every_key_of_the_description_is_explained() -> None:
    unexplained = [line for line in write_configuration().splitlines() if line.endswith("|  |")]

    assert not unexplained


def test_stack_files_name_the_schema_to_editors() -> None:
    files = list(REPOSITORY.glob("Pulumi.*.yaml"))

    assert files
    for path in files:
        first = path.read_text().splitlines()[0]
        assert first == "# yaml-language-server: $schema=config/schema.json"
