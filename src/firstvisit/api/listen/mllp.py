"""HL7 version 2 over MLLP (0x0B message 0x1C 0x0D), with TLS where a certificate is given.

A message is acknowledged (AA) once it is committed; whoever hears nothing sends it again, and MSH-10 tells it. What is
no whole frame is dropped with its connection: nobody was told that it arrived.
"""

from __future__ import annotations

import socket
import socketserver
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Final

import structlog
from django.db import close_old_connections, connection

from firstvisit.api.listen.lines import Line, Lines
from firstvisit.journey import arriving
from firstvisit.journey.booking.end_doors import concerns_us
from firstvisit.kernel import audit, clock
from firstvisit.kernel.addresses import is_ours
from firstvisit.kernel.errors import ConnectorError
from firstvisit.kernel.ids import new_id
from firstvisit.practice.queries import practice
from firstvisit.steps.intake import ways_in
from firstvisit.steps.intake.deliveries import actor_of
from firstvisit.steps.intake.models import WayIn
from firstvisit.steps.intake.sources import hl7v2
from firstvisit.steps.intake.sources.delivery import What
from firstvisit.steps.intake.ways_in import Finding

log = structlog.get_logger("mllp")
START: Final = b"\x0b"
END: Final = b"\x1c\r"
LARGEST: Final = 20 * 1024 * 1024
MOST_GARBAGE: Final = 64 * 1024
"""Bytes outside frames after which a connection is closed: whoever speaks is not speaking MLLP."""
IDLE_SECONDS: Final = 30.0
"""How long a frame that was begun, or a handshake, may stand still; between frames the settings say."""
FRAME_SECONDS: Final = 300.0
"""How long one frame may take in all: whoever sends a byte now and then keeps no line for ever."""
LOOK_SECONDS: Final = 1.0
TEST_SECONDS: Final = 10.0


def serve(way: WayIn, stop: threading.Event) -> _Port:
    """Begin to listen. ConnectorError where the port or the certificate cannot be used."""
    return _Port(way)


class _Port:
    """The listening socket and a thread for each connection."""

    def __init__(self, way: WayIn) -> None:
        self.way = way
        settings: hl7v2.Settings = ways_in.settings_of(way)
        context = _tls(settings)
        try:
            self.server = _Server(way, settings, context)
        except OSError as error:
            where = f"port {settings.port} of {settings.host}"
            raise ConnectorError(f"{where} cannot be used: {error.strerror}", temporary=True) from None
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.1,), name="mllp")
        self.thread.start()

    def look(self) -> float:
        """Say that we listen, and who found no room."""
        now = clock.now()
        ways_in.looked(self.way, now=now, error=self.server.lines.trouble(now=now))
        return LOOK_SECONDS

    def told(self, day: date) -> list[tuple[What, str]] | None:
        """Whoever sends HL7 tells no count; their unacknowledged messages come again."""
        return None

    def close(self) -> None:
        """Stop listening; what is being taken is finished."""
        self.server.shutdown()
        self.server.lines.hang_up()
        self.server.server_close()
        self.thread.join()


def tried(way: WayIn) -> Iterator[Finding]:
    """While it is on: a message of a kind that nobody takes, and its acknowledgement. While it is off: whether the port
    and the certificate could be used."""
    there: hl7v2.Settings = ways_in.settings_of(way)
    where = f"Port {there.port} of {there.host}"
    _tls(there)
    if there.certificate:
        yield Finding("ok", f"The certificate {there.certificate} and its key can be used.")
    elif not is_ours(there.host) or there.host == "0.0.0.0":
        yield Finding("look", "Nothing is encrypted: name a certificate, or listen on your own machine.")
    if way.status == "off":
        with socket.create_server((there.host, there.port)):
            yield Finding("ok", f"{where} is free. Switch the way in on to listen there.")
        return
    if there.client_authority:
        words = "demands a certificate of the sender, which we do not have: have one message sent from there"
        yield Finding("look", f"{where} {words}.")
        return
    control = f"TEST{new_id().hex[:16]}"
    header = f"MSH|^~\\&|FIRSTVISIT|SELFTEST|||||NMQ^N01|{control}|P|2.5\r"
    answer = _answered(there, header.encode())
    if control.encode() not in answer or b"MSA|" not in answer:
        yield Finding("wrong", f"{where} answers, but does not acknowledge our message: somebody else listens there.")
        return
    code = answer.partition(b"MSA|")[2][:2].decode("ascii", "replace")
    yield Finding("ok", f"{where} answers our message ({code}: nobody takes its kind, so nothing was kept).")


def _answered(there: hl7v2.Settings, message: bytes) -> bytes:
    """The whole frame with which a message is answered."""
    with socket.create_connection((there.host, there.port), TEST_SECONDS) as plain:
        line: socket.socket = plain
        if there.certificate:
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # it is our own port, named by number
            line = context.wrap_socket(plain)
        with line:
            line.settimeout(TEST_SECONDS)
            line.sendall(START + message + END)
            answer = b""
            while END not in answer and (piece := line.recv(65536)):
                answer += piece
    return answer


def _tls(settings: hl7v2.Settings) -> ssl.SSLContext | None:
    if not settings.certificate:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(settings.certificate, settings.private_key or None)
        if settings.client_authority:
            context.load_verify_locations(Path(settings.client_authority))
            context.verify_mode = ssl.CERT_REQUIRED
    except (OSError, ssl.SSLError) as error:
        said = f"the certificate cannot be used: {error.strerror or type(error).__name__}"
        raise ConnectorError(said, temporary=False) from None
    return context


class _Server(socketserver.ThreadingTCPServer):
    """One port."""

    allow_reuse_address = True
    request_queue_size = 16

    def __init__(self, way: WayIn, settings: hl7v2.Settings, context: ssl.SSLContext | None) -> None:
        self.way, self.settings, self.context = way, settings, context
        self.lines = Lines(settings.connections)
        super().__init__((settings.host, settings.port), _Connection)  # type: ignore[arg-type]

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Serve a connection, as long as there is room."""
        line = self.lines.enter(request, now=clock.now())
        if line is None:
            log.warning("mllp_turned_away", way=str(self.way.id))
            return
        try:
            _Connection(request, client_address, self, line)
        finally:
            self.lines.leave(line)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that broke ends alone; the log has no word of what it said."""
        log.exception("mllp_connection_failed", way=str(self.way.id))


class _Connection(socketserver.BaseRequestHandler):
    """One sender: frame in, acknowledgement out, until it hangs up."""

    server: _Server

    def __init__(self, request: socket.socket, client_address: Any, server: _Server, line: Line) -> None:
        self.line = line
        super().__init__(request, client_address, server)

    def handle(self) -> None:
        line = self.line
        try:
            if self.server.context is not None and not self._encrypted(self.server.context):
                return
            for frame in _frames(line, self.server.settings.rest_seconds):
                answer = self._answer(frame)
                line.socket.settimeout(IDLE_SECONDS)
                line.socket.sendall(START + answer + END)
                connection.close()  # a sender that rests holds no connection of the pool
        except (OSError, ssl.SSLError):
            log.info("mllp_hung_up", way=str(self.server.way.id))
        finally:
            line.socket.close()
            connection.close()

    def _encrypted(self, context: ssl.SSLContext) -> bool:
        """Whether the sender speaks TLS as we do; the line then does."""
        self.request.settimeout(IDLE_SECONDS)
        try:
            safe = context.wrap_socket(self.request, server_side=True, do_handshake_on_connect=False)
            self.line.socket = safe
            safe.do_handshake()
        except (OSError, ssl.SSLError):
            log.warning("mllp_no_tls", way=str(self.server.way.id))
            return False
        return True

    def _answer(self, frame: bytes) -> bytes:
        code, words = _taken(self.server.way, self.server.settings, frame)
        return hl7v2.acknowledged(frame, code, words, now=clock.now(), control=new_id().hex[:20])


def _taken(way: WayIn, settings: hl7v2.Settings, frame: bytes) -> tuple[str, str]:
    """Keep what a frame holds; the code and words of the acknowledgement."""
    try:
        known, today = practice().program_words, clock.now().date()
        first, *enclosed = hl7v2.read(frame, today, known, settings=settings)
        actor = actor_of(way)
        if first.what == "end" and not concerns_us(first.body, first.media_type, actor=actor, now=clock.now()):
            audit.note(actor, "end_of_nobody", "way_in", [way.slug])
            return "AA", "it ends no visit of a lead here; nothing of it is kept"
        request = arriving.take(way, first).item
        for each in enclosed:
            arriving.take(way, replace(each, about={**each.about, "belongs_to": str(request or "")}))
    except hl7v2.Rejected as refused:
        audit.note(actor_of(way), "delivery_refused", "way_in", [way.slug], why=f"{refused.code}: {refused.words}")
        return refused.code, refused.words
    except Exception as error:  # the sender must hear that it is not kept, and sends it again
        log.error("mllp_not_kept", way=str(way.id), exc_info=error)
        close_old_connections()
        return "AE", "it could not be kept; send it again"
    return "AA", ""


def _frames(line: Line, rest_seconds: float) -> Any:
    """Whole frames as they come; ends when the sender hangs up, rests too long, stands still inside a frame or does not
    end it, or speaks nonsense."""
    held, garbage = bytearray(), 0
    since = time.monotonic()  # when the last frame ended, or the one that is on its way began
    while True:
        line.rests_since = None if held else since
        left = since + (FRAME_SECONDS if held else rest_seconds) - time.monotonic()
        line.socket.settimeout(max(0.001, min(IDLE_SECONDS, left) if held else left))
        try:
            piece = line.socket.recv(65536)
        except TimeoutError:
            return
        if not piece:
            return
        begins, line.rests_since = not held, None
        searched = max(0, len(held) - 1)
        held += piece
        while True:
            start = held.find(START)
            if start:  # something before a frame, or no frame at all
                garbage += start if start > 0 else len(held)
                del held[: start if start > 0 else len(held)]
                searched = 0
                if garbage > MOST_GARBAGE:
                    return
                if not held:
                    break
            if begins:
                begins, since = False, time.monotonic()
            end = held.find(END, searched)
            if end < 0:
                if len(held) > LARGEST:
                    return
                break
            frame = bytes(held[1:end])
            del held[: end + len(END)]
            searched = 0
            yield frame
            since = time.monotonic()
            if not held:
                break
