"""A server on loopback that says byte for byte what a test wants said, and how: at once, in drips, or not at all."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

Says = Callable[[bytes], bytes]


@dataclass
class Wire:
    """`says` makes the whole answer, status line and all, of one request as it came; `drips` are seconds between two
    of its bytes. `asked` are the requests."""

    url: str
    says: Says = lambda asked: response()
    drips: float = 0.0
    asked: list[bytes] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)


def response(
    content: bytes = b"",
    *,
    status: int = 200,
    media: str = "text/plain",
    length: int | None = None,
    more: str = "",
) -> bytes:
    """An answer of HTTP/1.1; `length` states another length than it has, `more` are further header lines."""
    stated = len(content) if length is None else length
    head = f"HTTP/1.1 {status} Said\r\nContent-Type: {media}\r\nContent-Length: {stated}\r\n{more}\r\n"
    return head.encode("latin-1") + content


@contextmanager
def wire(says: Says | None = None, *, drips: float = 0.0) -> Iterator[Wire]:
    """The server on a free port until the end; each line has a thread of its own."""

    class Handler(socketserver.StreamRequestHandler):
        timeout = 10

        def handle(self) -> None:
            with suppress(OSError):
                asked = self._request()
                served.asked.append(asked)
                answer = served.says(asked)
                if not served.drips:
                    self.wfile.write(answer)
                for byte in answer if served.drips else b"":
                    if served.over.wait(served.drips):
                        return
                    self.wfile.write(bytes([byte]))

        def _request(self) -> bytes:
            lines, length = b"", 0
            while (line := self.rfile.readline()) not in (b"\r\n", b""):
                lines += line
                if line.lower().startswith(b"content-length:"):
                    length = int(line.partition(b":")[2])
            return lines + b"\r\n" + self.rfile.read(length)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        served = Wire(_url(server), drips=drips)
        if says is not None:
            served.says = says
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield served
        finally:
            served.over.set()
            server.shutdown()
            thread.join(10)


def refused_url() -> str:
    """An address at which nobody listens."""
    with socketserver.TCPServer(("127.0.0.1", 0), socketserver.BaseRequestHandler) as server:
        return _url(server)


def _url(server: socketserver.BaseServer) -> str:
    return f"http://127.0.0.1:{server.server_address[1]}/ask"
