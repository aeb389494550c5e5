"""Start, find and stop the one server of a home folder."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import psycopg

from firstvisit.kernel.errors import ConfigurationError, DatabaseUnreachable
from firstvisit.kernel.postgres import account, cluster, processes, record
from firstvisit.kernel.postgres.files import claim, locked, write_private
from firstvisit.kernel.postgres.record import APP, DATABASE, OWNER, SUPERUSER, Record

PATIENCE = 600.0  # seconds; repairing itself after a crash may take a server minutes
STEP = 0.02  # seconds between two looks
PORT_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Server:
    """A running server.

    owner_url: creates tables, roles and databases; not a superuser · app_url: may connect, all else is
    granted by migrations · pid: its postmaster. The URLs hold passwords and are kept out of `repr`.
    """

    data_dir: Path
    host: str
    port: int
    database: str
    owner_url: str = field(repr=False)
    app_url: str = field(repr=False)
    pid: int


def start(home: Path, *, port: int | None = None) -> Server:
    """Start the server of `home`, or join the one that runs; starting twice at once gives one server.

    port: where to listen if it has to be started; else the one of last time, else a free one. The port of
    last time is given up when something else has taken it. It stays up after us until `stop`.
    ConfigurationError when a person has to change something first, DatabaseUnreachable when the server
    does not come up; the words say what to do, and the latter quote the server's log.
    """
    home = _real(home)
    with _in_words(home):
        if server := _running(home):
            return server
        home.mkdir(parents=True, exist_ok=True)
        with locked(home / "postgres.lock"):
            return _running(home) or _start_on_free_port(home, port)


def running(home: Path) -> Server | None:
    """The server of `home` if it answers a query at this moment and is truly ours, else None."""
    home = _real(home)
    with _in_words(home):
        return _running(home)


def stop(home: Path) -> bool:
    """Shut the server of `home` down, ending open connections; True if one was running.

    Returns when it has ended. DatabaseUnreachable when it does not within ten minutes.
    """
    home = _real(home)
    with _in_words(home):
        known = record.load(home)
        base = _base(home, known)
        if known is None or not base.exists():
            return False
        data = base / "data"
        with locked(home / "postgres.lock"):
            name, was_running = cluster.cluster_name(known, data), False
            deadline = time.monotonic() + PATIENCE
            while time.monotonic() < deadline:
                was_running |= processes.stop_fast(data, name, seconds=deadline - time.monotonic())
                processes.end_orphans(data, name)
                if _nobody_lives(base, name):
                    return was_running
                time.sleep(STEP)
        raise DatabaseUnreachable(
            f"the server of {data} does not stop. Its log ends:\n{cluster.log_tail(base)}"
        )


def _nobody_lives(base: Path, name: str) -> bool:
    alive = claim(base / "alive")
    if alive is None:
        return False
    os.close(alive)
    return not processes.members(base / "data", name)


def place(home: Path) -> Path:
    """Where the data of `home` lies; before the first start, where it would as the folders stand now."""
    home = _real(home)
    with _in_words(home):
        return _base(home, record.load(home)) / "data"


def _real(home: Path) -> Path:
    return Path(os.path.realpath(home))


@contextlib.contextmanager
def _in_words(home: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        what = f"{error.filename}: {error.strerror}" if error.filename else str(error)
        advice = "Check that this user may write there and that the disk is not full."
        raise ConfigurationError([f"the database of {home} cannot be used: {what}. {advice}"]) from error


def _base(home: Path, known: Record | None) -> Path:
    """The folder around the data: in home, unless root's PostgreSQL user cannot get in there."""
    if known and known.elsewhere:
        return _elsewhere_of(home, known)
    inside = home / "postgres"
    if os.geteuid() != 0 or inside.exists():
        return inside
    nearest = next(folder for folder in (home, *home.parents) if folder.exists())
    if account.can_enter(account.likely_account(home), nearest):
        return inside
    return account.SHARED / hashlib.sha256(os.fsencode(home)).hexdigest()[:16]


def _elsewhere_of(home: Path, known: Record) -> Path:
    base = Path(known.elsewhere or "")
    note = base / "home"
    other = Path(note.read_text(encoding="utf-8").strip()) if note.exists() else home
    if other != home:
        theirs = record.load(other)
        if theirs and theirs.identity == known.identity:
            raise ConfigurationError(
                [
                    f"{home} is a copy of {other}, and two folders cannot share one database. Remove "
                    f"postgres.json and postgres-data in {home}, and restore a backup into it."
                ]
            )
    return base


def _running(home: Path) -> Server | None:
    known = record.load(home)
    if known is None or not known.ready:
        return None
    data = _base(home, known) / "data"
    answer = cluster.connect(known, data, OWNER, DATABASE)
    if isinstance(answer, str):
        return None
    answer.close()
    pid = processes.written_pid(data)
    if pid is None:  # it has just begun to stop
        return None
    return Server(data, "127.0.0.1", known.port, DATABASE, known.url(OWNER), known.url(APP), pid)


def _start_on_free_port(home: Path, port: int | None) -> Server:
    for _ in range(PORT_ATTEMPTS - 1):
        with contextlib.suppress(_PortTaken):  # snatched between our look and the server's
            return _start(home, port)
    return _start(home, port)


class _PortTaken(DatabaseUnreachable):
    pass


def _start(home: Path, port: int | None) -> Server:
    """With the home's lock held: join what lives and is not ready yet, else launch."""
    known = record.load(home)
    base = _base(home, known)
    data = base / "data"
    if known is None and data.exists():
        raise ConfigurationError(
            [
                f"{data} holds a database, but postgres.json with its passwords is gone from {home}: restore "
                "that file from a backup, or move the data away to begin with an empty database."
            ]
        )
    user = account.account_for(base, home)
    programs = account.programs(user)
    elsewhere = None if base == home / "postgres" else str(base)
    known = replace(known or Record(), elsewhere=elsewhere)
    if elsewhere:
        account.make_shared()
    cluster.make_base(base, user)
    record.save(home, known)
    if elsewhere:
        write_private(home / "postgres-data", f"{base}\n")
        write_private(base / "home", f"{home}\n")
    alive = _claim_or_wait(home, base, known)
    if alive is None:
        return _finish(home, base, known)
    try:
        cluster.make_data(data, known, programs, user, alive)
        known = replace(known, port=_choose_port(known.port, port))
        record.save(home, known)
        cluster.configure(data, known)
        _launch(base, programs, user, alive)
    finally:
        os.close(alive)  # the server has inherited it
    return _finish(home, base, known)


def _claim_or_wait(home: Path, base: Path, known: Record) -> int | None:
    """The lock that says nothing of this server lives, or None as soon as one that lives answers."""
    data, deadline = base / "data", time.monotonic() + PATIENCE
    name = cluster.cluster_name(known, data)
    while time.monotonic() < deadline:
        processes.end_orphans(data, name)
        alive = claim(base / "alive")
        if alive is not None:
            if not processes.members(data, name):
                # Nobody works here, so this file is stale, whoever has its number now. PostgreSQL itself
                # would refuse to start while any process of its user has that number.
                (data / "postmaster.pid").unlink(missing_ok=True)
                return alive
            os.close(alive)  # somebody started it without us
        answer = cluster.connect(known, data, SUPERUSER, "postgres")
        if not isinstance(answer, str):
            answer.close()
            return None
        _raise_if_refused(answer, home, data)
        time.sleep(STEP)
    raise DatabaseUnreachable(
        f"another process holds the database of {home} and does not answer. Its log, {base / 'log'}, ends:\n"
        + cluster.log_tail(base)
    )


def _launch(base: Path, programs: Path, user: account.Account | None, alive: int) -> None:
    """Start the server and do not wait. It inherits `alive`, which thereby is locked while it lives."""
    first_words = base / "log" / "start.log"  # until it writes into its own log
    write_private(first_words, "")
    done = account.run(
        [programs / "pg_ctl", "start", "--no-wait", "--silent", "-D", base / "data", "-l", first_words],
        user,
        pass_fds=[alive],
    )
    if done.returncode != 0:
        raise DatabaseUnreachable(f"PostgreSQL could not be started:\n{done.stdout.strip()}")


def _finish(home: Path, base: Path, known: Record) -> Server:
    """Wait until the launched server answers, see to its roles and database, and tell the home so."""
    data, deadline, why = base / "data", time.monotonic() + PATIENCE, ""
    while time.monotonic() < deadline:
        answer = cluster.connect(known, data, SUPERUSER, "postgres")
        if not isinstance(answer, str):
            try:
                with answer:
                    cluster.ensure_roles(answer, known)
                record.save(home, replace(known, ready=True))
                if server := _running(home):
                    return server
                answer = "it answered once and then no more"
            except psycopg.OperationalError as error:  # it died meanwhile, or is repairing itself
                answer = str(error)
        why = answer
        _raise_if_refused(why, home, data)
        if (alive := claim(base / "alive")) is not None:
            os.close(alive)
            break
        time.sleep(STEP)
    kind = DatabaseUnreachable if _free(known.port) else _PortTaken
    raise kind(
        f"PostgreSQL in {data} does not come up: {why.strip()}\nIts log, {base / 'log'}, ends:\n"
        + cluster.log_tail(base)
    )


def _raise_if_refused(why: str, home: Path, data: Path) -> None:
    if "password authentication failed" in why:
        raise DatabaseUnreachable(
            f"the database in {data} refuses the password in {home / record.FILE}: the two do not belong "
            "together. Restore both from the same backup."
        )


def _choose_port(stored: int, wanted: int | None) -> int:
    if wanted is not None:
        if not _free(wanted):
            raise ConfigurationError([f"port {wanted} on 127.0.0.1 is taken: free it or choose another one."])
        return wanted
    if stored and _free(stored):
        return stored
    for _ in range(100):  # below the range from which the kernel lends ports to outgoing connections
        port = 20_000 + secrets.randbelow(12_000)
        if _free(port):
            return port
    raise ConfigurationError(["no free port between 20000 and 32000 on 127.0.0.1 for the database."])


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
