"""Spanish that nobody has signed is quietly said to be so; what is critical in it is shown in English too."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from firstvisit.messages.texts import TEMPLATES, in_spanish
from firstvisit.practice.models import TextReview, User
from firstvisit.web.public.tests.pages import page
from firstvisit.web.public.texts import pages, sentence, words
from firstvisit.web.public.texts.register import reviewables
from firstvisit.web.tests.conftest import SignIn
from firstvisit.web.ui.words import LETTERS

pytestmark = pytest.mark.django_db

WHO = {"name": "Lucia Romero", "qualification": "Certified translator, ATA 555019"}
DANGER = "¿Hay peligro ahora? Llame al 911."


def sign(browser: Client, slug: str, **changes: str) -> int:
    version = next(each.version for each in reviewables() if each.slug == slug)
    return browser.post(f"/texts/{slug}", {**WHO, "version": version, **changes}).status_code


def test_every_text_has_both_languages_and_the_same_gaps() -> None:
    import string

    for each in pages().values():
        for entry in each.entries:
            gaps = [{name for _, name, _, _ in string.Formatter().parse(t) if name} for t in (entry.en, entry.es)]
            assert entry.en and entry.es and gaps[0] == gaps[1], (each.slug, entry.key)


def test_critical_spanish_stands_in_english_too_until_it_is_signed(signed_in: SignIn) -> None:
    visitor, mei = Client(), signed_in("mei")
    before = page(visitor.get("/request?lang=es"))
    assert DANGER in before and '<span class="also" lang="en">In danger now? Call 911.</span>' in before
    assert "You may text me about this request." in before
    assert sign(mei, "everywhere") == sign(mei, "wording-text-request") == 303
    after = page(visitor.get("/request?lang=es"))
    assert DANGER in after and "In danger now?" not in after
    assert "You may text me" not in after and "You may e-mail me" in after


@pytest.mark.parametrize("address", ["/request", "/refer", "/privacy", "/status", "/stop/unknown"])
def test_a_spanish_page_says_in_both_languages_that_nobody_has_reviewed_it(address: str) -> None:
    spanish, english = (words("everywhere", language)["unreviewed"] for language in ("es", "en"))
    shown = page(Client().get(f"{address}?lang=es"))
    assert spanish in shown and english in shown
    assert english not in page(Client().get(f"{address}?lang=en"))


def test_the_line_goes_once_everything_on_the_page_is_signed(signed_in: SignIn) -> None:
    mei, line = signed_in("mei"), words("everywhere", "es")["unreviewed"]
    for slug in ("everywhere", "request", "wording-text-request"):
        assert sign(mei, slug) == 303
        assert line in page(Client().get("/request?lang=es"))
    assert sign(mei, "wording-email-receipt") == 303
    assert line not in page(Client().get("/request?lang=es"))
    assert line in page(Client().get("/refer?lang=es"))


def test_every_letter_is_called_by_words() -> None:
    assert set(LETTERS) == {name for name, _ in TEMPLATES}


def test_a_changed_text_is_unsigned_again(signed_in: SignIn) -> None:
    mei = signed_in("mei")
    assert sign(mei, "everywhere") == 303
    TextReview.objects.update(version="0" * 12)
    assert "In danger now?" in page(Client().get("/request?lang=es"))
    assert "an earlier one" in page(mei.get("/texts/everywhere"))


def test_whoever_signs_says_who_they_are(signed_in: SignIn) -> None:
    mei = signed_in("mei")
    assert sign(mei, "request", qualification=" ") == 422
    assert sign(mei, "request", name="x" * 200) == 422
    assert sign(mei, "request", version="0" * 12) == 409
    assert mei.get("/texts/nowhere").status_code == 404
    assert TextReview.objects.count() == 0


def test_only_those_who_may_sign(signed_in: SignIn, account: Callable[[str], User]) -> None:
    dana = signed_in("dana")
    assert "not reviewed" in page(dana.get("/texts")) and "Sign this version" not in page(dana.get("/texts/request"))
    assert sign(dana, "request") == 404 and TextReview.objects.count() == 0


def test_letters_are_signed_like_pages() -> None:
    slugs = {each.slug for each in reviewables()}
    assert {f"mail-{name}" for name in in_spanish()} <= slugs and "wording-email-receipt" in slugs


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("es-MX,es;q=0.9,en;q=0.5", "es"),
        ("en-US,es;q=0.9", "en"),
        ("es;q=0.2,en;q=0.7", "en"),
        ("fr,de", "en"),
        ("es;q=x", "en"),
        ("", "en"),
        (",,,;;;q=", "en"),
    ],
)
def test_the_browser_asks_for_a_language(header: str, language: str) -> None:
    response = Client().get("/request", HTTP_ACCEPT_LANGUAGE=header)
    assert f'<html lang="{language}">' in page(response) and response["Content-Language"] == language


def test_the_switch_keeps_what_was_typed_and_sends_nothing() -> None:
    visitor = Client()
    typed = {"who": "child", "name": "Rosa Delgado", "phone": "608 555", "may_text": "yes", "switch": "es"}
    shown = page(visitor.post("/request", typed))
    assert '<html lang="es">' in shown and 'value="Rosa Delgado"' in shown and 'value="608 555"' in shown
    assert 'value="child" checked' in shown and 'role="alert"' not in shown
    assert '<html lang="es">' in page(visitor.get("/privacy"))
    assert '<html lang="en">' in page(visitor.get("/privacy?lang=en"))


def test_what_is_wrong_is_said_in_spanish() -> None:
    visitor = Client()
    shown = page(visitor.post("/request?lang=es", {"name": "7", "phone": "608 555 014", "email": "x"}))
    assert "Faltan" in shown and "código de área" in shown and "<title>Falta algo: " in shown
    for english in ("Choose", "Enter", "This is"):
        assert english not in shown
    assert sentence("nobody has translated this", "es") == words("problems", "es")["other"]
    assert "120" in sentence("This date is more than 120 years ago; check the year.", "es")


def test_a_signature_is_taken_back_and_may_be_given_again(signed_in: SignIn) -> None:
    mei, dana = signed_in("mei"), signed_in("dana")
    assert sign(mei, "everywhere") == 303
    back = {"take_back": "yes", "version": pages()["everywhere"].version}
    assert dana.post("/texts/everywhere", back).status_code == 404
    assert mei.post("/texts/everywhere", back).status_code == 303
    shown = page(mei.get("/texts/everywhere"))
    assert "taken back by Mei" in shown and "Sign this version" in shown
    assert mei.post("/texts/everywhere", back).status_code == 409
    assert sign(mei, "everywhere") == 303 and TextReview.objects.count() == 2
