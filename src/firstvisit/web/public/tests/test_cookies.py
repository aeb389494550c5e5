"""The page on privacy names every cookie that our pages set, with how long a browser keeps it."""

from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path

import pytest
from django.test import Client

import firstvisit
from firstvisit.web.public.book import browser
from firstvisit.web.public.parts.cookies import COOKIES
from firstvisit.web.public.tests.pages import page

pytestmark = pytest.mark.django_db
PAGES = ("/request", "/refer", "/refer/organization", "/status", "/privacy")
ASKED = ("?lang=es", "?utm_source=google&utm_campaign=hands", "?tablet=1", "?tablet=0", "?tablet=1&lang=es")


def test_whatever_a_visitor_does_sets_only_cookies_that_are_named_and_only_for_so_long() -> None:
    said = {cookie.name: cookie for cookie in COOKIES}
    met = set()
    for path in PAGES:
        for asked in ASKED:
            visitor = Client()
            answers = [visitor.get(f"{path}{asked}"), visitor.get(path), visitor.post(path, {"name": "Ada"})]
            for answer in answers:
                for name, morsel in answer.cookies.items():
                    met.add(name)
                    assert name in said, f"{path}{asked} sets {name}"
                    kept = said[name].kept
                    seconds = int(kept.total_seconds()) if kept else ""
                    assert morsel["max-age"] in (seconds, 0), f"{name} is kept for {morsel['max-age']} s"
    behind_a_link = {browser.COOKIE}  # met in test_book
    assert met == said.keys() - behind_a_link, "a cookie is named that nothing sets"


def test_no_part_of_our_code_sets_a_cookie_that_is_not_named() -> None:
    named, root = {cookie.name for cookie in COOKIES}, Path(firstvisit.__file__).parent
    setting = set()
    for path in root.rglob("*.py"):
        if "tests" not in path.parts and "set_cookie(" in (text := path.read_text(encoding="utf-8")):
            calls = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
            names = {
                ast.unparse(call.args[0])
                for call in calls
                if isinstance(call.func, ast.Attribute) and call.func.attr in ("set_cookie", "set_signed_cookie")
            }
            module = import_module(".".join(path.relative_to(root.parent).with_suffix("").parts))
            setting |= {getattr(module, name) for name in names}
    assert setting and setting <= named


@pytest.mark.parametrize(
    ("language", "forever", "tablet"),
    [
        ("en", "Kept until the browser is closed.", "nothing of you"),
        ("es", "Se guarda hasta que se cierra el navegador.", "nada de usted"),
    ],
)
def test_the_page_names_each_cookie_and_how_long_it_is_kept(language: str, forever: str, tablet: str) -> None:
    shown = page(Client().get(f"/privacy?lang={language}"))
    for cookie in COOKIES:
        assert f"<code>{cookie.name}</code>" in shown
    lines = {line.split("</code>")[0].rpartition(">")[2]: line for line in shown.splitlines() if "<code>" in line}
    assert forever in lines["firstvisit_language"]
    assert " 7 d" in lines["firstvisit_touch"]
    assert " 30 min" in lines["firstvisit_visit"]
    assert " 365 d" in lines["firstvisit_tablet"] and tablet in lines["firstvisit_tablet"]
    assert " 60 se" in lines["firstvisit_tablet"]
