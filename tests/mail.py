"""A real SMTP server on loopback that keeps what it takes, and misbehaves when a test tells it to."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope

TAKEN = "250 taken"
DROP = ""
"""In place of an answer: the line is cut without one."""

Answer = Callable[[str], str]
"""From the address of the recipient to the server's answer."""


def always(answer: str) -> Answer:
    """The same answer for everybody."""
    return lambda address: answer


class Mailbox:
    """What arrived, in order. `at_recipient` and `at_data` say how the server answers; a mail whose line is
    cut after its text still counts as arrived."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, Message]] = []
        self.at_recipient: Answer = always("250 OK")
        self.at_data: Answer = always(TAKEN)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="mailbox")
        self._servers: list[SMTP] = []

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def to(self, address: str) -> list[Message]:
        """Mails to one address."""
        return [mail for recipient, mail in self.mails if recipient == address]

    def text(self) -> str:
        """Everything that arrived, subjects and bodies, in the clear."""
        said = []
        for _, mail in self.mails:
            words = next(part for part in mail.walk() if part.get_content_type() == "text/plain")
            body = words.get_payload(decode=True)
            assert isinstance(body, bytes)
            said.append(f"{make_header(decode_header(str(mail['Subject'])))}\n{body.decode()}")
        return "\n\n".join(said)

    async def handle_RCPT(
        self, server: SMTP, session: Any, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.at_recipient(address)
        if answer == DROP:
            self._cut(server)
        elif answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer or "421 gone"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Envelope) -> str:
        (address,) = envelope.rcpt_tos
        answer = self.at_data(address)
        if answer.startswith("250") or answer == DROP:
            assert isinstance(envelope.content, bytes)
            self.mails.append((address, message_from_bytes(envelope.content)))
        if answer == DROP:
            self._cut(server)
        return answer or "421 gone"

    def _cut(self, server: SMTP) -> None:
        assert server.transport is not None
        server.transport.abort()

    def _serve(self) -> SMTP:
        server = SMTP(self, loop=self._loop, hostname="mail.test")
        self._servers.append(server)
        return server

    def __enter__(self) -> Mailbox:
        self._thread.start()
        serving = self._loop.create_server(self._serve, "127.0.0.1", 0)
        self._listener = asyncio.run_coroutine_threadsafe(serving, self._loop).result(10)
        self.port: int = self._listener.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _close(self) -> None:
        self._listener.close()
        for server in self._servers:
            if server.transport is not None:
                server.transport.abort()
        running = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
