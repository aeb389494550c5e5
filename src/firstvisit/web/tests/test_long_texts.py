"""Whatever a page of the staff lets somebody type: too long a text is refused in words, and nothing breaks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from django.db import transaction
from django.test import Client

from firstvisit.web.tests.conftest import Arrive, SignIn

pytestmark = pytest.mark.django_db
TYPED: Final = frozenset({"", "text", "search", "tel", "email", "url"})
STARTS: Final = (
    "/today", "/add", "/call", "/inbox", "/matches", "/imports", "/texts", "/events", "/events/guides", "/ways-in",
    "/rules", "/practice", "/audit", "/account/2fa/", "/find", "/day-sheet",
)  # fmt: skip
NOT_TAKEN: Final = frozenset({("/account/nfa/totp/activate/", "code")})
"""What allauth answers with its own page."""


class Page(HTMLParser):
    """The links of a page and its forms: where each posts, what it would send, and what is typed by hand."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[tuple[str, dict[str, str], list[str]]] = []
        self._open: tuple[str, dict[str, str], list[str]] | None = None
        self._select = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "a" and said.get("href", "").startswith("/"):
            self.links.append(said["href"])
        if tag == "form":
            self._open = (said.get("action", ""), {}, [])
            if said.get("method", "").lower() == "post":
                self.forms.append(self._open)
        if self._open is None or not (name := said.get("name", "")):
            sent = self._open[1] if self._open is not None else {}
            if tag == "option" and self._select and ("selected" in said or self._select not in sent):
                sent[self._select] = said.get("value", "")
            return
        _, sent, by_hand = self._open
        if tag == "textarea" or (tag == "input" and said.get("type", "").lower() in TYPED):
            by_hand += [] if "readonly" in said else [name]
            sent[name] = said.get("value", "")
        elif tag == "select":
            self._select = name
        elif tag == "button" or (said.get("type") in ("radio", "checkbox") and name not in sent) or tag == "input":
            sent.setdefault(name, said.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        if tag == "form":
            self._open = None


def shape(path: str) -> str:
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+|(?<=/of/)[^/]+", "n", urlsplit(path).path)


def forms(browser: Client, starts: tuple[str, ...]) -> Iterator[tuple[str, dict[str, str], str]]:
    """Every field that is typed by hand on the pages that links lead to from `starts`, each once."""
    left, seen, asked = list(starts), {shape(path) for path in starts}, set[tuple[str, str, str]]()
    while left:
        path = left.pop(0)
        answer = browser.get(path, headers={"Accept": "text/html"})
        if answer.status_code != 200 or "html" not in answer.headers.get("Content-Type", ""):
            continue
        page = Page(answer.content.decode())
        for link in page.links:
            if shape(link) not in seen and "logout" not in link and len(seen) < 150:
                seen.add(shape(link))
                left.append(link)
        for action, sent, by_hand in page.forms:
            to = action or path
            for name in by_hand:
                mark = (shape(to), sent.get("do", ""), re.sub(r"\d+", "n", name))
                if mark not in asked:
                    asked.add(mark)
                    yield to, sent, name


class Undone(Exception):
    """Nothing that a test sends stays for the next."""


def answered(browser: Client, path: str, sent: dict[str, Any]) -> int:
    status = 0
    try:
        with transaction.atomic():
            status = browser.post(path, sent).status_code
            raise Undone
    except Undone:
        return status


def test_too_long_a_text_is_refused_in_words_wherever_it_is_typed(signed_in: SignIn, arrive: Arrive) -> None:
    ruth = signed_in("ruth")
    code = f"L-{arrive().number}"
    card = ruth.post("/call/start", {"lead": code})["Location"]
    draft = ruth.post("/rules/begin", {"note": "Longer clocks"})["Location"]
    starts = (*STARTS, f"/leads/{code}", f"/leads/{code}/people", f"/leads/{code}/stated", card, draft)
    fields = [field for field in forms(ruth, starts) if (shape(field[0]), field[2]) not in NOT_TAKEN]
    assert len(fields) > 200, "the walk finds the forms"
    said = {(path, name): answered(ruth, path, {**sent, name: "word " * 12_000}) for path, sent, name in fields}
    assert {field: status for field, status in said.items() if status != 422} == {}


def test_a_pasted_mail_is_refused_in_words_where_a_lead_is_added(signed_in: SignIn) -> None:
    page = signed_in("dana").post("/add", {"how": "phone", "caller": "Rosa Quill", "concern": "word " * 4_000})
    assert page.status_code == 422 and "at most 4,000 characters" in page.content.decode()
