"""A bundle can be taken apart whatever the files hold, and its name follows from its content."""

import subprocess
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from render.files import DeviceFile, DeviceFileError, bundle_text, generation_id

MODES = st.sampled_from([0o600, 0o644, 0o755])
PATHS = st.from_regex(r"[a-z0-9][a-z0-9._-]{0,9}(/[a-z0-9][a-z0-9._-]{0,9})?", fullmatch=True)
LINES = st.one_of(
    st.text(st.characters(exclude_characters="\0\n", exclude_categories=["Cs"])),
    st.just("==== nftables.nft mode 0644 lines 1 sha256 " + "0" * 64),
)
TEXTS = st.lists(LINES).map(lambda lines: "".join(f"{line}\n" for line in lines))
FILE_SETS = st.lists(st.builds(DeviceFile, PATHS, MODES, TEXTS), unique_by=lambda file: file.path)


def read_bundle(text: str) -> tuple[str, list[DeviceFile]]:
    """Take a bundle apart as a device does: by counting lines, never by looking for marks."""
    lines = text.split("\n")
    _, _, _, _, generation, _, count = lines[0].split(" ")
    position, files = 1, []
    for _ in range(int(count)):
        mark, path, _, mode, _, number, _, digest = lines[position].split(" ")
        content = "".join(f"{line}\n" for line in lines[position + 1 :][: int(number)])
        assert (mark, digest) == ("====", sha256(content.encode()).hexdigest())
        files.append(DeviceFile(path, int(mode, 8), content))
        position += 1 + int(number)
    assert lines[position:] == [""]
    return generation, files


@given(FILE_SETS)
def test_a_bundle_holds_its_files_as_they_are(files: list[DeviceFile]) -> None:
    generation, read = read_bundle(bundle_text(files))

    assert read == sorted(files, key=lambda file: file.path)
    assert generation == generation_id(files)


@given(FILE_SETS)
def test_the_order_of_files_makes_no_difference(files: list[DeviceFile]) -> None:
    assert bundle_text(reversed(files)) == bundle_text(files)


BASE = (DeviceFile("routes", 0o644, "a\n"), DeviceFile("addresses", 0o644, "b\n"))


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(DeviceFile("routes", 0o644, "a \n"), id="text"),
        pytest.param(DeviceFile("routes", 0o600, "a\n"), id="mode"),
        pytest.param(DeviceFile("route", 0o644, "a\n"), id="path"),
    ],
)
def test_every_change_makes_another_generation(changed: DeviceFile) -> None:
    assert generation_id((changed, BASE[1])) != generation_id(BASE)


def test_a_device_can_name_the_generation_itself() -> None:
    listing = "la1r renderer 1\n" + "".join(
        f"0644 {sha256(text.encode()).hexdigest()} {path}\n"
        for path, text in (("addresses", "b\n"), ("routes", "a\n"))
    )

    assert generation_id(BASE) == sha256(listing.encode()).hexdigest()


def test_the_text_of_a_bundle_stays_as_devices_know_it() -> None:
    lines = bundle_text(BASE).splitlines()

    assert lines[0] == f"la1r bundle 1 generation {generation_id(BASE)} files 2"
    assert lines[1:3] == [f"==== addresses mode 0644 lines 1 sha256 {BASE[1].digest}", "b"]
    assert lines[3:] == [f"==== routes mode 0644 lines 1 sha256 {BASE[0].digest}", "a"]


@pytest.mark.parametrize(
    ("path", "mode", "text"),
    [
        pytest.param("/etc/passwd", 0o644, "", id="from the root"),
        pytest.param("../passwd", 0o644, "", id="out of the directory"),
        pytest.param("a/../../b", 0o644, "", id="out of the directory on the way"),
        pytest.param("a b", 0o644, "", id="space"),
        pytest.param("a\nb", 0o644, "", id="newline"),
        pytest.param("a\n", 0o644, "", id="newline at the end"),
        pytest.param("", 0o644, "", id="nothing"),
        pytest.param(".hidden", 0o644, "", id="hidden"),
        pytest.param("routes", 0o4755, "", id="set-user-id"),
        pytest.param("routes", 0o666, "", id="writable by all"),
        pytest.param("routes", 0o644, "a", id="half a line"),
        pytest.param("routes", 0o644, "\0\n", id="NUL"),
    ],
)
def test_a_file_that_cannot_travel_is_refused(path: str, mode: int, text: str) -> None:
    with pytest.raises(DeviceFileError) as caught:
        DeviceFile(path, mode, text)

    assert caught.value.path == path


def test_one_path_for_two_files_is_refused() -> None:
    with pytest.raises(DeviceFileError, match="two files"):
        bundle_text((BASE[0], BASE[0]))


# Unquoted on purpose: a header is made of plain words.
READER = """
read -r _ _ _ _ _ _ count <bundle
line=2
while [ "$count" -gt 0 ]; do
    set -- $(sed -n "${line}p" bundle)
    mkdir -p "out/$(dirname "$2")"
    tail -n "+$((line + 1))" bundle | head -n "$6" >"out/$2"
    chmod "$4" "out/$2"
    echo "$8  out/$2" | sha256sum --check --quiet
    line=$((line + 1 + $6)) count=$((count - 1))
done
"""


def test_a_shell_can_take_a_bundle_apart(tmp_path: Path) -> None:
    files = (
        DeviceFile("a", 0o644, "==== wireguard/b mode 0644 lines 9 sha256 0\n"),
        DeviceFile("empty", 0o755, ""),
        DeviceFile("wireguard/b", 0o600, "\\ $x `y` \r\n  \u2028\n"),
    )
    (tmp_path / "bundle").write_bytes(bundle_text(files).encode())

    subprocess.run(["sh", "-euc", READER], cwd=tmp_path, check=True)

    unpacked = [tmp_path / "out" / file.path for file in files]
    assert [path.read_bytes().decode() for path in unpacked] == [file.text for file in files]
    assert [path.stat().st_mode & 0o777 for path in unpacked] == [file.mode for file in files]
