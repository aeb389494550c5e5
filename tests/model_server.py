"""A language model's server, real but for the model: HTTP on loopback, chat completions, what it says is scripted."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Told = tuple[int, bytes]
Says = Callable[[dict[str, Any]], Told]


@dataclass
class ModelServer:
    """The server: `says` makes status and body of an answer, `asked` are the requests it had."""

    port: int = 0
    says: Says = lambda asked: (500, b"")
    asked: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    drips: float = 0.0
    """Seconds between two bytes of the answer's body."""
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def text(self) -> str:
        """What stood in the newest request, whole."""
        return "\n".join(message["content"] for message in self.asked[-1]["messages"])


def values(*said: tuple[str, str, str]) -> Says:
    """An answer of a model: (field, value, quote) each."""
    content = json.dumps({"values": [dict(zip(("field", "value", "quote"), one, strict=True)) for one in said]})
    return words(content)


def words(content: Any) -> Says:
    """An answer of a model in these words."""
    body = json.dumps({"id": "1", "object": "chat.completion", "choices": [{"index": 0, "message": {
        "role": "assistant", "content": content}, "finish_reason": "stop"}]})  # fmt: skip
    return lambda asked: (200, body.encode())


@contextmanager
def serving() -> Iterator[ModelServer]:
    """The server on a free port until the end."""
    model = ModelServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path != "/v1/chat/completions":
                self.send_error(404)
                return
            model.asked.append(json.loads(body))
            model.headers.append(dict(self.headers.items()))
            status, answer = model.says(model.asked[-1])
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            if not model.drips:
                self.wfile.write(answer)
                return
            for byte in answer:
                if model.over.wait(model.drips):
                    return
                try:
                    self.wfile.write(bytes([byte]))
                    self.wfile.flush()
                except OSError:  # whoever asked has gone
                    return

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing is written to the tests' output."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    model.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield model
    finally:
        model.over.set()
        server.shutdown()
        server.server_close()
        thread.join()
