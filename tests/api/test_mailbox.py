"""A mailbox on a real IMAP server (pymap; dovecot is not installed here), filled over the demo's real SMTP server."""

from __future__ import annotations

import imaplib
import os
import smtplib
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from tests.api.test_folder import listening
from tests.installation import wait_until

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
