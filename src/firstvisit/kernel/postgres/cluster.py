"""The data folder: made once, configured at every start, given its roles and its database.

The folder around the data (`base`) belongs to whoever runs PostgreSQL, mode 0700:

    data/   the cluster      log/    what the server said, one file for each day of the week
    new/    a cluster in the making; an interrupted one is thrown away      alive   locked while it runs
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from pathlib import Path

import psycopg
from psycopg import sql

from firstvisit.kernel.errors import ConfigurationError, DatabaseUnreachable
from firstvisit.kernel.postgres import memory
from firstvisit.kernel.postgres.account import Account, run
from firstvisit.kernel.postgres.files import sync_folder, write_private
from firstvisit.kernel.postgres.record import APP, DATABASE, OWNER, SUPERUSER, Record

MAJOR = "18"

# Sized for two cores beside the application. Log lines may hold no personal data: statements, parameters
# and details (which quote rows) are left out, and so are errors, whose first line may quote a value; the
# application gets all of them anyway. What stays are starts, stops, crashes and refused connections.
SETTINGS = """\
# Written by firstvisit at every start. Your own settings belong into local.conf beside this file.
cluster_name = '{cluster}'
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = ''
max_connections = 100
shared_buffers = {shared_buffers}MB
effective_cache_size = {effective_cache_size}MB
work_mem = 8MB
maintenance_work_mem = 64MB
max_parallel_workers = 2
max_parallel_workers_per_gather = 1
random_page_cost = 1.1
fsync = on
synchronous_commit = on
full_page_writes = on
wal_compression = on
password_encryption = 'scram-sha-256'
timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
logging_collector = on
log_directory = '{log}'
log_filename = 'postgres-%a.log'
log_file_mode = 0600
log_rotation_age = 1d
log_rotation_size = 0
log_truncate_on_rotation = on
log_min_messages = log
log_min_error_statement = panic
log_error_verbosity = terse
log_statement = 'none'
log_min_duration_statement = -1
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
"""

ACCESS = """\
# Written by firstvisit at every start: passwords for everybody, from this machine only.
host  all          all       127.0.0.1/32  scram-sha-256
host  replication  postgres  127.0.0.1/32  scram-sha-256
"""


def cluster_name(record: Record, data: Path) -> str:
    """The name by which a server is known as ours: another one for every home and for every copy of it."""
    return "firstvisit-" + hashlib.sha256(f"{record.identity}:{data}".encode()).hexdigest()[:16]


def make_base(base: Path, account: Account | None) -> None:
    """The private folder around the data, owned by whoever runs PostgreSQL."""
    for folder in (base, base / "log"):
        _make_folder(folder, account)


def _make_folder(folder: Path, account: Account | None) -> None:
    """Make a private folder that is never seen with the wrong owner, even if we are killed here."""
    if folder.exists():
        return
    half = folder.with_name(f".{folder.name}.half")
    half.mkdir(mode=0o700, exist_ok=True)
    if account:
        os.chown(half, account.uid, account.gid, follow_symlinks=False)
    half.rename(folder)


def make_data(data: Path, record: Record, programs: Path, account: Account | None, alive: int) -> None:
    """Make the cluster unless it is there: aside first, then renamed, so that it is whole or absent.

    alive: the lock that initdb inherits, so that nobody starts a second one beside an orphaned first one.
    ConfigurationError when the data of a home that had some is gone, or is another version's.
    """
    shutil.rmtree(data.parent / "new", ignore_errors=True)
    if (data / "global" / "pg_control").exists():
        version = (data / "PG_VERSION").read_text(encoding="ascii").strip()
        if version != MAJOR:
            raise ConfigurationError(
                [
                    f"{data} was made by PostgreSQL {version}, this release carries {MAJOR}: back up with "
                    "the release that made it and restore it into a fresh home."
                ]
            )
        return
    if record.ready:
        raise ConfigurationError(
            [
                f"the database of this home should lie in {data}, but it is not there. Put it back (a disk "
                "missing?). To begin with an empty database, remove postgres.json in the home folder."
            ]
        )
    if data.exists():  # never finished by us; not ours to delete
        data.rename(data.with_name(f"unfinished-{secrets.token_hex(4)}"))
    new = data.parent / "new"
    _make_folder(new, account)
    write_private(new / "password", record.superuser)
    done = run(
        [programs / "initdb", "-D", new / "data", "-U", SUPERUSER, "--pwfile", new / "password",
         "--auth=scram-sha-256", "--data-checksums", "--encoding=UTF8", "--locale-provider=builtin",
         "--builtin-locale=C.UTF-8", "--locale=C"],
        account,
        pass_fds=[alive],
    )  # fmt: skip
    if done.returncode != 0:
        raise DatabaseUnreachable(f"PostgreSQL could not make its data folder {data}:\n{done.stdout.strip()}")
    settings = new / "data" / "postgresql.conf"
    own = "\ninclude 'firstvisit.conf'\ninclude_if_exists 'local.conf'\n"
    write_private(settings, settings.read_text(encoding="utf-8") + own)
    write_private(new / "data" / "local.conf", "# Your own settings, read last.\n")
    (new / "data").rename(data)
    sync_folder(data.parent)
    shutil.rmtree(new, ignore_errors=True)


def configure(data: Path, record: Record) -> None:
    """Write the settings and who may come in, for the next start."""
    log = str(data.parent / "log").replace("'", "''")
    installed = memory.installed()
    text = SETTINGS.format(
        cluster=cluster_name(record, data),
        port=record.port,
        log=log,
        shared_buffers=memory.shared_buffers(installed),
        effective_cache_size=memory.effective_cache_size(installed),
    )
    write_private(data / "firstvisit.conf", text)
    write_private(data / "pg_hba.conf", ACCESS)


def connect(
    record: Record, data: Path, role: str, database: str
) -> psycopg.Connection[tuple[object, ...]] | str:
    """A connection to our own server, proven to be ours, or in words why there is none.

    Only SCRAM is accepted, in which the server too proves that it knows the password: a stranger on our
    port learns nothing, and cannot pass for us. The name tells ours from the server of a copied home.
    """
    try:
        connection = psycopg.connect(
            host="127.0.0.1",
            hostaddr="127.0.0.1",
            port=record.port,
            user=role,
            password=record.password(role),
            dbname=database,
            require_auth="scram-sha-256",
            sslmode="disable",
            gssencmode="disable",
            options="",
            connect_timeout=5,
            autocommit=True,
        )
    except psycopg.OperationalError as error:
        return str(error)
    try:
        found = connection.execute("SELECT current_setting('cluster_name')").fetchone()
    except psycopg.OperationalError as error:
        connection.close()
        return str(error)
    if found != (cluster_name(record, data),):
        connection.close()
        return f"the server on port {record.port} is not the one of {data}"
    return connection


def ensure_roles(connection: psycopg.Connection[tuple[object, ...]], record: Record) -> None:
    """Make or mend roles, passwords, database and who may enter it; as superuser, with autocommit."""
    # What a killed starter had begun may still be running in the server: wait for it to end.
    connection.execute("SELECT pg_advisory_lock(hashtext('firstvisit roles'))")
    for role, rights in ((OWNER, "LOGIN CREATEDB CREATEROLE NOSUPERUSER"), (APP, "LOGIN NOSUPERUSER")):
        name = sql.Identifier(role)
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
            connection.execute(sql.SQL("CREATE ROLE {}").format(name))
        # Only the verifier travels: the password itself is never part of a statement.
        verifier = connection.pgconn.encrypt_password(
            record.password(role).encode(), role.encode(), b"scram-sha-256"
        )
        change = sql.SQL("ALTER ROLE {} {} PASSWORD {}")
        connection.execute(change.format(name, sql.SQL(rights), sql.Literal(verifier.decode())))
    if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(DATABASE), sql.Identifier(OWNER))
        )
    for statement in (
        f"REVOKE ALL ON DATABASE {DATABASE}, postgres FROM PUBLIC",
        f"GRANT CONNECT ON DATABASE {DATABASE} TO {APP}",
        f"GRANT CONNECT ON DATABASE postgres TO {OWNER}",  # from where test databases are made
        f"GRANT {APP} TO {OWNER} WITH ADMIN TRUE, INHERIT FALSE, SET TRUE",
    ):
        connection.execute(sql.SQL(statement))


def log_tail(base: Path, lines: int = 15) -> str:
    """The last lines the server wrote, for the words of an error."""
    said: list[str] = []
    logs = sorted((base / "log").glob("*.log"), key=lambda path: path.stat().st_mtime)
    for path in logs[-2:]:
        said += path.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:]
    return "\n".join(said[-lines:]) or "(the server's log is empty)"
