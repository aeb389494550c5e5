"""Starting and stopping: one family for a home, nothing left behind, nothing taken from anybody."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from firstvisit.config.processes import living
from firstvisit.kernel import postgres

from .conftest import PASSWORD, SETUP, Installation

FAMILY = """
import sys
from firstvisit.config.processes import Family
family = Family()
family.start("parent", ["sh", "-c", "sleep 600 & echo $$ $!; wait"])
family.watch(lambda: None)
"""


def until(holds: Callable[[], object], *, what: str, seconds: float = 90) -> None:
    """Look again and again until it holds."""
    pause = threading.Event()
    for _ in range(int(seconds / 0.05)):
        if holds():
            return
        pause.wait(0.05)
    raise AssertionError(f"within {seconds:.0f} s it did not come true: {what}")


def alive(pid: int) -> bool:
    """Whether the process lives; a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def answers(port: int, path: str = "/readyz") -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def listens(port: int) -> bool:
    """Whether anybody takes a line at this port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def web_heads(port: int) -> list[int]:
    """The heads of the web servers on this port."""
    return heads(b"firstvisit.config.wsgi:application", port)


def heads(program: bytes, port: int) -> list[int]:
    """Who runs a program on this port and leads a session of its own."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            leads = int(entry.name) in living(int(entry.name))
            if leads and program in words and str(port).encode() in words:
                found.append(int(entry.name))
    return found


def ended(process: subprocess.Popen[str], how: signal.Signals = signal.SIGINT) -> tuple[int, str, str]:
    """Ask a command to stop; its exit code and what it said."""
    process.send_signal(how)
    out, err = process.communicate(timeout=90)
    assert "Traceback" not in err, err
    return process.returncode, out, err


def gone(home: Path) -> None:
    """Nothing of this home's database stays on the machine."""
    place = postgres.place(home).parent
    postgres.stop(home)
    shutil.rmtree(place, ignore_errors=True)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A practice on the embedded server, which nobody runs at first."""
    here = Installation(tmp_path_factory.mktemp("starting") / "home")
    try:
        done = here.run(*SETUP, given=f"{PASSWORD}\n")
        assert done.code == 0, done.err
        yield here
    finally:
        gone(here.home)


def test_a_killed_parent_leaves_no_child_behind_and_is_started_again() -> None:
    family = subprocess.Popen([sys.executable, "-c", FAMILY], stdout=subprocess.PIPE, text=True)
    assert family.stdout is not None
    told = (line for line in family.stdout if line.split()[0].isdecimal())
    parent, child = map(int, next(told).split())
    os.kill(parent, signal.SIGKILL)
    next_parent, next_child = map(int, next(told).split())
    assert not alive(child)
    assert next_parent != parent and alive(next_child)
    family.terminate()
    assert family.wait(30) == 0
    assert living(next_parent) == []
    family.stdout.close()


@pytest.mark.parametrize("command", ["up", "web", "demo"])
def test_a_taken_port_is_refused_in_words_and_leaves_no_database_behind(
    home: Installation, command: str
) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        said = home.run(command, "--port", str(port))
    assert (said.code, said.out) == (2, "")
    assert f"Port {port} on 127.0.0.1 cannot be used (Address already in use)" in said.err
    assert postgres.running(home.home) is None


def test_the_demo_also_needs_the_port_of_its_mail_server(home: Installation) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        said = home.run("demo", "--port", str(taken - 25))
    assert said.code == 2
    assert f"Port {taken} on 127.0.0.1 cannot be used" in said.err
    assert f"it lies 25 above the web port {taken - 25}" in said.err
    assert "A demo takes its web port and those 25, 26, 27, 28, 29 above it" in said.err
    assert postgres.running(home.home) is None


@pytest.mark.parametrize(("command", "above"), [("up", 0), ("demo", 0), ("demo", 25)])
def test_a_taken_port_is_refused_before_anything_of_a_new_installation_is_made(
    tmp_path: Path, command: str, above: int
) -> None:
    new = Installation(tmp_path / "new")
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        said = new.run(command, "--port", str(taken - above))
    assert said.code == 2
    assert said.err.startswith(f"firstvisit: Port {taken} on 127.0.0.1 cannot be used") and "SHEET" not in said.err
    assert not new.home.exists()


def test_a_port_without_room_for_the_demos_own_servers_is_refused(home: Installation) -> None:
    said = home.run("demo", "--port", "65530")
    assert (said.code, said.err.count("from 1 to 65506")) == (2, 1)


@pytest.mark.parametrize(("words", "code"), [(["check"], 0), (["explain", "L-1"], 2), (["user", "list"], 0)])
def test_a_command_stops_the_database_it_started_and_leaves_a_running_one(
    home: Installation, words: list[str], code: int
) -> None:
    assert home.run(*words).code == code
    assert postgres.running(home.home) is None
    server = postgres.start(home.home)
    try:
        assert home.run(*words).code == code
        after = postgres.running(home.home)
        assert after is not None and after.pid == server.pid
    finally:
        postgres.stop(home.home)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_start_that_is_stopped_early_leaves_no_database_behind(
    home: Installation, how: signal.Signals
) -> None:
    start = home.begin("up", "--port", str(free_port()))
    until(lambda: postgres.running(home.home), what="the database runs")
    code, _, _ = ended(start, how)
    assert code in (0, 128 + how)  # 0 where the family was there already
    assert postgres.running(home.home) is None


def test_the_workers_of_a_killed_web_server_end_by_themselves(home: Installation) -> None:
    port = free_port()
    web = home.begin("web", "--port", str(port), "--workers", "1")  # nobody of ours watches over it
    try:
        until(lambda: answers(port), what="the web answers")
        children = (Path(f"/proc/{web.pid}/task/{web.pid}/children").read_text()).split()
        assert children
        web.kill()
        web.communicate(timeout=30)
        until(lambda: not any(alive(int(pid)) for pid in children), what="no worker is left", seconds=20)
        assert not answers(port)
    finally:
        postgres.stop(home.home)


def test_of_two_starts_at_once_one_runs_and_the_other_is_refused_in_words(home: Installation) -> None:
    ports = [free_port(), free_port()]
    starts = [home.begin("up", "--port", str(port)) for port in ports]
    until(lambda: any(start.poll() is not None for start in starts), what="one is refused")
    refused, other = sorted(starts, key=lambda start: start.poll() is None)
    _, err = refused.communicate(timeout=30)
    assert refused.returncode == 2
    assert "This installation is running already" in err
    port = ports[starts.index(other)]
    until(lambda: answers(port), what="the other one answers")
    code, _, err = ended(other)
    assert (code, "ready at" in err) == (0, True)
    assert postgres.running(home.home) is None


def test_commands_find_the_port_on_which_the_installation_runs(home: Installation) -> None:
    port = free_port()
    start = home.begin("up", "--port", str(port))
    until(lambda: answers(port), what="the web answers")
    lines = home.run("doctor", "--json").out.splitlines()
    (address,) = [each["words"] for each in map(json.loads, lines) if each["about"] == "address"]
    assert f"http://127.0.0.1:{port} " in address
    ended(start)
    lines = home.run("doctor", "--json").out.splitlines()
    (address,) = [each["words"] for each in map(json.loads, lines) if each["about"] == "address"]
    assert "http://127.0.0.1:8000 " in address


@pytest.mark.parametrize(
    "words",
    [["doctor"], ["check"], ["user", "list"], ["worker", "prompt"], ["doctor", "--help"], ["up", "--help"]],
)
@pytest.mark.parametrize("url", ["", "postgresql://a:b@127.0.0.1:1/c"])
def test_looking_makes_nothing_in_an_empty_home(tmp_path: Path, words: list[str], url: str) -> None:
    here = Installation(tmp_path / "empty", url)
    said = here.run(*words)
    asks = words[-1] == "--help"
    assert said.code == (0 if asks else 2)
    assert ("There is no installation here" in said.err) != asks
    assert "RECOVERY SHEET" not in said.err
    assert list(tmp_path.iterdir()) == []


def test_the_demo_survives_a_killed_web_server_and_the_next_start_finds_its_data(tmp_path: Path) -> None:
    here, port = Installation(tmp_path / "demo"), free_port()
    try:
        first = here.begin("demo", "--port", str(port))
        until(lambda: answers(port), what="the web answers")
        (head,) = web_heads(port)
        workers = [pid for pid in living(head) if pid != head]
        assert workers
        # Before `ready` the demo is still sending its referrals: this is about serving, so wait for it.
        assert first.stdout is not None
        shown = list(iter(first.stdout.readline, "ready\n"))
        os.kill(head, signal.SIGKILL)
        until(lambda: web_heads(port) not in ([], [head]), what="there is a new web server")
        until(lambda: answers(port), what="the web answers again")
        assert not any(alive(pid) for pid in workers)
        (head,), (payer,) = web_heads(port), heads(b"firstvisit.config.demo.payer", port + 28)
        os.kill(payer, signal.SIGKILL)
        until(
            lambda: heads(b"firstvisit.config.demo.payer", port + 28) not in ([], [payer]), what="there is a new payer"
        )
        until(lambda: listens(port + 28), what="the payer is there again")
        assert answers(port)
        assert ended(first)[0] == 0
        assert living(head) == []
        assert not listens(port + 28)
        assert postgres.running(here.home) is None
        with socket.socket() as again:
            again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            again.bind(("127.0.0.1", port))
        second = here.begin("demo", "--port", str(port))
        assert second.stdout is not None
        found = list(iter(second.stdout.readline, "ready\n"))
        assert ended(second)[0] == 0
        leads = [[line.split()[0] for line in lines if line.startswith("L-")] for lines in (shown, found)]
        assert len(leads[0]) > 10
        assert leads[0] == leads[1]
    finally:
        gone(here.home)
