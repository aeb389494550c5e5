"""A mailbox on a real IMAP server (pymap; dovecot is not installed here), filled over the demo's real SMTP server."""

from __future__ import annotations

import imaplib
import os
import smtplib
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from tests.api.test_folder import listening
from tests.installation import wait_until

from firstvisit.api.listen import leading
from firstvisit.api.listen.idle import Idle
from firstvisit.config.databases import urls
from firstvisit.config.demo import imap
from firstvisit.kernel.audit import SYSTEM
from firstvisit.kernel.errors import BadInput
from firstvisit.steps.intake import ways_in
from firstvisit.steps.intake.models import Delivery, Item, WayIn
from firstvisit.steps.intake.services import original


@dataclass
class Post:
    """The two servers of the demo on ports of their own."""

    folder: Path
    smtp: int
    imap: int
    processes: list[subprocess.Popen[bytes]]

    def send(self, subject: str, *, to: str = imap.ADDRESS, number: str = "") -> None:
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = "office@example.org", to, subject
        mail["Message-ID"] = f"<{number or subject.replace(' ', '.')}@example.org>"
        mail.set_content(f"Please see Mirabelle Quisenberry. {subject}")
        with smtplib.SMTP("127.0.0.1", self.smtp, timeout=20) as server:
            server.send_message(mail)

    def reader(self) -> imaplib.IMAP4:
        client = imaplib.IMAP4("127.0.0.1", self.imap, timeout=20)
        client.login(imap.USER, imap.PASSWORD)
        return client


def _free() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    found = Post(tmp_path / "mailbox", _free(), _free(), [])
    words = {
        "smtp": [str(tmp_path / "mail"), str(found.smtp), str(found.folder)],
        "imap": [str(found.folder), str(found.imap)],
    }
    for name, arguments in words.items():
        command = [sys.executable, "-m", f"firstvisit.config.demo.{name}", *arguments]
        found.processes.append(subprocess.Popen(command, env=os.environ.copy()))
    try:
        wait_until("both servers answer", lambda: _answers(found.smtp) and _answers(found.imap), 30)
        yield found
    finally:
        for process in found.processes:
            process.terminate()
            process.wait(20)


def made(post: Post, **more: Any) -> WayIn:
    there = {
        "host": "127.0.0.1", "port": post.imap, "security": "none", "user": imap.USER, "poll_seconds": 2, **more,
    }  # fmt: skip
    way = ways_in.make(
        slug="mail", kind="mailbox", name="Mail", actor=SYSTEM, settings=there, secrets={"password": imap.PASSWORD}
    )
    ways_in.switch(way, "on", actor=SYSTEM)
    return way


def test_a_mail_becomes_an_item_whole_and_is_marked_as_read(open_doors: str, post: Post) -> None:
    made(post)
    post.send("Referral for speech")
    with listening():
        wait_until("it is taken", lambda: Item.objects.exists(), 30)
        wait_until("it is marked", lambda: b"1" in post_seen(post), 30)
    item = Item.objects.get()
    assert b"Please see Mirabelle Quisenberry" in original(item)
    assert (item.document.media_type, item.source) == ("message/rfc822", "mailbox")


def post_seen(post: Post) -> bytes:
    """The numbers of mails that are marked as read."""
    client = post.reader()
    try:
        client.select("INBOX")
        found: bytes = client.uid("SEARCH", "SEEN")[1][0] or b""
        return found
    finally:
        client.logout()


def test_each_mail_once_over_restarts_and_new_numbers(open_doors: str, post: Post) -> None:
    way = made(post)
    for number in range(3):
        post.send(f"Referral {number}")
    with listening():
        wait_until("all are taken", lambda: Item.objects.count() == 3, 30)
    post.send("Referral 3")
    with listening(2):
        wait_until("the fourth is taken", lambda: Item.objects.count() == 4, 30)
    WayIn.objects.filter(id=way.id).update(position={"validity": "1", "uid": 9999})  # the server numbers anew

    def begun_again() -> bool:
        way.refresh_from_db()
        return bool(way.position.get("uid") == 4)

    with listening():
        wait_until("it is read again from the beginning", begun_again, 30)
    assert Item.objects.count() == Delivery.objects.count() == 4


def test_taken_mail_is_moved_where_the_practice_says(open_doors: str, post: Post) -> None:
    client = post.reader()
    client.create("Taken")
    client.logout()
    made(post, after="move", move_to="Taken")
    post.send("Referral to move")

    def moved() -> bool:
        reader = post.reader()
        try:
            return reader.select("Taken")[1] == [b"1"] and reader.select("INBOX")[1] == [b"0"]
        finally:
            reader.logout()

    with listening():
        wait_until("it lies in the other folder", moved, 30)
    assert Item.objects.count() == 1


@pytest.mark.parametrize(
    ("more", "password", "said"),
    [
        ({}, "wrong", "refused the name or the password"),
        ({"folder": "Nowhere"}, imap.PASSWORD, "there is no folder Nowhere"),
        ({"port": 1}, imap.PASSWORD, "does not answer"),
    ],
)
def test_what_is_wrong_is_said_on_its_page(
    open_doors: str, post: Post, more: dict[str, Any], password: str, said: str
) -> None:
    way = made(post, **more)
    ways_in.give_secret(way, "password", password, actor=SYSTEM)

    def error() -> str:
        way.refresh_from_db()
        return way.error

    with listening():
        wait_until("it says what is wrong", lambda: said in error(), 30)


@pytest.mark.django_db
def test_a_foreign_server_is_read_with_tls_only(practice: Any) -> None:
    with pytest.raises(BadInput, match="TLS only"):
        ways_in.make(
            slug="mail", kind="mailbox", name="Mail", actor=SYSTEM,
            settings={"host": "imap.example.org", "security": "none"},
        )  # fmt: skip


def test_a_server_that_tells_is_waited_for_and_not_asked_again_and_again(open_doors: str, post: Post) -> None:
    way = made(post, poll_seconds=3600)

    def looked() -> bool:
        way.refresh_from_db()
        return way.looked_at is not None

    with listening():
        wait_until("it has looked once", looked, 30)
        for number in range(3):
            post.send(f"Referral told {number}")
            wait_until("it is taken within the hour", lambda n=number: Item.objects.count() == n + 1, 30)
    assert Delivery.objects.count() == 3


def test_without_it_the_mailbox_is_looked_into_every_so_often(open_doors: str, post: Post) -> None:
    made(post, poll_seconds=2, use_idle=False)
    with listening():
        post.send("Referral polled")
        wait_until("it is taken", lambda: Item.objects.exists(), 30)


def test_a_server_that_goes_and_comes_back_is_found_again(open_doors: str, post: Post) -> None:
    way = made(post, poll_seconds=3600)

    def error() -> str:
        way.refresh_from_db()
        return way.error

    with listening():
        post.send("Before it went")
        wait_until("the first is taken", lambda: Item.objects.count() == 1, 30)
        server = post.processes[1]
        server.terminate()
        server.wait(20)
        wait_until("its page says so", lambda: "hung up" in error() or "does not answer" in error(), 30)
        command = [sys.executable, "-m", "firstvisit.config.demo.imap", str(post.folder), str(post.imap)]
        post.processes[1] = subprocess.Popen(command, env=os.environ.copy())
        wait_until("it is there again", lambda: _answers(post.imap), 30)
        post.send("After it came back")
        wait_until("the second is taken", lambda: Item.objects.count() == 2, 60)
        wait_until("nothing is wrong any more", lambda: error() == "", 30)


def test_switched_off_while_it_waits_it_is_let_go_soon(open_doors: str, post: Post) -> None:
    way = made(post, poll_seconds=3600)
    with listening():
        post.send("One referral")
        wait_until("it is taken", lambda: Item.objects.count() == 1, 30)
        ways_in.switch(way, "off", actor=SYSTEM)
        wait_until("nobody leads it", lambda: lock_is_free(way), 15)


def lock_is_free(way: WayIn) -> bool:
    """Whether nobody holds the way's lock."""
    _, address = urls(settings.ENVIRONMENT)
    with psycopg.connect(address, autocommit=True) as mine:
        row = mine.execute("SELECT pg_try_advisory_lock(%s)", [leading.number_of(way.id)]).fetchone()
        return bool(row and row[0])


class Told:
    """The server's side of a line, as a test plays it: what it says while we wait."""

    def __init__(self) -> None:
        self.door = socket.create_server(("127.0.0.1", 0))
        self.said: list[bytes] = []

    def serve(self, *pieces: bytes) -> threading.Thread:
        """Greet, take IDLE, say the pieces one after the other, end on DONE."""

        def talk() -> None:
            line, _ = self.door.accept()
            with line, line.makefile("rb") as file:
                line.sendall(b"* OK here\r\n")
                for said in file:
                    self.said.append(said)
                    tag, _, words = said.partition(b" ")
                    if words.startswith(b"CAPABILITY"):
                        line.sendall(b"* CAPABILITY IMAP4rev1 IDLE\r\n" + tag + b" OK done\r\n")
                    elif words.startswith(b"IDLE"):
                        for piece in pieces:
                            line.sendall(piece)
                    elif said == b"DONE\r\n":
                        line.sendall(b"FVIDLE OK done\r\n")

        thread = threading.Thread(target=talk, daemon=True)
        thread.start()
        return thread


@pytest.mark.parametrize(
    ("pieces", "rings"),
    [
        ((b"+ idling\r\n", b"* 4 EXISTS\r\n"), True),
        ((b"+ idling\r\n* 4 EXISTS\r\n",), True),
        ((b"* 4 EXISTS\r\n+ idling\r\n",), True),
        ((b"+ idling\r\n* OK still here\r\n* 2 FETCH (FLAGS (\\Seen))\r\n",), False),
        ((b"+ idling\r\n* OK still here\r\n* 5 RECENT\r\n",), True),
        ((b"+ idling\r\n",), False),
    ],
)
def test_however_the_lines_fall_into_packets_what_is_told_is_heard(pieces: tuple[bytes, ...], rings: bool) -> None:
    told = Told()
    told.serve(*pieces)
    server = imaplib.IMAP4("127.0.0.1", told.door.getsockname()[1], timeout=10)
    waiting = Idle(server)
    assert waiting.rang(0.3) is rings
    waiting.done()
    assert told.said[-1] == b"DONE\r\n"
    server.shutdown()
    told.door.close()


@pytest.mark.parametrize("answer", [b"FVIDLE NO not now\r\n", b""])
def test_a_server_that_will_not_tell_is_an_error_to_be_said(answer: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:

        def talk() -> None:
            line, _ = door.accept()
            with line:
                line.sendall(b"* OK here\r\n")
                file = line.makefile("rb")
                tag = file.readline().partition(b" ")[0]
                line.sendall(b"* CAPABILITY IMAP4rev1\r\n" + tag + b" OK done\r\n")
                file.readline()
                line.sendall(answer)

        thread = threading.Thread(target=talk)
        thread.start()
        server = imaplib.IMAP4("127.0.0.1", door.getsockname()[1], timeout=10)
        with pytest.raises(imaplib.IMAP4.error):
            Idle(server)
        server.shutdown()
        thread.join(10)
