"""The test of a way in finds what is really there, says it in words, and delivers and changes nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as live
from django.test import Client
from pytest_django.live_server_helper import LiveServer
from tests.api.test_folder import listening
from tests.api.test_mailbox import Post, _free, made, post
from tests.api.test_mllp import port
from tests.api.test_vendors import srfax
from tests.installation import wait_until

from firstvisit.api.listen.trying import found
from firstvisit.config.demo import imap
from firstvisit.kernel import clock
from firstvisit.kernel.audit import SYSTEM
from firstvisit.kernel.models import AuditRow
from firstvisit.practice.models import User
from firstvisit.steps.intake import ways_in
from firstvisit.steps.intake.models import Delivery, Item, WayIn

__all__ = ["post", "srfax"]
"""Fixtures of the neighbours."""


def said(way: WayIn) -> list[tuple[str, str]]:
    """What a test finds, with nothing delivered by it."""
    before = (Item.objects.count(), Delivery.objects.count())
    way = WayIn.objects.select_related("key").get(id=way.id)
    findings = [(each.how, each.words) for each in found(way)]
    assert (Item.objects.count(), Delivery.objects.count()) == before
    return findings


@pytest.mark.django_db
def test_a_folder_is_written_and_left_as_it_was(practice: Any, tmp_path: Path) -> None:
    scans = tmp_path / "scans"
    way = ways_in.make(slug="s", kind="folder", name="S", settings={"path": str(scans)}, actor=SYSTEM)
    assert said(way) == [("look", f"{scans} is not there yet; it is made when the way in is switched on.")]
    assert not scans.exists()
    scans.mkdir()
    (scans / "one.pdf").write_bytes(b"%PDF")
    words = f"In {scans} a file of ours was written, moved to “taken” and taken away again; 1 file waits there."
    assert said(way) == [("ok", words)]
    assert sorted(each.name for each in scans.rglob("*")) == ["one.pdf", "taken"]
    (scans / "taken").rmdir()
    (scans / "taken").write_bytes(b"a file in its place")
    [(how, words)] = said(way)
    assert how == "wrong" and "cannot be written, or files not moved" in words
    assert sorted(each.name for each in scans.iterdir()) == ["one.pdf", "taken"]
    way.settings = {"path": str(scans / "one.pdf")}
    way.save(update_fields=["settings"])
    assert said(way) == [("wrong", f"{scans / 'one.pdf'} is a file, not a folder.")]


def test_a_mailbox_lets_us_in_and_its_folders_are_counted(open_doors: str, post: Post) -> None:
    way = made(post)
    post.send("A referral")
    wait_until("it is delivered", lambda: said(way)[1] == ("ok", "The folder INBOX (we look into) holds 1 mail."), 20)
    assert said(way)[0] == ("ok", "127.0.0.1 let referrals in, without encryption.")
    assert said(way)[2] == ("ok", "The server tells of new mail by itself.")
    client = post.reader()
    client.select("INBOX")
    assert client.uid("SEARCH", "SEEN")[1] in ([b""], [None]), "looking marks nothing as read"
    client.logout()


@pytest.mark.parametrize(
    ("more", "password", "ends"),
    [
        ({}, "wrong", "refused the name or the password"),
        ({"folder": "Nowhere"}, imap.PASSWORD, "There is no folder Nowhere (we look into)."),
        ({"after": "move", "move_to": "Gone"}, imap.PASSWORD, "There is no folder Gone (taken mail)."),
        ({"port": 1}, imap.PASSWORD, "does not answer"),
    ],
)
def test_what_is_wrong_with_a_mailbox_is_said(
    open_doors: str, post: Post, more: dict[str, Any], password: str, ends: str
) -> None:
    way = made(post, **more)
    ways_in.give_secret(way, "password", password, actor=SYSTEM)
    assert any(how == "wrong" and ends in words for how, words in said(way))


def test_an_hl7_port_that_listens_acknowledges_and_a_free_one_is_said_to_be_free(open_doors: str) -> None:
    with port() as (number, way):
        words = f"Port {number} of 127.0.0.1 answers our message (AR: nobody takes its kind, so nothing was kept)."
        assert said(way) == [("ok", words)]
    assert said(way)[0][0] == "wrong", "it is on and nobody listens"
    ways_in.switch(way, "off", actor=SYSTEM)
    assert said(way) == [("ok", f"Port {number} of 127.0.0.1 is free. Switch the way in on to listen there.")]


def test_somebody_elses_port_is_told(open_doors: str, post: Post) -> None:
    way = ways_in.make(slug="emr", kind="hl7", name="EMR", settings={"port": post.smtp}, actor=SYSTEM)
    assert said(way)[0][0] == "wrong", "off, and the port is not free"
    ways_in.switch(way, "on", actor=SYSTEM)
    assert "somebody else listens there" in said(way)[0][1] or "cannot be reached" in said(way)[0][1]


def test_a_certificate_that_cannot_be_used_is_told(open_doors: str, tmp_path: Path) -> None:
    there = {"port": _free(), "certificate": str(tmp_path / "none.pem")}
    way = ways_in.make(slug="emr", kind="hl7", name="EMR", settings=there, actor=SYSTEM)
    assert said(way) == [("wrong", "The certificate cannot be used: No such file or directory.")]


@pytest.fixture
def site(open_doors: str, settings: Any) -> Iterator[LiveServer]:
    """The site itself, served at an address of its own."""
    server = LiveServer("127.0.0.1:0")
    settings.ENVIRONMENT = replace(live.ENVIRONMENT, address=server.url)
    yield server
    server.stop()


def test_a_webhook_takes_its_own_signature_and_its_address_refuses_what_is_not_signed(site: LiveServer) -> None:
    way = ways_in.make(slug="forms", kind="webhook", name="Forms", actor=SYSTEM)
    signed = "Signed with our secret it is taken, changed by one letter it is refused, and so it is 300 seconds later."
    assert said(way) == [
        ("ok", signed),
        ("ok", f"{site.url}/in/forms answers. It takes nothing until it is switched on."),
    ]
    ways_in.switch(way, "on", actor=SYSTEM)
    assert said(way)[1] == ("ok", f"{site.url}/in/forms answers, and refuses what is not signed.")
    scheme = {"signed": "body", "timestamp_header": "", "algorithm": "sha512", "encoding": "base64", "prefix": "v1="}
    ways_in.change(way, settings={"scheme": scheme}, actor=SYSTEM)
    assert said(way)[0][0] == "look" and "carries no time" in said(way)[0][1]


def test_an_address_that_is_not_ours_is_told(open_doors: str, settings: Any, post: Post) -> None:
    way = ways_in.make(slug="forms", kind="webhook", name="Forms", actor=SYSTEM)
    settings.ENVIRONMENT = replace(live.ENVIRONMENT, address="http://127.0.0.1:1")
    assert said(way)[1][0] == "look" and "does not answer from here" in said(way)[1][1]


def test_vendors_that_are_asked_say_whether_they_let_us_in(open_doors: str, srfax: str) -> None:
    way = ways_in.make(
        slug="srfax", kind="srfax", name="SRFax", actor=SYSTEM, secrets={"password": "right"},
        settings={"address": srfax, "account": "194999"},
    )  # fmt: skip
    assert said(way)[1] == ("ok", "SRFax lets us in; of today it lists 2.")
    assert said(way)[0] == ("look", "No real delivery of this vendor was recorded yet, so it cannot be switched on.")
    ways_in.give_secret(way, "password", "wrong", actor=SYSTEM)
    assert said(way)[1][0] == "wrong" and "password" in said(way)[1][1]


def test_a_missing_secret_is_told(site: LiveServer) -> None:
    way = ways_in.make(slug="fax", kind="telnyx", name="Fax", actor=SYSTEM)
    assert ("look", "The public key is missing; keep it below.") in said(way)


@pytest.fixture
def browser_of(open_doors: str, pages: None) -> Callable[[str], Client]:
    """A browser in which somebody has signed in, over a practice that is committed."""

    def signed_in(name: str) -> Client:
        client = Client()
        user = User.objects.get(email=f"{name}@cedarstreet.example.org")
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return signed_in


def test_the_button_asks_whoever_listens_and_the_page_says_what_was_found(
    open_doors: str, tmp_path: Path, browser_of: Callable[[str], Client]
) -> None:
    (tmp_path / "scans").mkdir()
    way = ways_in.make(slug="s", kind="folder", name="S", settings={"path": str(tmp_path / "scans")}, actor=SYSTEM)
    admin = browser_of("admin")
    assert admin.post("/ways-in/s/test").headers["Location"] == "/ways-in/s#test"
    assert "It is being tested" in admin.get("/ways-in/s").content.decode()
    assert admin.get("/ways-in/s/tested").status_code == 200
    clock.move(timedelta(seconds=20))
    assert "nobody listens" in admin.get("/ways-in/s/tested").content.decode()
    with listening():
        wait_until("it is tested", lambda: admin.get("/ways-in/s/tested").status_code == 205, 20)
    page = admin.get("/ways-in/s").content.decode()
    assert "a file of ours was written" in page and "As it should be" in page
    assert AuditRow.objects.filter(verb="way_in_tested", actor__startswith="user:").count() == 1
    assert not Item.objects.exists()
    assert WayIn.objects.get(id=way.id).status == "off"
    assert browser_of("dana").post("/ways-in/s/test").status_code == 404


def test_two_listeners_make_one_test(open_doors: str, tmp_path: Path) -> None:
    way = ways_in.make(slug="s", kind="folder", name="S", settings={"path": str(tmp_path)}, actor=SYSTEM)
    ways_in.want_test(way, actor=SYSTEM)
    taken: list[WayIn | None] = []
    both = [threading.Thread(target=lambda: taken.append(_begun())) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join(30)
    assert sorted(each is None for each in taken) == [False, True]
    assert ways_in.begin_test(now=clock.now() + timedelta(minutes=3)) is not None, "one that died is made again"


def _begun() -> WayIn | None:
    from django.db import connection

    try:
        return ways_in.begin_test(now=clock.now())
    finally:
        connection.close()
