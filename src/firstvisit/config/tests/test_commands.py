"""The operations as a person meets them: words on standard error, data on standard output, exit codes."""

from __future__ import annotations

import argparse
import json
import shlex
import socket
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import load_command_class

from firstvisit.config.cli import COMMANDS
from firstvisit.config.commands import Operation
from firstvisit.journey.invariants import INVARIANTS
from firstvisit.kernel import keyring

from .conftest import PASSWORD, SETUP, Install, Installation, columns


def parsers(name: str) -> list[argparse.ArgumentParser]:
    """The parser of a command and those of its verbs."""
    command = load_command_class("firstvisit.config", name)
    assert isinstance(command, Operation)
    parser = command.create_parser("firstvisit", name)
    verbs = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    return [parser, *(verb for action in verbs for verb in action.choices.values())]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_help_has_an_example_that_can_be_typed(name: str) -> None:
    whole, *verbs = parsers(name)
    for parser in (whole, *verbs):
        _, example = parser.format_help().split("Example:\n  ")
        words = [word for word in shlex.split(example) if not word.startswith("FIRSTVISIT_")]
        assert words[: len(parser.prog.split())] == parser.prog.split()
        assert whole.parse_args(words[2:])


def test_the_verbs_have_helps_of_their_own() -> None:
    names = {parser.prog for name in COMMANDS for parser in parsers(name)[1:]}
    assert {"firstvisit user reset-mfa", "firstvisit api-key revoke", "firstvisit practice load"} <= names


def test_the_demos_clock_is_shown_moved_and_reset(practice: Installation) -> None:
    def clock(*words: str) -> datetime:
        said = practice.run("clock", *words, FIRSTVISIT_DEMO="1")
        assert said.code == 0, said.err
        return datetime.fromisoformat(said.out.strip())

    def apart(one: datetime, two: datetime) -> float:
        return abs((one - two).total_seconds())

    assert apart(clock(), datetime.now(UTC)) < 60
    assert apart(clock("--by", "48"), datetime.now(UTC) + timedelta(hours=48)) < 60
    assert apart(clock("--by", "-24.5"), datetime.now(UTC) + timedelta(hours=23.5)) < 60
    monday = clock("--to", "2026-11-23T09:05")
    assert apart(monday, datetime(2026, 11, 23, 15, 5, tzinfo=UTC)) < 60  # Madison is six hours behind
    assert apart(clock(), monday) < 60
    assert apart(clock("--to", "2026-11-23T09:05+00:00"), datetime(2026, 11, 23, 9, 5, tzinfo=UTC)) < 60
    assert apart(clock("--reset"), datetime.now(UTC)) < 60
    verbs = [verb for (verb,) in columns(practice.url, "SELECT verb FROM kernel_auditrow ORDER BY id")]
    assert verbs.count("clock_moved") == 5


@pytest.mark.parametrize(
    "words", [["--to", "noon"], ["--by", "nan"], ["--by", "1e300"], ["--to", "0001-01-01"]]
)
def test_a_moment_that_is_none_is_refused(practice: Installation, words: list[str]) -> None:
    said = practice.run("clock", *words, FIRSTVISIT_DEMO="1")
    assert (said.code, said.out) == (2, "")


def test_what_is_no_moment_is_told_how_to_be_written(practice: Installation) -> None:
    said = practice.run("clock", "--to", "noon", FIRSTVISIT_DEMO="1")
    assert "'noon' is no date and time; write it as 2026-11-23T09:05" in said.err


def test_the_clock_of_a_practice_is_never_moved(practice: Installation) -> None:
    said = practice.run("clock", "--by", "1")
    assert (said.code, said.out) == (2, "")
    assert "never moved" in said.err
    assert columns(practice.url, "SELECT count(*) FROM kernel_clockoffset") == [(0,)]


def test_a_practice_is_set_up_once(practice: Installation) -> None:
    again = practice.run(*SETUP, given=f"{PASSWORD}\n")
    assert again.code == 1
    assert "set up already" in again.err
    ((data,),) = columns(practice.url, "SELECT data FROM practice_siterow")
    assert (data["slug"], data["state"], data["zone"]) == ("madison_east", "WI", "America/Chicago")
    assert data["hours"]["mon"] == [{"opens": "08:00:00", "closes": "17:00:00"}]
    assert abs(data["latitude"] - 43.1) < 0.2
    rows = columns(practice.url, "SELECT verb, actor, why FROM kernel_auditrow")
    assert ("practice_set_up", "system", "command") in rows


def test_the_recovery_sheet_is_shown_by_the_start_that_made_the_key(install: Install) -> None:
    here = install()
    first = here.run("migrate")
    assert "RECOVERY SHEET" in first.err
    assert first.out == ""
    assert stat.S_IMODE((here.home / "keys.json").stat().st_mode) == 0o600
    assert "RECOVERY" not in here.run("migrate").err


def test_setup_names_everything_that_is_missing_or_wrong(install: Install) -> None:
    here = install()
    nothing = here.run("setup")
    assert nothing.code == 2
    assert nothing.err.count("is missing") == 12
    wrong = [*SETUP]
    wrong[wrong.index("53703")] = "00000"
    refused = here.run(*wrong, given=f"{PASSWORD}\n")
    assert (refused.code, "zip:" in refused.err) == (2, True)
    weak = here.run(*SETUP, given="short\n")
    assert (weak.code, "password:" in weak.err) == (2, True)
    assert columns(here.url, "SELECT count(*) FROM practice_siterow") == [(0,)]


def test_setup_from_a_folder_of_files(practice: Installation, install: Install, tmp_path: Path) -> None:
    folder = tmp_path / "files"
    assert practice.run("practice", "save", str(folder)).code == 0
    (folder / "staff.toml").unlink()
    other = install()
    words = [
        "setup",
        "--from",
        str(folder),
        "--owner-email",
        "ben@example.org",
        "--owner-name",
        "Ben Ito",
        "--password-stdin",
    ]
    done = other.run(*words, given=f"{PASSWORD}\n")
    assert done.code == 0, done.err
    assert columns(other.url, "SELECT email FROM practice_user") == [("ben@example.org",)]


def test_a_saved_practice_loads_without_a_change(practice: Installation, tmp_path: Path) -> None:
    practice.run("practice", "save", str(tmp_path / "files"))
    loaded = practice.run("practice", "load", str(tmp_path / "files"))
    assert loaded.code == 0, loaded.err
    assert loaded.out.startswith("nothing changed")
    (tmp_path / "files" / "sites.toml").write_text("[[site]]\nslug = 3\n")
    refused = practice.run("practice", "load", str(tmp_path / "files"))
    assert refused.code == 2
    assert "sites.toml" in refused.err


def test_accounts(practice: Installation) -> None:
    add = [
        "user",
        "add",
        "ana@example.org",
        "--name",
        "Ana Brandt",
        "--role",
        "intake",
        "--site",
        "madison_east",
    ]
    assert practice.run(*add).code == 0
    assert practice.run(*add).code == 2
    assert practice.run("user", "password", "ana@example.org", "--password-stdin", given="short\n").code == 2
    assert (
        practice.run("user", "password", "ana@example.org", "--password-stdin", given=f"{PASSWORD}\n").code
        == 0
    )
    assert practice.run("user", "disable", "ana@example.org").code == 0
    (row,) = [
        row for row in json.loads(practice.run("user", "list", "--json").out) if row["name"] == "Ana Brandt"
    ]
    assert (row["active"], row["password"], row["sites"]) == (False, True, ["madison_east"])
    assert practice.run("user", "enable", "ana@example.org").code == 0
    assert practice.run("user", "disable", "dana@example.org").code == 1
    assert practice.run("user", "disable", "nobody@example.org").code == 2
    verbs = [verb for (verb,) in columns(practice.url, "SELECT verb FROM kernel_auditrow ORDER BY id")]
    assert verbs[-4:] == ["account_added", "password_set", "account_disabled", "account_enabled"]


def test_a_second_factor_is_taken_away_and_every_session_ends(practice: Installation) -> None:
    ((user, epoch),) = columns(practice.url, "SELECT id, session_epoch FROM practice_user")
    columns(
        practice.url,
        "INSERT INTO mfa_authenticator (user_id, type, data, created_at) VALUES"
        f" ('{user}', 'totp', '{{}}', now()), ('{user}', 'recovery_codes', '{{}}', now()) RETURNING 1",
    )
    assert "had 2 second factors" in practice.run("user", "reset-mfa", "dana@example.org").err
    assert columns(practice.url, "SELECT count(*) FROM mfa_authenticator") == [(0,)]
    assert columns(practice.url, "SELECT session_epoch FROM practice_user") == [(epoch + 1,)]
    assert columns(practice.url, "SELECT verb FROM kernel_auditrow ORDER BY id DESC LIMIT 1") == [
        ("second_factor_reset",)
    ]


def test_keys_of_machines(practice: Installation) -> None:
    made = practice.run("api-key", "add", "Lakeshore portal")
    assert made.out.startswith("fv_")
    (row,) = json.loads(practice.run("api-key", "list", "--json").out)
    assert made.out.strip() not in json.dumps(row)
    assert practice.run("api-key", "revoke", row["id"]).code == 0
    assert practice.run("api-key", "revoke", row["id"]).code == 1
    assert practice.run("api-key", "revoke", "not-an-id").code == 2


def test_wrong_use_is_2_and_an_unknown_lead_too(practice: Installation) -> None:
    for words in (
        ["user", "nonsense"],
        ["erase", "L-1"],
        ["backup"],
        ["explain", "L-1"],
        ["explain", "x"],
        ["api-key", "add", " "],
    ):
        said = practice.run(*words)
        assert (said.code, said.out) == (2, ""), words


@pytest.mark.parametrize(
    "words",
    [
        ["check"],
        ["migrate"],
        ["setup"],
        ["user", "list"],
        ["explain", "L-1"],
        ["backup", "x"],
        ["rotate-keys"],
    ],
)
def test_an_unreachable_database_is_3(words: list[str], tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    here = Installation(tmp_path / "h", f"postgresql://a:b@127.0.0.1:{port}/c")
    keyring.read_or_create(_made(here.home) / "keys.json")
    said = here.run(*words)
    assert said.code == 3
    assert "cannot reach the database" in said.err


def test_an_empty_database_is_said_in_words(install: Install) -> None:
    here = install()
    keyring.read_or_create(_made(here.home) / "keys.json")
    said = here.run("check")
    assert said.code == 2
    assert "This database is empty" in said.err and "firstvisit setup" in said.err


def test_a_key_file_that_others_read_stops_everything(practice: Installation) -> None:
    (practice.home / "keys.json").chmod(0o644)
    said = practice.run("check")
    assert said.code == 2
    assert "chmod 600" in said.err


def test_check_says_what_is_broken(practice: Installation) -> None:
    assert practice.run("check").code == 0
    columns(practice.url, "SELECT 1; ALTER TABLE leads_event DISABLE TRIGGER USER")
    said = practice.run("check", "--json")
    assert said.code == 1
    broken = [json.loads(line) for line in said.out.splitlines() if json.loads(line)["breaks"]]
    assert [(one["n"], one["told"]) for one in broken] == [(7, ["the guard of leads_event is switched off"])]


def findings(said: Any) -> dict[str, str]:
    return {one["about"]: one["state"] for one in map(json.loads, said.out.splitlines())}


def test_doctor_says_what_is_broken_and_what_to_do(practice: Installation) -> None:
    said = practice.run("doctor", "--json", SMTP_URL="smtp://127.0.0.1:1")
    assert said.code == 1
    found = findings(said)
    assert (found["mail"], found["workers"], found["backup"]) == ("broken", "broken", "broken")
    assert (found["database"], found["migrations"], found["key file"], found["roles"]) == ("ok",) * 4
    practice.run("backup", str(practice.home / "backups"))
    assert findings(practice.run("doctor", "--json"))["backup"] == "ok"
    insecure = practice.run("doctor", "--json", FIRSTVISIT_ADDRESS="http://intake.example.org")
    assert findings(insecure)["address"] == "broken"


def test_doctor_needs_no_database(tmp_path: Path) -> None:
    here = Installation(tmp_path / "h", "postgresql://a:b@127.0.0.1:1/c")
    keyring.read_or_create(_made(here.home) / "keys.json")
    said = here.run("doctor", "--json")
    assert said.code == 1
    assert findings(said)["database"] == "broken"


def test_backup_and_restore(practice: Installation, install: Install, tmp_path: Path) -> None:
    made = practice.run("backup", str(tmp_path / "backups"))
    assert made.code == 0, made.err
    folder = Path(made.out.strip())
    assert sorted(path.name for path in folder.iterdir()) == [
        "audit-heads.txt",
        "database.dump",
        "manifest.json",
    ]
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]
    key = json.loads((practice.home / "keys.json").read_text())
    content = b"".join(path.read_bytes() for path in folder.iterdir())
    for secret in (key["master"]["1"], key["blind"]["1"], key["django"]):
        assert secret.encode() not in content

    new = install()
    no_key = new.run("restore", str(folder))
    assert (no_key.code, "bring the key file" in no_key.err, new.home.exists()) == (2, True, False)
    keyring.read_or_create(_made(new.home) / "keys.json")
    other_key = new.run("restore", str(folder))
    assert other_key.code == 1
    assert "Bring that key file" in other_key.err
    _bring_key(practice.home / "keys.json", new.home / "keys.json")
    done = new.run("restore", str(folder))
    assert done.code == 0, done.err
    assert done.out.count("holds") == len(INVARIANTS)
    assert new.run("restore", str(folder)).code == 1
    assert [row["email"] for row in json.loads(new.run("user", "list", "--json").out)] == ["dana@example.org"]
    assert columns(new.url, "SELECT column_default FROM information_schema.columns WHERE table_name ="
                            " 'kernel_auditrow' AND column_name = 'era'") == [("2",)]  # fmt: skip
    with (folder / "database.dump").open("ab") as dump:
        dump.write(b"x")
    damaged = install()
    _bring_key(practice.home / "keys.json", _made(damaged.home) / "keys.json")
    said = damaged.run("restore", str(folder))
    assert (said.code, "changed or damaged" in said.err) == (1, True)


def test_a_backup_from_before_a_rotation_asks_for_the_old_key(
    practice: Installation, install: Install, tmp_path: Path
) -> None:
    folder = practice.run("backup", str(tmp_path / "backups")).out.strip()
    assert practice.run("rotate-keys").code == 0
    new = install()
    _bring_key(practice.home / "keys.json", _made(new.home) / "keys.json")
    said = new.run("restore", folder)
    assert said.code == 1
    assert "needs master key 1" in said.err
    before = json.loads((Path(folder) / "manifest.json").read_text())["fingerprint"]
    assert f"with the fingerprint {before}" in said.err


def test_the_fingerprint_tells_an_old_recovery_sheet_from_a_new_one(practice: Installation) -> None:
    def shown() -> str:
        lines = map(json.loads, practice.run("doctor", "--json").out.splitlines())
        (words,) = [each["words"] for each in lines if each["about"] == "key file"]
        return str(words.split("fingerprint ")[1].split(",")[0])

    before = shown()
    sheet = practice.run("rotate-keys").err
    assert shown() != before
    assert f"Fingerprint  {shown()}" in sheet


def test_a_key_file_that_kept_the_old_master_key_opens_a_backup_from_before(
    practice: Installation, install: Install, tmp_path: Path
) -> None:
    folder = practice.run("backup", str(tmp_path / "backups")).out.strip()
    new = install()
    path = _made(new.home) / "keys.json"
    keyring.write(keyring.read(practice.home / "keys.json").rotated(), path)
    assert new.run("restore", folder).code == 0


def test_a_backup_of_the_first_manifest_is_restored(
    practice: Installation, install: Install, tmp_path: Path
) -> None:
    folder = Path(practice.run("backup", str(tmp_path / "backups")).out.strip())
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["fingerprint"] = manifest.pop("blind")
    (folder / "manifest.json").write_text(json.dumps(manifest))
    new = install()
    _bring_key(practice.home / "keys.json", _made(new.home) / "keys.json")
    assert new.run("restore", str(folder)).code == 0


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _bring_key(key: Path, to: Path) -> None:
    """As a person brings a key file from a safe place."""
    to.write_bytes(key.read_bytes())
    to.chmod(0o600)
