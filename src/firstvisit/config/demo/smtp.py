"""The demo's own mail server: takes every mail, keeps it as a file, sends nothing on. What is written to the demo's
address for referrals also lies in its mailbox.

python -m firstvisit.config.demo.smtp FOLDER PORT MAILBOX
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any, Final

from aiosmtpd.smtp import SMTP, Envelope

from firstvisit.config.demo import imap

HOST: Final = "127.0.0.1"
LARGEST: Final = 10 * 1024 * 1024


class _Keeper:
    """Writes each mail to a file of its own; the sender hears 250 when it is safely there."""

    def __init__(self, folder: Path, mailbox: Path) -> None:
        self.folder, self.mailbox = folder, mailbox

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Envelope) -> str:
        content = envelope.content or b""
        mail = content if isinstance(content, bytes) else content.encode()
        try:
            keep(self.folder, mail)
            if imap.ADDRESS in (to.lower() for to in envelope.rcpt_tos):
                imap.deliver(self.mailbox, mail)
        except OSError:
            return "451 could not be kept, try again"
        return "250 kept"


def keep(folder: Path, mail: bytes) -> Path:
    """Store one mail atomically as .eml; names sort in the order of arrival."""
    name = f"{time.time_ns():020d}-{os.urandom(3).hex()}"
    half, whole = folder / f".{name}.part", folder / f"{name}.eml"
    with half.open("xb") as file:
        file.write(mail)
        file.flush()
        os.fsync(file.fileno())
    half.replace(whole)
    return whole


def serve(folder: Path, port: int, mailbox: Path) -> None:
    """Take mail on loopback until SIGTERM or SIGINT. OSError when the port is taken."""
    folder.mkdir(parents=True, exist_ok=True)
    quiet = logging.getLogger("mail")
    quiet.addHandler(logging.NullHandler())
    quiet.propagate = False
    asyncio.run(_serve(folder, port, mailbox))


async def _serve(folder: Path, port: int, mailbox: Path) -> None:
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    keeper = _Keeper(folder, mailbox)
    server = await loop.create_server(
        lambda: SMTP(keeper, hostname="demo.localhost", data_size_limit=LARGEST, enable_SMTPUTF8=True),
        HOST,
        port,
    )
    await stop.wait()
    server.close()


def main(arguments: list[str]) -> int:
    """Exit codes: 0 stopped by a signal, 2 wrong use, 1 the port is taken."""
    if len(arguments) != 3 or not arguments[1].isdecimal():
        print("usage: python -m firstvisit.config.demo.smtp FOLDER PORT MAILBOX", file=sys.stderr)
        return 2
    try:
        serve(Path(arguments[0]), int(arguments[1]), Path(arguments[2]))
    except OSError as error:
        print(f"the mail server cannot listen on port {arguments[1]}: {error.strerror}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
