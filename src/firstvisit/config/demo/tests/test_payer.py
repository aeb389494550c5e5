"""The sandbox payer as a process of its own: it answers many at once, and may be killed and started again."""

from __future__ import annotations

import datetime as dt
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from firstvisit.kernel.errors import ConnectorError
from firstvisit.steps.coverage.connectors import Reply
from firstvisit.steps.coverage.connectors.sandbox import SANDBOX, URL
from firstvisit.steps.coverage.inquiries import Inquiry, Insured

MODULE = "firstvisit.config.demo.payer"


def ask(port: int, member: str = "ACTIVE1", *, seconds: float = 20) -> Reply:
    inquiry = Inquiry(
        trace="T1", origin="9CEDARST01", payer="Invented Health", payer_id="00001", provider="Cedar Street",
        npi="1999999984", subscriber=Insured("Testperson", "Robin", dt.date(1980, 2, 29), member), service="PT",
        service_date=dt.date(2026, 11, 24),
    )  # fmt: skip
    return SANDBOX.ask(inquiry, {URL: f"http://127.0.0.1:{port}"}, seconds=seconds)


@contextmanager
def running(port: int, seconds: str = "0") -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", MODULE, str(port), seconds]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        try:
            deadline = time.monotonic() + 20
            while True:
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                assert process.poll() is None and time.monotonic() < deadline
            yield process
        finally:
            process.kill()


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number: int = free.getsockname()[1]
        return number


def test_it_answers_forty_at_once_in_the_time_of_one(port: int) -> None:
    with running(port, "1"), ThreadPoolExecutor(40) as threads:
        ask(port)  # it is awake
        began = time.monotonic()
        found = list(threads.map(lambda n: ask(port, f"ACTIVE{n}"), range(40)))
        assert time.monotonic() - began < 5
    assert all(each.benefits[0].active for each in found)


def test_killed_in_the_middle_it_fails_for_now_and_started_again_it_answers(port: int) -> None:
    with ThreadPoolExecutor(1) as threads, ExitStack() as first:
        process = first.enter_context(running(port, "30"))
        waiting = threads.submit(ask, port)
        _wait_until_under_way(port)
        process.kill()
        error = waiting.exception(timeout=10)
        assert isinstance(error, ConnectorError) and error.temporary
    with pytest.raises(ConnectorError) as down:
        ask(port)
    assert down.value.temporary
    with running(port):
        assert ask(port).benefits[0].active is True


def _wait_until_under_way(port: int) -> None:
    """Until a line is open; the kernel tells nobody, so it is looked again and again, ten seconds at most."""
    deadline = time.monotonic() + 10
    while not _is_under_way(port):
        assert time.monotonic() < deadline, "nobody has asked"
        time.sleep(0.02)


def _is_under_way(port: int) -> bool:
    """Whether a line from us to the server is open, as the kernel lists it."""
    lines = Path("/proc/net/tcp").read_text("ascii").splitlines()[1:]
    return any(f":{port:04X}" in each.split()[2] and each.split()[3] == "01" for each in lines)


@pytest.mark.parametrize("name", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_quietly_also_while_it_answers(port: int, name: signal.Signals) -> None:
    with running(port, "60") as process, ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(ask, port)
        _wait_until_under_way(port)
        process.send_signal(name)
        out, err = process.communicate(timeout=20)
        assert (process.returncode, out, err) == (0, b"", b"")
        assert isinstance(waiting.exception(timeout=10), ConnectorError)


@pytest.mark.parametrize("words", [[], ["http"], ["0"], ["8028", "-1"], ["8028", "soon"], ["8028", "1", "2"]])
def test_wrong_use_is_said(words: list[str]) -> None:
    done = subprocess.run([sys.executable, "-m", MODULE, *words], capture_output=True, check=False)
    assert done.returncode == 2 and b"usage" in done.stderr


def test_a_port_that_is_taken_is_said(port: int) -> None:
    with socket.create_server(("127.0.0.1", port)):
        done = subprocess.run([sys.executable, "-m", MODULE, str(port)], capture_output=True, check=False)
    assert done.returncode == 1 and b"cannot listen" in done.stderr


def test_what_is_no_question_is_refused_and_the_next_one_answered(port: int) -> None:
    with running(port) as process:
        for sent in (
            b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x00", b"POST /core HTTP/1.1\r\nContent-Length: x\r\n\r\n",
            b"POST /core HTTP/1.1\r\nContent-Length: 999999999\r\n\r\n", b"GET /core HTTP/1.1\r\n\r\n",
            b"POST /core HTTP/1.1\r\nContent-Length: 3\r\n\r\nISA",
            b"POST /corevil HTTP/1.1\r\nContent-Length: 0\r\n\r\n",
        ):  # fmt: skip
            with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
                line.sendall(sent)
                line.shutdown(socket.SHUT_WR)
                answer = line.recv(65536)
            assert b" 200 " not in answer.partition(b"\n")[0]
        assert ask(port).benefits[0].active is True
        process.terminate()
        assert process.communicate(timeout=20) == (b"", b"")
