"""The demo's own mailbox: a real IMAP server (pymap) on loopback over a Maildir, into which the demo's SMTP delivers.

python -m firstvisit.config.demo.imap FOLDER PORT
"""

from __future__ import annotations

import mailbox
import os
import sys
from pathlib import Path
from typing import Final

from pysasl.hashing import BuiltinHash

USER: Final = "referrals"
ADDRESS: Final = "referrals@cedarstreet.example.org"
PASSWORD: Final = "maple-harbor-mailbox"


def deliver(folder: Path, mail: bytes) -> None:
    """Put one mail into the mailbox; it is there whole or not at all."""
    mailbox.Maildir(folder / USER, create=True).add(mail)


def prepare(folder: Path) -> None:
    """The mailbox and who may open it."""
    folder.mkdir(parents=True, exist_ok=True)
    mailbox.Maildir(folder / USER, create=True)
    (folder / "pymap-etc-passwd").write_text(f"{USER}:x::::{USER}:\n", "ascii")
    shadow = folder / "pymap-etc-shadow"
    shadow.write_text(f"{USER}:{BuiltinHash().hash(PASSWORD)}:::::::\n", "ascii")
    shadow.chmod(0o600)


def main(arguments: list[str]) -> int:
    """Exit codes: 0 stopped by a signal, 2 wrong use. The server replaces this process."""
    if len(arguments) != 2 or not arguments[1].isdecimal():
        print("usage: python -m firstvisit.config.demo.imap FOLDER PORT", file=sys.stderr)
        return 2
    folder = Path(arguments[0])
    prepare(folder)
    server = str(Path(sys.executable).with_name("pymap"))
    os.execv(server, [server, "--host", "127.0.0.1", "--port", arguments[1], "--no-tls", "maildir", str(folder)])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
