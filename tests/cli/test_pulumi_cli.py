"""Where the CLI keeps its states is told to it in such a way that a kill leaves them whole."""

import pytest

from cli.pulumi_cli import whole_at_any_moment


@pytest.mark.parametrize(
    ("backend", "told"),
    [
        pytest.param("file:///srv/state", "file:///srv/state?metadata=skip", id="folder"),
        pytest.param("file://~?x=y", "file://~?x=y&metadata=skip", id="folder with options"),
        pytest.param("file://~?metadata=", None, id="somebody decided already"),
        pytest.param("s3://states?region=eu-central-1", None, id="bucket"),
        pytest.param("https://api.pulumi.com", None, id="service"),
    ],
)
def test_a_folder_gets_no_second_files(backend: str, told: str | None) -> None:
    assert whole_at_any_moment(backend).get("PULUMI_BACKEND_URL") == told
