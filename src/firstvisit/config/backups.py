"""Backups: the whole database, the audit heads and a manifest in one folder. Never the key.

firstvisit-20260105-031500/
    database.dump      pg_dump's custom format
    audit-heads.txt    the heads as they stood before the dump
    manifest.json      version, time, fingerprints of the key file, SHA-256 of each file
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from firstvisit.config.databases import urls
from firstvisit.config.env import Environment
from firstvisit.kernel import keyring, postgres
from firstvisit.kernel.errors import ConfigurationError, Conflict, DatabaseUnreachable, FirstvisitError
from firstvisit.kernel.keyring import Keyring

DUMP, HEADS, MANIFEST = "database.dump", "audit-heads.txt", "manifest.json"
LAST: Final = "last-backup.json"
"""In the home folder: when and where the last backup was made, for `doctor`."""


class BackupFailed(FirstvisitError):
    """pg_dump or pg_restore ended with an error; its words follow."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup is and which key file opens it.

    `fingerprint` is that of the key file as it was then, and stands on its recovery sheet; `masters` and
    `blind` are those of its keys, by which a later key file is known to open it still.
    """

    version: str
    made_at: str
    fingerprint: str
    masters: dict[str, str]
    files: dict[str, str]
    blind: str = ""
    """"" in manifests from before the fingerprint covered every key: there `fingerprint` was this one."""


def back_up(environment: Environment, folder: Path, heads: Path) -> Path:
    """Write a backup into a new folder below `folder`, whole or not at all; the new folder.

    Conflict when it exists already, BackupFailed with pg_dump's words.
    """
    moment = datetime.now(UTC)
    target = folder / f"firstvisit-{moment:%Y%m%d-%H%M%S}"
    if target.exists():
        raise Conflict(f"{target} exists already")
    ring = keyring.read(environment.key_file)
    draft = folder / f".{target.name}.{os.getpid()}.partial"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        draft.mkdir(mode=0o700)
    except OSError as error:
        raise ConfigurationError([f"{folder} cannot be written to: {error.strerror}."]) from error
    try:
        # Heads first: the dump may then hold blocks that the file does not know, never the other way.
        (draft / HEADS).write_bytes(heads.read_bytes() if heads.exists() else b"")
        _dump(environment, draft / DUMP)
        manifest = Manifest(
            version=version("firstvisit"),
            made_at=moment.isoformat(timespec="seconds"),
            fingerprint=ring.fingerprint(),
            masters=master_fingerprints(ring),
            blind=ring.blind_fingerprint(),
            files={name: digest(draft / name) for name in (HEADS, DUMP)},
        )
        (draft / MANIFEST).write_text(json.dumps(asdict(manifest), indent=1) + "\n", encoding="ascii")
        for path in (draft / HEADS, draft / DUMP, draft / MANIFEST):
            path.chmod(0o600)
            _to_disk(path)
        _to_disk(draft)
        if target.exists():
            raise Conflict(f"{target} exists already")
        draft.rename(target)
        _to_disk(folder)
    except OSError as error:
        raise BackupFailed(f"the backup could not be written: {error.strerror}") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    note = {"made_at": manifest.made_at, "folder": str(target.absolute())}
    (environment.home / LAST).write_text(json.dumps(note) + "\n", encoding="utf-8")
    return target


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a backup, with every file held against its digest. ConfigurationError in words."""
    try:
        raw: dict[str, Any] = json.loads((folder / MANIFEST).read_text("ascii"))
        manifest = Manifest(**raw)
        wrong = [name for name in (HEADS, DUMP) if digest(folder / name) != manifest.files[name]]
    except FileNotFoundError as error:
        raise ConfigurationError(
            [f"{folder} is no whole backup: {Path(error.filename).name} is missing."]
        ) from None
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise ConfigurationError([f"{folder / MANIFEST} cannot be read ({type(error).__name__})."]) from None
    if wrong:
        raise ConfigurationError(
            [f"{folder / name} was changed or damaged after the backup was made." for name in wrong]
        )
    return manifest


def master_fingerprints(ring: Keyring) -> dict[str, str]:
    """Eight hex digits for each master key: enough to tell whether a key file opens a backup."""
    return {
        version: hashlib.sha256(b"fingerprint" + key).hexdigest()[:8] for version, key in ring.master.items()
    }


def digest(path: Path) -> str:
    """SHA-256 of a file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def as_owner(environment: Environment) -> Iterator[tuple[str, dict[str, str]]]:
    """The owner's address without its password, and the environment in which libpq finds the password."""
    parts = urlsplit(urls(environment)[0])
    user, host = unquote(parts.username or ""), parts.hostname or ""
    port, database = parts.port or 5432, unquote(parts.path.strip("/"))
    words = [host, str(port), "*", user, unquote(parts.password or "")]
    line = ":".join(word.replace("\\", "\\\\").replace(":", "\\:") for word in words)
    bare_host = f"[{host}]" if ":" in host else host
    bare = urlunsplit(parts._replace(netloc=f"{quote(user)}@{bare_host}:{port}", path=f"/{quote(database)}"))
    with TemporaryDirectory(prefix="firstvisit-") as folder:
        file = Path(folder) / "pgpass"
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as pgpass:
            pgpass.write(line + "\n")
        yield bare, {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "PGPASSFILE": str(file), "LC_ALL": "C"}


def program(name: str) -> str:
    """A PostgreSQL program: the embedded one (18, works with older servers), else the system's."""
    try:
        return str(postgres.binary(name))
    except ConfigurationError:
        found = shutil.which(name)
        if found is None:
            raise
        return found


def call(words: list[str], environ: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a PostgreSQL program to its end. DatabaseUnreachable when it could not connect."""
    done = subprocess.run(
        words,
        env=environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode and "connection to server" in done.stderr:
        raise DatabaseUnreachable(f"cannot reach the database: {done.stderr.strip().splitlines()[0]}")
    return done


def _dump(environment: Environment, path: Path) -> None:
    with as_owner(environment) as (address, environ):
        done = call(
            [program("pg_dump"), "--format=custom", "--no-password", f"--file={path}", f"--dbname={address}"],
            environ,
        )
        if done.returncode:
            raise BackupFailed(f"pg_dump failed:\n{done.stderr.strip()}")
    listed = call([program("pg_restore"), "--list", str(path)], environ)
    if listed.returncode or "TABLE DATA" not in listed.stdout:
        raise BackupFailed(f"the dump cannot be read back:\n{listed.stderr.strip()}")


def _to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
