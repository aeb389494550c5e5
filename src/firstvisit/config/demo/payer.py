"""The sandbox payer: a real HTTP server on loopback that answers questions about benefits as payers do, well and badly.
What it says of whom is told by how the member id begins (`steps.coverage.sandbox.habits`).

python -m firstvisit.config.demo.payer PORT [SECONDS]

SECONDS is how long each answer takes (default 0); slow habits take longer. It keeps nothing, so it may be killed and
started again at any time.
"""

from __future__ import annotations

import logging
import signal
import sys
import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from firstvisit.steps.coverage.inquiries import Inquiry
from firstvisit.steps.coverage.sandbox.habits import answer
from firstvisit.steps.coverage.sandbox.said import Said
from firstvisit.steps.coverage.sandbox.shapes import SHAPES, Request, Response

HOST: Final = "127.0.0.1"
LARGEST: Final = 256 * 1024
"""Bytes of a question that are read; one has about a thousand."""
PATIENCE: Final = 60
"""Seconds after which a line that says nothing is ended."""


class SandboxPayer(ThreadingHTTPServer):
    """The server; each question has a thread of its own. `seconds`: how long each answer takes."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, port: int, seconds: float = 0.0) -> None:
        self.seconds = seconds
        self.over = threading.Event()
        self.under_way = self.most_under_way = 0
        self._asked: Counter[tuple[str, str]] = Counter()
        self._lock = threading.Lock()
        super().__init__((HOST, port), _Handler)

    @property
    def url(self) -> str:
        """Where it is asked."""
        return f"http://{HOST}:{self.server_address[1]}"

    def asks(self, inquiry: Inquiry) -> Said:
        """What the habits say, with the count of earlier questions about this member."""
        who = (inquiry.subscriber.member_id.upper(), inquiry.service)
        with self._lock:
            earlier = self._asked[who]
            self._asked[who] += 1
        return answer(inquiry, datetime.now(UTC).date(), earlier)

    def counted(self, step: int) -> None:
        """One more answer under way, or one less."""
        with self._lock:
            self.under_way += step
            self.most_under_way = max(self.most_under_way, self.under_way)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Who hung up, or sent what is no HTTP, is not written down."""
        if not isinstance(sys.exception(), OSError):
            log.exception("a question could not be answered")


class _Handler(BaseHTTPRequestHandler):
    server: SandboxPayer
    timeout = PATIENCE

    def do_POST(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def _answer(self) -> None:
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > LARGEST:
            self.send_error(413)
            return
        body = self.rfile.read(int(length))
        beginning = next((each for each in SHAPES if f"{self.path}/".startswith((f"{each}/", f"{each}?"))), None)
        if beginning is None:
            self.send_error(404)
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, self.path.removeprefix(beginning), headers, body)
        self.server.counted(1)
        try:
            self._send(SHAPES[beginning](request, self.server.asks))
        finally:
            self.server.counted(-1)

    def _send(self, said: Response) -> None:
        if self.server.over.wait(max(said.wait, self.server.seconds)) or said.hangs_up:
            return
        self.send_response(said.status)
        for name, value in said.headers.items():
            self.send_header(name, value)
        if said.media:
            self.send_header("Content-Type", said.media)
        self.send_header("Content-Length", str(len(said.content)))
        self.end_headers()
        self.wfile.write(said.content)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is written: a question names people, even invented ones."""


log: Final = logging.getLogger("payer")


def serve(port: int, seconds: float) -> None:
    """Answer on loopback until SIGTERM or SIGINT. OSError when the port is taken."""
    with SandboxPayer(port, seconds) as server:
        stop = _stopper(server)
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, stop)
        server.serve_forever(0.1)


def _stopper(server: SandboxPayer) -> Callable[[int, Any], None]:
    def stop(number: int, frame: Any) -> None:
        server.over.set()
        threading.Thread(target=server.shutdown, daemon=True).start()  # it waits for the loop that we interrupt

    return stop


def main(arguments: list[str]) -> int:
    """Exit codes: 0 stopped by a signal, 2 wrong use, 1 the port is taken."""
    try:
        port, seconds = int(arguments[0]), float(arguments[1]) if len(arguments) == 2 else 0.0
        if len(arguments) > 2 or not 0 < port < 65536 or not 0 <= seconds <= 600:
            raise ValueError
    except (ValueError, IndexError):
        print("usage: python -m firstvisit.config.demo.payer PORT [SECONDS]", file=sys.stderr)
        return 2
    try:
        serve(port, seconds)
    except OSError as error:
        print(f"the sandbox payer cannot listen on port {port}: {error.strerror}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
