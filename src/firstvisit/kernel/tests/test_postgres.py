"""The embedded server: private, one for each home, and nothing acknowledged is ever lost.

As root the tests cover root's ways and, through child processes, an ordinary user's; run by an ordinary
user they are that user's.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import select
import shutil
import signal
import socket
import socketserver
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

import firstvisit
from firstvisit.kernel import postgres
from firstvisit.kernel.errors import ConfigurationError, DatabaseUnreachable
from firstvisit.kernel.postgres import account

SOURCE = Path(firstvisit.__file__).parents[1]
ROOT = os.geteuid() == 0
only_root = pytest.mark.skipif(not ROOT, reason="what only root meets")
START = "import sys; from pathlib import Path; from firstvisit.kernel import postgres; "
START += "print(postgres.start(Path(sys.argv[1])).pid)"
FATES = ["everything", "postmaster", "backends", "postmaster and one child"]

Homes = Callable[..., Path]


def child(
    home: Path, *, first: str = "", python: str = sys.executable, **more: object
) -> subprocess.Popen[str]:
    """Another process that starts the server of `home` and prints the server's process id."""
    paths = ":".join([*([first] if first else []), str(SOURCE), str(Path(psycopg.__file__).parents[1])])
    return subprocess.Popen(
        [python, "-c", START, str(home)],
        env={**os.environ, "PYTHONPATH": paths},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **more,  # type: ignore[call-overload]
    )


def as_user(user: int) -> dict[str, object]:
    """How `child` is run by another user. Skips the test where that user can run no Python like ours."""
    switch = {"user": user, "group": user, "extra_groups": [], "cwd": "/"}
    paths = {"PYTHONPATH": f"{SOURCE}:{Path(psycopg.__file__).parents[1]}"}
    for python in (sys.executable, f"/usr/bin/python3.{sys.version_info.minor}"):
        with contextlib.suppress(OSError):
            probe = [python, "-c", "import psycopg, firstvisit"]
            if subprocess.run(probe, env=paths, capture_output=True, **switch).returncode == 0:
                return {"python": python, **switch}
    pytest.skip("this Python cannot be run by another user")


def finished(process: subprocess.Popen[str]) -> int:
    """What a child printed: the server's process id."""
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return int(out)


def processes_of(data: Path) -> dict[int, bytes]:
    """Living processes that work in `data`, with their command lines; found without the code under test."""
    found = {}
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and (entry / "cwd").readlink() == data:
                found[int(entry.name)] = (entry / "cmdline").read_bytes()
        except OSError:
            continue
    return found


def postmasters_of(data: Path) -> list[int]:
    return [pid for pid, words in processes_of(data).items() if os.fsencode(data) in words.split(b"\0")]


def kill(*pids: int) -> None:
    """kill -9, and wait until they are really gone (a zombie counts as gone)."""
    for pid in pids:
        try:
            handle = os.pidfd_open(pid)
        except ProcessLookupError:
            continue
        try:
            signal.pidfd_send_signal(handle, signal.SIGKILL)
            wait = select.poll()
            wait.register(handle, select.POLLIN)
            assert wait.poll(10_000)
        except ProcessLookupError:
            pass
        finally:
            os.close(handle)


def kill_all(data: Path) -> None:
    while found := processes_of(data):
        kill(*found)


def recorded(home: Path) -> dict[str, object]:
    return json.loads((home / "postgres.json").read_text())


def secrets_of(home: Path) -> list[str]:
    found = recorded(home)
    return [str(found[role]) for role in ("superuser", "owner", "app")]


def superuser_url(server: postgres.Server, home: Path) -> str:
    return f"postgresql://postgres:{recorded(home)['superuser']}@127.0.0.1:{server.port}/postgres"


def one(url: str, query: str) -> object:
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(query).fetchone()
    return row[0] if row else None


@pytest.fixture
def homes() -> Iterator[Homes]:
    """Makes home folders that everybody may enter (or, private=True, only we); cleans up after itself."""
    tops: list[Path] = []
    made: list[Path] = []
    shared_before = set(account.SHARED.iterdir()) if account.SHARED.exists() else set()

    def make(*, private: bool = False) -> Path:
        top = Path(os.path.realpath(tempfile.mkdtemp(prefix="fv-")))
        top.chmod(0o700 if private else 0o755)
        tops.append(top)
        made.append(top / "home")
        return top / "home"

    yield make
    for top in tops:
        for home in {path.parent for path in top.rglob("postgres.json")}:
            data = postgres.place(home)
            kill_all(data)
            if account.SHARED in data.parents:
                shutil.rmtree(data.parent)
        shutil.rmtree(top)
    if ROOT and account.SHARED.exists():
        assert {path.name for path in set(account.SHARED.iterdir()) - shared_before} <= {".lock"}


# --- the ordinary life ---------------------------------------------------------------------------------


def test_a_first_start_makes_a_server_that_a_second_start_joins(homes: Homes) -> None:
    home = homes()
    assert postgres.running(home) is None
    assert postgres.stop(home) is False
    server = postgres.start(home)
    assert server == postgres.start(home) == postgres.running(home)
    assert server.data_dir == postgres.place(home) == home / "postgres" / "data"
    assert postmasters_of(server.data_dir) == [server.pid]


def test_rows_are_there_after_stop_and_start_on_the_same_port(homes: Homes) -> None:
    home = homes()
    server = postgres.start(home)
    with psycopg.connect(server.owner_url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
    assert postgres.stop(home) is True
    assert postgres.running(home) is None
    assert processes_of(server.data_dir) == {}
    assert postgres.stop(home) is False
    again = postgres.start(home)
    assert (again.port, again.owner_url) == (server.port, server.owner_url)
    assert one(again.owner_url, "SELECT n FROM kept") == 7


def test_stop_does_not_wait_for_open_connections(homes: Homes) -> None:
    home = homes()
    server = postgres.start(home)
    with psycopg.connect(server.app_url) as connection:
        connection.execute("SELECT 1")
        assert postgres.stop(home) is True
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("fsync", "on"),
        ("full_page_writes", "on"),
        ("synchronous_commit", "on"),
        ("data_checksums", "on"),
        ("TimeZone", "UTC"),
        ("server_encoding", "UTF8"),
        ("listen_addresses", "127.0.0.1"),
        ("unix_socket_directories", ""),
        ("password_encryption", "scram-sha-256"),
        ("max_connections", "100"),
        ("log_statement", "none"),
    ],
)
def test_the_server_is_set_up_to_keep_and_to_hide(server: postgres.Server, setting: str, value: str) -> None:
    url = superuser_url(server, server.data_dir.parents[1])
    assert one(url, f"SELECT current_setting('{setting}')") == value


@pytest.fixture(scope="module")
def server() -> Iterator[postgres.Server]:
    top = Path(os.path.realpath(tempfile.mkdtemp(prefix="fv-")))
    top.chmod(0o755)
    try:
        yield postgres.start(top)
    finally:
        postgres.stop(top)
        shutil.rmtree(top)


def test_the_database_sorts_by_code_point_in_utf8(server: postgres.Server) -> None:
    query = "SELECT datlocprovider::text || datlocale FROM pg_database WHERE datname = 'firstvisit'"
    assert one(server.owner_url, query) == "bC.UTF-8"


def test_the_owner_makes_tables_roles_and_databases_and_is_no_superuser(server: postgres.Server) -> None:
    assert one(server.owner_url, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False
    with psycopg.connect(server.owner_url, autocommit=True) as connection:
        for statement in ("TABLE mine (n int)", "ROLE somebody", "DATABASE test_firstvisit"):
            connection.execute(f"CREATE {statement}")  # type: ignore[arg-type]
        connection.execute("SET ROLE firstvisit_app")


def test_the_application_has_no_rights_of_its_own(server: postgres.Server) -> None:
    with psycopg.connect(server.owner_url) as connection:
        connection.execute("CREATE TABLE theirs (n int)")
    for statement in ("CREATE TABLE x (n int)", "CREATE TEMP TABLE x (n int)", "TABLE theirs"):
        with (
            psycopg.connect(server.app_url) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute(statement)  # type: ignore[arg-type]
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        one(server.app_url.removesuffix("firstvisit") + "postgres", "SELECT 1")


def test_programs_of_the_wheel_are_found_and_unknown_ones_named() -> None:
    for name in ("pg_dump", "pg_restore", "psql"):
        done = subprocess.run(
            [postgres.binary(name), "--version"], capture_output=True, text=True, check=True
        )
        assert "18." in done.stdout
    with pytest.raises(ConfigurationError, match="pg_dumb"):
        postgres.binary("pg_dumb")


# --- privacy -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["postgres", "firstvisit_owner", "firstvisit_app"])
def test_nobody_comes_in_without_the_right_password(server: postgres.Server, role: str) -> None:
    for password in ("", "guess", role):
        with pytest.raises(
            psycopg.OperationalError, match=r"no password supplied|password authentication failed"
        ):
            psycopg.connect(
                host="127.0.0.1", port=server.port, user=role, password=password, dbname="firstvisit",
                passfile="/dev/null",
            )  # fmt: skip


def test_there_is_no_other_way_in_than_the_loopback_address(server: postgres.Server) -> None:
    assert not list(Path(tempfile.gettempdir()).glob(f".s.PGSQL.{server.port}*"))
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", server.port), timeout=5)


def test_passwords_lie_in_one_private_file_and_in_no_process_or_log(homes: Homes) -> None:
    home = homes()
    process, seen = child(home), set()
    waiting = threading.Event()
    while process.poll() is None:
        for entry in Path("/proc").glob("[0-9]*"):
            for part in ("cmdline", "environ"):
                try:
                    seen.add((entry / part).read_bytes())
                except OSError:
                    continue
        waiting.wait(0.002)
    finished(process)
    server = postgres.start(home)
    assert stat.S_IMODE((home / "postgres.json").stat().st_mode) == 0o600
    assert any(b"initdb" in words for words in seen)
    logs = b"".join(path.read_bytes() for path in (home / "postgres" / "log").iterdir())
    for secret in secrets_of(home):
        assert not any(secret.encode() in words for words in seen)
        assert secret.encode() not in logs
        assert secret not in repr(server)
    for folder in (home / "postgres", home / "postgres" / "data", home / "postgres" / "log"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert not (home / "postgres" / "new").exists()


def test_the_log_quotes_no_values_not_even_of_a_statement_that_crashed(homes: Homes) -> None:
    home = homes()
    server = postgres.start(home)
    with psycopg.connect(server.owner_url, autocommit=True) as connection:
        connection.execute("CREATE TABLE people (name text PRIMARY KEY)")
        connection.execute("INSERT INTO people VALUES ('Quillon')")
        for wrong in ("INSERT INTO people VALUES ('Quillon')", "SELECT 'Quillon'::date", "SELECT Quillon"):
            with pytest.raises(psycopg.Error):
                connection.execute(wrong)  # type: ignore[arg-type]
        backend = connection.info.backend_pid
        crash = threading.Thread(target=kill_when_busy, args=(superuser_url(server, home), backend))
        crash.start()
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT pg_sleep(60), 'Quillon'")
        crash.join()
    answers_again(home)
    logs = "".join(path.read_text() for path in (home / "postgres" / "log").iterdir())
    assert "terminated by signal 9" in logs
    assert "quillon" not in logs.lower()


def kill_when_busy(url: str, backend: int) -> None:
    waiting = threading.Event()
    while one(url, f"SELECT state FROM pg_stat_activity WHERE pid = {backend}") != "active":
        waiting.wait(0.01)
    kill(backend)


def answers_again(home: Path) -> None:
    waiting = threading.Event()
    for _ in range(1000):
        if postgres.running(home):
            return
        waiting.wait(0.01)
    pytest.fail("the server did not come back by itself")


# --- kill -9 -------------------------------------------------------------------------------------------


class Writer(threading.Thread):
    """Writes rows one by one and remembers which were acknowledged, until the server is gone."""

    def __init__(self, url: str, first: int) -> None:
        super().__init__()
        self.url, self.next = url, first
        self.acknowledged: list[int] = []
        self.more = threading.Condition()

    def run(self) -> None:
        try:
            with psycopg.connect(self.url, autocommit=True) as connection:
                while True:
                    connection.execute("INSERT INTO written VALUES (%s)", [self.next])
                    with self.more:
                        self.acknowledged.append(self.next)
                        self.next += 1
                        self.more.notify()
        except psycopg.OperationalError:
            return

    def wait_for(self, rows: int) -> None:
        with self.more:
            assert self.more.wait_for(lambda: len(self.acknowledged) >= rows, timeout=60)


def test_every_acknowledged_row_is_there_whatever_was_killed(homes: Homes) -> None:
    home, chance = homes(), random.Random(20_260_101)
    server = postgres.start(home)
    with psycopg.connect(server.owner_url) as connection:
        connection.execute("CREATE TABLE written (n bigint PRIMARY KEY)")
    expected: set[int] = set()
    first = 0
    for fate in [*FATES, *chance.choices(FATES, k=4)]:
        writer = Writer(server.owner_url, first)
        writer.start()
        writer.wait_for(chance.randint(1, 300))
        others = [pid for pid in processes_of(server.data_dir) if pid != server.pid]
        if fate == "everything":
            kill(*chance.sample([server.pid, *others], len(others) + 1))
        elif fate == "backends":
            kill(one_backend(server, home))
        else:
            kill(server.pid, *([chance.choice(others)] if "child" in fate else []))
        if fate != "backends":
            assert postgres.running(home) is None
        server = postgres.start(home)
        writer.join(timeout=60)
        assert not writer.is_alive()
        expected |= set(writer.acknowledged)
        with psycopg.connect(server.owner_url) as connection:
            found = {row[0] for row in connection.execute("SELECT n FROM written")}
        assert expected <= found, fate
        assert len(found - expected) <= 1  # at most the one row under way in each round
        expected, first = found, writer.next + 1
        assert postmasters_of(server.data_dir) == [server.pid]


def one_backend(server: postgres.Server, home: Path) -> int:
    query = "SELECT pid FROM pg_stat_activity WHERE usename = 'firstvisit_owner' LIMIT 1"
    return int(str(one(superuser_url(server, home), query)))


def test_a_backend_deep_in_a_query_does_not_outlive_its_server_into_the_next_one(homes: Homes) -> None:
    home = homes()
    server = postgres.start(home)
    busy = "DO $$ BEGIN LOOP PERFORM 1; END LOOP; END $$"

    def forever() -> None:
        with pytest.raises(psycopg.OperationalError), psycopg.connect(server.owner_url) as connection:
            connection.execute(busy)

    thread = threading.Thread(target=forever)
    thread.start()
    waiting = threading.Event()
    url = superuser_url(server, home)
    while not one(url, "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'DO %'"):
        waiting.wait(0.01)
    kill(server.pid)
    again = postgres.start(home)
    thread.join(timeout=30)
    assert not thread.is_alive()
    assert postmasters_of(again.data_dir) == [again.pid]


def test_a_starter_killed_at_any_moment_is_healed_by_the_next_start(homes: Homes) -> None:
    chance = random.Random(20_260_102)
    for attempt in range(6):
        home = homes()
        process = child(home)
        try:
            process.wait(timeout=chance.uniform(0.15, 0.9))
        except subprocess.TimeoutExpired:
            process.kill()
        process.communicate()
        if attempt % 2:  # what it had started dies with it
            kill(*(pid for pid, words in everything() if os.fsencode(home) in words))
        server = postgres.start(home)
        assert postmasters_of(server.data_dir) == [server.pid]
        assert one(server.owner_url, "SELECT current_user") == "firstvisit_owner"
        assert one(server.app_url, "SELECT current_user") == "firstvisit_app"
        assert sorted(path.name for path in (home / "postgres").iterdir()) == ["alive", "data", "log"]


def everything() -> Iterator[tuple[int, bytes]]:
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            yield int(entry.name), (entry / "cmdline").read_bytes()
        except OSError:
            continue


def test_the_server_outlives_its_starter_and_does_not_hear_its_ctrl_c(homes: Homes) -> None:
    home = homes()
    process = child(home, start_new_session=True)
    pid = finished(process)
    assert os.getsid(pid) != process.pid
    server = postgres.running(home)
    assert server is not None and server.pid == pid


# --- strangers -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("called", ["stranger", "postgres"])
def test_a_process_number_reused_by_a_stranger_fools_nobody(homes: Homes, called: str) -> None:
    home = homes()
    server = postgres.start(home)
    pid_file = server.data_dir / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    user = pid_file.stat().st_uid
    kill_all(server.data_dir)
    program = shutil.copy("/bin/cat", home / called)  # waits for its input, which never comes
    with subprocess.Popen([program], stdin=subprocess.PIPE, user=user if ROOT else None) as stranger:
        pid_file.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
        assert postgres.running(home) is None
        assert postgres.stop(home) is False
        again = postgres.start(home)
        assert again.pid != stranger.pid
        assert one(again.app_url, "SELECT 1") == 1
        assert postgres.stop(home) is True
        assert stranger.poll() is None
        stranger.kill()


def test_another_port_is_chosen_and_kept_when_a_stranger_has_taken_ours(homes: Homes) -> None:
    home = homes()
    server = postgres.start(home)
    postgres.stop(home)
    heard: list[bytes] = []

    class Greedy(socketserver.BaseRequestHandler):
        """Behaves like a PostgreSQL that asks for the password in clear."""

        def handle(self) -> None:
            heard.append(self.request.recv(1000))
            self.request.sendall(b"R\x00\x00\x00\x08\x00\x00\x00\x03")
            heard.append(self.request.recv(1000))

    class Listener(socketserver.ThreadingTCPServer):
        allow_reuse_address = True

    with Listener(("127.0.0.1", server.port), Greedy) as listener:
        threading.Thread(target=listener.serve_forever).start()
        assert postgres.running(home) is None
        moved = postgres.start(home)
        listener.shutdown()
    assert heard
    assert not any(secret.encode() in words for secret in secrets_of(home) for words in heard)
    assert moved.port != server.port
    assert recorded(home)["port"] == moved.port
    postgres.stop(home)
    assert postgres.start(home).port == moved.port


def test_a_port_asked_for_is_used_or_refused_in_words(homes: Homes) -> None:
    home = homes()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with pytest.raises(ConfigurationError, match=f"port {port} .* is taken"):
            postgres.start(home, port=port)
    assert postgres.start(home, port=port).port == port


def test_the_server_of_another_home_is_a_stranger(homes: Homes) -> None:
    first, second = homes(), homes()
    server = postgres.start(first)
    postgres.start(second)
    postgres.stop(second)
    (second / "postgres.json").write_text(json.dumps({**recorded(second), "port": server.port}))
    assert postgres.running(second) is None
    assert postgres.start(second).port != server.port
    assert postgres.running(first) == server


def test_a_copied_home_gets_a_server_of_its_own(homes: Homes) -> None:
    home, copy = homes(), homes()
    server = postgres.start(home)
    kill_all(server.data_dir)  # so that the copy has a postmaster.pid as well
    subprocess.run(["cp", "-a", home, copy], check=True)
    server = postgres.start(home)
    assert postgres.running(copy) is None
    other = postgres.start(copy)
    assert (other.pid, other.port) != (server.pid, server.port)
    assert postgres.stop(copy) is True
    assert postgres.running(home) == server


# --- several at once, and half-made things -------------------------------------------------------------


def test_six_starts_at_once_on_a_fresh_home_make_one_server(homes: Homes) -> None:
    home = homes()
    pids = {finished(process) for process in [child(home) for _ in range(6)]}
    server = postgres.running(home)
    assert server is not None
    assert pids == {server.pid}
    assert postmasters_of(server.data_dir) == [server.pid]


@pytest.mark.parametrize("where", ["new/data", "data"])
def test_a_half_made_data_folder_is_made_again(homes: Homes, where: str) -> None:
    home = homes()
    server = postgres.start(home)
    kill_all(server.data_dir)
    base = home / "postgres"
    (home / "postgres.json").write_text(json.dumps({**recorded(home), "ready": False}))
    (base / "data" / "global" / "pg_control").unlink()
    if where == "new/data":
        (base / "new").mkdir()
        (base / "data").rename(base / "new" / "data")
    assert one(postgres.start(home).app_url, "SELECT 1") == 1
    assert not (base / "new").exists()


def test_data_that_is_gone_is_a_question_and_no_fresh_beginning(homes: Homes) -> None:
    home = homes()
    data = postgres.start(home).data_dir
    postgres.stop(home)
    data.rename(data.with_name("elsewhere"))
    with pytest.raises(ConfigurationError, match="not there"):
        postgres.start(home)
    data.with_name("elsewhere").rename(data)
    assert postgres.start(home).data_dir == data


def test_a_lost_or_damaged_password_file_is_told_without_telling_passwords(homes: Homes) -> None:
    home = homes()
    postgres.start(home)
    postgres.stop(home)
    text = (home / "postgres.json").read_text()
    (home / "postgres.json").write_text(text[:-20])
    with pytest.raises(ConfigurationError, match="damaged") as caught:
        postgres.start(home)
    assert caught.value.__cause__ is None
    (home / "postgres.json").unlink()
    with pytest.raises(ConfigurationError, match="restore"):
        postgres.start(home)
    (home / "postgres.json").write_text(text)
    (home / "postgres.json").write_text(json.dumps({**json.loads(text), "superuser": "x", "owner": "x"}))
    with pytest.raises(DatabaseUnreachable, match="refuses the password"):
        postgres.start(home)
    (home / "postgres.json").write_text(text)
    server = postgres.start(home)
    (home / "postgres.json").write_text(json.dumps({**json.loads(text), "superuser": "x", "owner": "x"}))
    assert postgres.running(home) is None
    with pytest.raises(DatabaseUnreachable, match="refuses the password"):
        postgres.start(home)
    (home / "postgres.json").write_text(text)
    assert postgres.running(home) == server


def test_a_server_that_cannot_start_says_why_with_its_own_words(homes: Homes) -> None:
    home = homes()
    data = postgres.start(home).data_dir
    postgres.stop(home)
    (data / "local.conf").write_text("shared_buffers = 'plenty'\n")
    with pytest.raises(DatabaseUnreachable, match="plenty"):
        postgres.start(home)
    (data / "local.conf").write_text("work_mem = '5MB'\n")
    assert one(postgres.start(home).app_url, "SHOW work_mem") == "5MB"


def test_a_very_long_home_path_is_no_hindrance(homes: Homes) -> None:
    home = homes() / ("long" * 30) / ("longer" * 20)
    assert one(postgres.start(home).app_url, "SELECT 1") == 1


# --- root ----------------------------------------------------------------------------------------------


@only_root
def test_data_of_a_private_home_lies_elsewhere_and_no_mode_is_touched(homes: Homes) -> None:
    home = homes(private=True)
    home.mkdir(mode=0o700)
    before = {folder: folder.stat().st_mode for folder in (home, *home.parents)}
    foreseen = postgres.place(home)
    server = postgres.start(home)
    assert before == {folder: folder.stat().st_mode for folder in (home, *home.parents)}
    assert server.data_dir == foreseen == postgres.place(home)
    base = account.SHARED / server.data_dir.parent.name
    assert server.data_dir == base / "data"
    assert stat.S_IMODE(base.stat().st_mode) == 0o700
    assert base.stat().st_uid != 0
    assert (home / "postgres-data").read_text().strip() == str(base)
    assert Path(f"/proc/{server.pid}").stat().st_uid == base.stat().st_uid


@only_root
def test_a_private_home_keeps_its_data_when_opened_or_moved_but_a_copy_may_not_have_it(homes: Homes) -> None:
    home = homes(private=True)
    data = postgres.start(home).data_dir
    home.parent.chmod(0o755)
    assert postgres.place(home) == data
    copy = home.with_name("copy")
    shutil.copytree(home, copy)
    with pytest.raises(ConfigurationError, match="is a copy of"):
        postgres.running(copy)
    shutil.rmtree(copy)
    moved = home.rename(home.with_name("moved"))
    server = postgres.running(moved)
    assert server is not None and server.data_dir == data
    postgres.stop(moved)
    assert postgres.start(moved).data_dir == data


@only_root
def test_programs_in_a_private_folder_are_copied_once_for_the_database_user(homes: Homes) -> None:
    home = homes(private=True)
    wheel = account.installation().parent
    private = home.parent / "packages"
    for folder in (wheel, wheel.with_name(f"{wheel.name}.libs")):
        shutil.copytree(folder, private / folder.name, symlinks=True)
    copies_before = set(account.SHARED.glob("pg-*"))
    try:
        pid = finished(child(home, first=str(private)))
        program = Path(f"/proc/{pid}/exe").readlink()
        assert account.SHARED in program.parents
        assert program.stat().st_uid == 0
        assert stat.S_IMODE(private.parent.stat().st_mode) == 0o700
        postgres.stop(home)
        finished(child(home, first=str(private)))
        assert len(set(account.SHARED.glob("pg-*")) - copies_before) <= 1
    finally:
        kill_all(postgres.place(home))
        for copy in set(account.SHARED.glob("pg-*")) - copies_before:
            shutil.rmtree(copy)


@only_root
def test_an_ordinary_user_keeps_everything_in_the_home_and_root_leaves_it_so(homes: Homes) -> None:
    home = homes()
    postgres.start(home)  # makes sure that the user exists
    user = postgres.place(home).stat().st_uid
    other = as_user(user)
    own = homes(private=True)
    os.chown(own.parent, user, user)
    pid = finished(child(own, **other))
    server = postgres.start(own)
    assert server.pid == pid
    assert server.data_dir == own / "postgres" / "data"
    postgres.stop(own)
    postgres.start(own)  # as root
    assert {path.stat().st_uid for path in (own, *own.rglob("*"))} == {user}
    assert finished(child(own, **other)) != pid


@only_root
def test_somebody_else_is_told_whose_home_it_is(homes: Homes) -> None:
    home = homes()
    postgres.start(home)
    process = child(home, **as_user(account.NOBODY))
    _, err = process.communicate(timeout=60)
    assert process.returncode != 0
    assert "belongs to another user" in err
