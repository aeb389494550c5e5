"""A line that drips is ended in time, whether its server says how long the answer is or just hangs up at its end."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time

import pytest

from firstvisit.kernel.deadlines import unanswered, within


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n",
        b"HTTP/1.0 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX-Long: ",
    ],
)
def test_it_ends_whatever_it_is_at(head: bytes) -> None:
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as door:

        def drip() -> None:
            line, _ = door.accept()
            with line:
                line.recv(65536)
                line.sendall(head)
                while not over.wait(0.1):
                    try:
                        line.sendall(b"x")
                    except OSError:
                        return

        thread = threading.Thread(target=drip)
        thread.start()
        line = http.client.HTTPConnection("127.0.0.1", door.getsockname()[1], timeout=30)
        began = time.monotonic()
        try:
            with within(0.5, line) as late:
                line.request("GET", "/")
                with line.getresponse() as answer:
                    answer.read()
        except (OSError, http.client.HTTPException):
            assert late.is_set()
        finally:
            line.close()
            over.set()
            thread.join(10)
    assert late.is_set()
    assert time.monotonic() - began < 5


def test_a_line_that_ends_in_time_is_left_alone() -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:

        def answer() -> None:
            line, _ = door.accept()
            with line:
                line.recv(65536)
                line.sendall(b"HTTP/1.0 200 OK\r\n\r\nhello")

        thread = threading.Thread(target=answer)
        thread.start()
        line = http.client.HTTPConnection("127.0.0.1", door.getsockname()[1], timeout=10)
        with within(10, line) as late:
            line.request("GET", "/")
            with line.getresponse() as answer:
                assert answer.read() == b"hello"
        line.close()
        thread.join(10)
    assert not late.is_set()


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (TimeoutError(), "takes too long"),
        (ConnectionRefusedError(111, "refused"), "does not pick up"),
        (socket.gaierror(-2, "unknown"), "not found under that name"),
        (UnicodeError("label too long"), "not found under that name"),
        (ssl.SSLCertVerificationError(1, "self-signed"), "by its certificate"),
        (http.client.RemoteDisconnected("gone"), "ended the line"),
        (http.client.IncompleteRead(b""), "ended the line"),
        (OSError(113, "No route to host"), "(No route to host)"),
    ],
)
def test_how_a_line_ended_is_said_in_words(error: OSError, words: str) -> None:
    assert words in unanswered(error)
