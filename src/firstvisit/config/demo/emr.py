"""The sandbox EMR: a real MLLP listener on loopback that acknowledges every message and keeps it as a file.

python -m firstvisit.config.demo.emr PORT FOLDER

A message whose number it has seen is acknowledged again and kept once, as an EMR does that knows repeats by MSH-10.
"""

from __future__ import annotations

import signal
import socketserver
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import hl7

from firstvisit.steps.booking.emr.mllp import END, START

HOST: Final = "127.0.0.1"
PATIENCE: Final = 60
Answers = Callable[[hl7.Message], bytes | None]
"""What is answered to a message; None hangs up without a word."""


class SandboxEmr(socketserver.ThreadingTCPServer):
    """The listener. `heard` are the messages in the order they came, repeats included; `kept` each once, by number."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, port: int, folder: Path | None = None, answers: Answers | None = None) -> None:
        self.folder, self.answers = folder, answers or taken
        self.heard: list[hl7.Message] = []
        self.kept: dict[str, hl7.Message] = {}
        self.encoding = "utf-8"
        self._lock = threading.Lock()
        super().__init__((HOST, port), _Handler)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"mllp://{HOST}:{self.server_address[1]}"

    def hears(self, message: hl7.Message) -> bytes | None:
        """Keep a message and say so; what is refused is not kept."""
        control = str(message.segment("MSH")(10))
        answer = self.answers(message)
        with self._lock:
            self.heard.append(message)
            if answer is None or b"MSA|AA|" not in answer or control in self.kept:
                return answer
            self.kept[control] = message
        if self.folder is not None:
            event = str(message.segment("MSH")(9)).split("^")[1]
            name = f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{event}-{control}.hl7"
            (self.folder / name).write_text(str(message).replace("\r", "\n"), "utf-8")
        return answer

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Who hung up is not written down."""


class _Handler(socketserver.BaseRequestHandler):
    server: SandboxEmr

    def handle(self) -> None:
        self.request.settimeout(PATIENCE)
        held = b""
        while piece := self.request.recv(65536):
            held += piece
            while END in held:
                frame, _, held = held.partition(END)
                answer = self.server.hears(hl7.parse(frame.lstrip(START).decode(self.server.encoding)))
                if answer is None:
                    return
                self.request.sendall(START + answer + END)


def taken(message: hl7.Message) -> bytes:
    """The acknowledgment of an EMR that takes everything."""
    return answered(message, "AA")


def answered(message: hl7.Message, code: str, words: str = "", *, error: str = "", control: str = "") -> bytes:
    """An acknowledgment: its code (MSA-1), the EMR's words, an error (ERR-3), and the number it names."""
    msh = message.segment("MSH")
    number = control or str(msh(10))
    stamp = datetime.now(UTC).strftime("%Y%m%d%H%M%S")
    head = f"MSH|^~\\&|{msh(5)}|{msh(6)}|{msh(3)}|{msh(4)}|{stamp}||ACK|EMR{number}|P|2.5.1\r"
    err = f"ERR||PID^1^3|{error}|E|||{words}\r" if error else ""
    return f"{head}MSA|{code}|{number}|{'' if error else words}\r{err}".encode()


def serve(port: int, folder: Path) -> None:
    """Listen until SIGTERM or SIGINT."""
    folder.mkdir(parents=True, exist_ok=True)
    with SandboxEmr(port, folder) as server:
        stop = _stopper(server)
        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        server.serve_forever(0.1)


def _stopper(server: SandboxEmr) -> Callable[[int, Any], None]:
    def stop(number: int, frame: Any) -> None:
        threading.Thread(target=server.shutdown).start()  # shutdown waits for serve_forever, which runs here

    return stop


def main(arguments: list[str]) -> int:
    """Exit codes: 0 stopped by a signal, 2 wrong use, 1 the port is taken."""
    if len(arguments) != 2 or not arguments[0].isdecimal():
        print("usage: python -m firstvisit.config.demo.emr PORT FOLDER", file=sys.stderr)
        return 2
    try:
        serve(int(arguments[0]), Path(arguments[1]))
    except OSError as error:
        print(f"the sandbox EMR cannot listen on port {arguments[0]}: {error.strerror}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
