"""Bringing a backup back into an empty installation."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from firstvisit.config import backups, database
from firstvisit.config.backups import BackupFailed, Manifest
from firstvisit.config.env import Environment
from firstvisit.kernel import audit, keyring
from firstvisit.kernel.errors import ConfigurationError, Conflict

_SETTING = "transaction_timeout"


def restore(environment: Environment, folder: Path, heads: Path) -> Manifest:
    """Restore the backup in `folder` into this installation's empty database; the backup's manifest.

    Afterwards the database is at this version, its roles have their rights, and the audit log goes on in a
    new era. ConfigurationError when the backup is damaged, newer than this software, or of another key
    file; Conflict when the database is not empty; BackupFailed with pg_restore's words, and then the
    database is as empty as before.
    """
    manifest = backups.read_manifest(folder)
    if _number(manifest.version) > _number(version("firstvisit")):
        raise ConfigurationError(
            [f"The backup is of firstvisit {manifest.version}; install that version or a newer one first."]
        )
    _fits(environment, manifest)
    with database.as_owner(environment) as owner:
        row = owner.execute(
            "SELECT count(*) FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = "
            "'public'::regnamespace"
        ).fetchone()
        if row != (0,):
            raise Conflict(
                "the database is not empty; restore into a new FIRSTVISIT_HOME or an empty database"
            )
        _pour(environment, folder / backups.DUMP, owner.info.server_version)
    database.prepare(environment)
    with database.as_owner(environment) as owner:
        owner.execute(audit.next_era())
    if heads.exists():
        heads.rename(
            heads.with_name(f"{heads.stem}.before-restore-{datetime.now(UTC):%Y%m%d-%H%M%S}{heads.suffix}")
        )
    heads.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(folder / backups.HEADS, heads)
    return manifest


def _fits(environment: Environment, manifest: Manifest) -> None:
    """The key file must be the one with which the backup was made, or a later one that still has its keys."""
    ring = keyring.read(environment.key_file)
    bring = (
        f"Bring that key file to {environment.key_file} with mode 0600 and run restore again "
        f"(docs/how-to/lost-key.md)."
    )
    if ring.blind_fingerprint() != (manifest.blind or manifest.fingerprint):
        raise ConfigurationError(
            [
                f"The backup belongs to the key file with the fingerprint {manifest.fingerprint}; "
                f"{environment.key_file} has {ring.fingerprint()}. {bring}"
            ]
        )
    ours = backups.master_fingerprints(ring)
    lacking = [name for name, mark in manifest.masters.items() if ours.get(name) != mark]
    if lacking:
        raise ConfigurationError(
            [
                f"The backup was made before a rotation: it needs master key {', '.join(lacking)}, which is "
                f"no longer in {environment.key_file}. It is in the key file, and on the recovery sheet, with "
                f"the fingerprint {manifest.fingerprint}. {bring}"
            ]
        )


def _pour(environment: Environment, dump: Path, server: int) -> None:
    """pg_restore in one transaction. Servers before 17 do not know a setting that pg_restore 18 makes first;
    there every other error counts, and the half-filled database has to be made anew."""
    strict = ["--single-transaction"] if server >= 170_000 else []
    with backups.as_owner(environment) as (address, environ):
        done = backups.call(
            [
                backups.program("pg_restore"), "--no-owner", "--no-privileges", "--no-password", *strict,
                f"--dbname={address}", str(dump),
            ],
            environ,
        )  # fmt: skip
    errors = [line for line in done.stderr.splitlines() if "error:" in line and _SETTING not in line]
    if errors or (done.returncode and (strict or _SETTING not in done.stderr)):
        raise BackupFailed(f"pg_restore failed:\n{done.stderr.strip()}")


def _number(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".") if part.isdecimal())
