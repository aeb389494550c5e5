"""The key file: private, whole or not there, and one for all who start at once."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from pathlib import Path

import pytest

from firstvisit.kernel import keyring
from firstvisit.kernel.errors import ConfigurationError

FIRST_START = (
    "import sys; from pathlib import Path; from firstvisit.kernel import keyring;"
    "ring, new = keyring.read_or_create(Path(sys.argv[1])); print(ring.fingerprint(), new)"
)


def test_the_file_is_private_and_reads_back_the_same(tmp_path: Path) -> None:
    path = tmp_path / "new" / "keys.json"
    ring, new = keyring.read_or_create(path)
    assert new
    assert path.stat().st_mode & 0o777 == 0o600
    assert keyring.read(path) == ring
    assert keyring.read_or_create(path) == (ring, False)
    assert [entry.name for entry in path.parent.iterdir()] == ["keys.json"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_file_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "keys.json"
    keyring.write(keyring.create(), path)
    path.chmod(mode)
    with pytest.raises(ConfigurationError, match="chmod 600"):
        keyring.read(path)


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[]", '{"current": "1", "master": {}, "blind": {}, "django": ""}',
     '{"current": "2", "master": {"1": "AAAA"}, "blind": {"1": "AAAA"}, "django": "AAAA"}'],
)  # fmt: skip
def test_a_damaged_file_is_said_in_words(tmp_path: Path, text: str) -> None:
    path = tmp_path / "keys.json"
    path.write_text(text)
    path.chmod(0o600)
    with pytest.raises(ConfigurationError, match="damaged"):
        keyring.read(path)


def test_a_missing_file_points_to_the_page_about_it(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"lost-key\.md"):
        keyring.read(tmp_path / "keys.json")


def test_first_starts_at_once_agree_on_one_key(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    starts = [
        subprocess.Popen([sys.executable, "-c", FIRST_START, str(path)], stdout=subprocess.PIPE, text=True)
        for _ in range(6)
    ]
    said = [start.communicate(timeout=60)[0].split() for start in starts]
    assert {start.returncode for start in starts} == {0}
    assert len({fingerprint for fingerprint, _ in said}) == 1
    assert [new for _, new in said].count("True") == 1


def test_another_process_sees_a_changed_file(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    keyring.write(keyring.create(), path)
    before = keyring.keyring(path)
    keyring.write(before.rotated(), path)
    after = keyring.keyring(path)
    assert after.current == "2"
    assert after.master["1"] == before.master["1"]
    assert after.blind_fingerprint() == before.blind_fingerprint()


def test_every_key_counts_in_the_fingerprint() -> None:
    ring = keyring.create()
    rotated = ring.rotated()
    other = keyring.create()
    rings = [
        ring,
        rotated,  # while a rotation is under way
        rotated.without({"1"}),  # when it is done
        dataclasses.replace(ring, blind=other.blind),
        dataclasses.replace(ring, django=other.django),
        dataclasses.replace(ring, master=other.master),
    ]
    assert len({each.fingerprint() for each in rings}) == len(rings)
    assert dataclasses.replace(ring).fingerprint() == ring.fingerprint()


def test_the_current_master_key_is_never_retired() -> None:
    ring = keyring.create().rotated()
    assert set(ring.without({"1", "2"}).master) == {"2"}


def test_the_recovery_sheet_is_enough_to_rebuild_the_file(tmp_path: Path) -> None:
    ring = keyring.create()
    sheet = keyring.recovery_sheet(ring, tmp_path / "keys.json")
    words = {
        line.split("  ")[1].strip(): line.split()[-1] for line in sheet.splitlines() if line.startswith("  ")
    }
    path = tmp_path / "keys.json"
    path.write_text(
        f'{{"version": 1, "current": "{ring.current}", '
        f'"master": {{"{ring.current}": "{words["Master key"]}"}},'
        f' "blind": {{"1": "{words["Blind key"]}"}}, "django": "{words["Link key"]}"}}'
    )
    path.chmod(0o600)
    assert keyring.read(path) == ring
