"""A mailbox read over IMAP: each mail once, by its number there; nothing is deleted on the server. Where the server
tells of new mail by itself (IDLE) we wait for that, else we look every so often.

What was taken is committed before the mail is marked or moved and before our position moves on. Killed in between, the
next look finds the same mail, which is recognised by its Message-ID and bytes.
"""

from __future__ import annotations

import contextlib
import imaplib
import re
import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final

from firstvisit.api.listen.idle import Idle
from firstvisit.journey import arriving, desk_tasks
from firstvisit.kernel import clock
from firstvisit.kernel.errors import ConnectorError
from firstvisit.kernel.shortening import shortened
from firstvisit.steps.intake import ways_in
from firstvisit.steps.intake.models import WayIn
from firstvisit.steps.intake.sources import mailbox
from firstvisit.steps.intake.sources.delivery import What
from firstvisit.steps.intake.ways_in import Finding

LARGEST: Final = 50 * 1024 * 1024
SECONDS: Final = 30
WAIT_SECONDS: Final = 2.0
"""How long one look waits for the server to tell; then whoever leads sees to settings, and waits again."""
_NUMBER: Final = re.compile(rb"RFC822\.SIZE (\d+)")


def serve(way: WayIn, stop: threading.Event) -> _Mailbox:
    """Sign in. ConnectorError where that is not possible, in words for the way's page."""
    return _Mailbox(way, stop)


class _Mailbox:
    """One connection to the server, kept open between two looks."""

    def __init__(self, way: WayIn, stop: threading.Event) -> None:
        self.way, self.stop = way, stop
        self.settings: mailbox.Settings = ways_in.settings_of(way)
        self.position: dict[str, Any] = dict(way.position)
        self.idle: Idle | None = None
        with _said(f"the server {self.settings.host} does not answer"):
            self.server = self._connect()
        try:
            with _said("the server refused the name or the password"):
                self.server.login(self.settings.user, ways_in.secrets_of(way).get("password", ""))
                _, can = self.server.capability()
        except ConnectorError:
            self.close()
            raise
        self.can_move = b"MOVE" in (can[0] or b"").upper().split()
        self.can_idle = b"IDLE" in (can[0] or b"").upper().split()
        self._keep_alive()

    def _connect(self) -> imaplib.IMAP4:
        there = self.settings
        if not there.host:
            raise ConnectorError("no server is named yet", temporary=False)
        if there.security == "tls":
            return imaplib.IMAP4_SSL(
                there.host, there.port, ssl_context=ssl.create_default_context(), timeout=SECONDS
            )
        server = imaplib.IMAP4(there.host, there.port, timeout=SECONDS)
        if there.security == "starttls":
            server.starttls(ssl.create_default_context())
        return server

    def _keep_alive(self) -> None:
        """Have the machine ask now and then whether the other side is still there: whoever waits hears nothing of a
        line that was cut."""
        line = self.server.sock
        line.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in (("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 15), ("TCP_KEEPCNT", 4)):
            if hasattr(socket, name):
                line.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)

    def look(self) -> float:
        """Take what came since the last look; while the server would tell and has not, only wait a little."""
        with _said("the server hung up"):
            if self.idle is not None and not self.idle.rang(WAIT_SECONDS) and not self.idle.is_old:
                return 0.0
            self._ask_again()
        with _said("the mailbox cannot be read"):
            number = self._select()
            if self.position.get("validity") != number:
                self.position = {"validity": number, "uid": 0}
            while newer := list(self._newer(self.position["uid"])):
                for uid in newer:
                    if self.stop.is_set():
                        return 0.0
                    self._take(uid)
                    self.position["uid"] = uid
                    ways_in.looked(self.way, now=clock.now(), position=self.position)
            if self.can_idle and self.settings.use_idle:
                # What came while the last search ran was told in its answer and is not told again.
                self.idle = Idle(self.server, heard=self.server.response("EXISTS")[1] != [None])
        ways_in.looked(self.way, now=clock.now(), position=self.position)
        return 0.0 if self.idle is not None else float(self.settings.poll_seconds)

    def _ask_again(self) -> None:
        """End the waiting, if we wait: the connection is for asking again."""
        idle, self.idle = self.idle, None
        if idle is not None:
            idle.done()

    def told(self, day: date) -> list[tuple[What, str]] | None:
        """Every mail that the server says came on that day, in the folder and where taken mail is moved to."""
        found: list[tuple[What, str]] = []
        asked = f"ON {day.day}-{day:%b-%Y}"
        with _said("the mailbox cannot be read"):
            self._ask_again()
            for folder in dict.fromkeys((self.settings.folder, self.settings.move_to)):
                if not folder or self.server.select(_quoted(folder), readonly=True)[0] != "OK":
                    continue
                _, uids = self.server.uid("SEARCH", asked)
                for uid in (uids[0] or b"").split():
                    _, said = self.server.uid("FETCH", uid.decode(), "(BODY.PEEK[])")
                    mail = next((part[1] for part in said if isinstance(part, tuple)), None)
                    if mail is not None and len(mail) <= LARGEST:
                        found.append(("document", mailbox.received(mail).mark))
        return found

    def close(self) -> None:
        """Sign out; a server that is gone does not hold us."""
        with contextlib.suppress(imaplib.IMAP4.error, OSError):
            self._ask_again()
        with contextlib.suppress(imaplib.IMAP4.error, OSError):
            self.server.logout()
        with contextlib.suppress(OSError):
            self.server.shutdown()  # a farewell that failed leaves the socket open

    def _select(self) -> str:
        """Open the folder; the number under which the server's numbers are valid (RFC 3501, 2.3.1.1)."""
        answer, _ = self.server.select(_quoted(self.settings.folder))
        if answer != "OK":
            raise ConnectorError(f"there is no folder {self.settings.folder}", temporary=False)
        _, validity = self.server.response("UIDVALIDITY")
        return (validity[0] or b"0").decode() if validity else "0"

    def _newer(self, last: int) -> Iterator[int]:
        """Numbers of mails above `last`, in order; of a mailbox never read those since the day it was set up."""
        since = self.way.made_at - timedelta(days=1)
        asked = f"UID {last + 1}:*" if last else f"SINCE {since.day}-{since:%b-%Y}"
        self.server.response("EXISTS")  # what was told until now, the search knows
        answer, found = self.server.uid("SEARCH", asked)
        if answer != "OK":
            raise ConnectorError("the mailbox cannot be searched", temporary=True)
        # "9:*" always names the last mail, even where it is number 8.
        yield from sorted(int(uid) for uid in (found[0] or b"").split() if int(uid) > last)

    def _take(self, uid: int) -> None:
        _, said = self.server.uid("FETCH", str(uid), "(RFC822.SIZE)")
        size = _NUMBER.search(b" ".join(part for part in said if isinstance(part, bytes)))
        if size is not None and int(size[1]) > LARGEST:
            reason = f"{self.way.name} holds a mail larger than 50 MB, which was left there; open it in the mailbox"
            desk_tasks.person_looks_at_way(self.way, f"large-{uid}", shortened(reason, 200))
            return
        _, said = self.server.uid("FETCH", str(uid), "(BODY.PEEK[])")
        mail = next((part[1] for part in said if isinstance(part, tuple)), None)
        if mail is None:
            return  # somebody deleted it meanwhile
        arriving.take(self.way, mailbox.received(mail))
        self._after(uid)

    def _after(self, uid: int) -> None:
        if self.settings.after == "leave":
            return
        if self.settings.after == "move" and self.can_move:
            answer, _ = self.server.uid("MOVE", str(uid), _quoted(self.settings.move_to))
            if answer != "OK":
                raise ConnectorError(f"taken mail cannot be moved to {self.settings.move_to}", temporary=False)
            return
        if self.settings.after == "move":
            self.server.uid("COPY", str(uid), _quoted(self.settings.move_to))
        self.server.uid("STORE", str(uid), "+FLAGS.SILENT", r"(\Seen)")


def tried(way: WayIn) -> Iterator[Finding]:
    """Sign in with a connection of our own and look, without changing anything there."""
    line = _Mailbox(way, threading.Event())
    there = line.settings
    how = {"tls": "over TLS", "starttls": "over TLS (STARTTLS)", "none": "without encryption"}[there.security]
    try:
        yield Finding("ok", f"{there.host} let {there.user} in, {how}.")
        folders = [(there.folder, "we look into"), *([(there.move_to, "taken mail")] if there.after == "move" else [])]
        for folder, what in folders:
            with _said(f"the folder {folder} cannot be opened"):
                answer, count = line.server.select(_quoted(folder), readonly=True)
            if answer != "OK":
                yield Finding("wrong", f"There is no folder {folder} ({what}).")
            else:
                mails = int(count[0] or 0)
                yield Finding("ok", f"The folder {folder} ({what}) holds {mails} {'mail' if mails == 1 else 'mails'}.")
        if line.can_idle and there.use_idle:
            yield Finding("ok", "The server tells of new mail by itself.")
        else:
            yield Finding("ok", f"It is looked into every {there.poll_seconds} seconds.")
    finally:
        line.close()


@contextlib.contextmanager
def _said(words: str) -> Iterator[None]:
    """Whatever the server or the line does in here becomes one sentence; a server's own words may hold anything."""
    try:
        yield
    except ssl.SSLError:
        raise ConnectorError("the server’s certificate is not one we trust", temporary=False) from None
    except (imaplib.IMAP4.error, OSError) as error:
        raise ConnectorError(f"{words} ({type(error).__name__})", temporary=True) from None


def _quoted(folder: str) -> str:
    return '"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"'
