"""Signing in, the second factor, and being signed off."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import LazySettings
from django.test import Client

from firstvisit.kernel.models import AuditRow
from firstvisit.practice.models import User
from firstvisit.web.middleware import ACTIVE_AT
from firstvisit.web.tests.conftest import PASSWORD, SignIn

pytestmark = pytest.mark.django_db
LOGIN = "/account/login/"


@pytest.fixture
def dana(account: Callable[[str], User]) -> User:
    user = account("dana")
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def browser() -> Client:
    return Client(HTTP_HOST="127.0.0.1")


def sign_in(browser: Client, password: str = PASSWORD) -> int:
    answer = browser.post(LOGIN, {"login": "Dana@CedarStreet.example.org", "password": password})
    return int(answer.status_code)


def code_for(secret: str, *, step: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + step))


def test_a_person_signs_in_with_email_and_password_and_it_is_in_the_log(browser: Client, dana: User) -> None:
    assert sign_in(browser) == 302
    assert browser.get("/today").status_code == 200
    row = AuditRow.objects.get(verb="signed_in")
    assert row.actor == f"user:{dana.id}" and row.subjects == [str(dana.id)]


def test_five_wrong_passwords_lock_the_account_from_here(browser: Client, dana: User) -> None:
    answers = [sign_in(browser, "wrong password, really") for _ in range(5)]
    assert answers == [200, 200, 200, 200, 429]
    assert sign_in(browser) == 429
    failed = AuditRow.objects.filter(verb="sign_in_failed")
    assert failed.count() >= 5
    assert all(row.subjects == [str(dana.id)] for row in failed)


def test_a_wrong_password_says_so_and_keeps_the_address(browser: Client, dana: User) -> None:
    page = browser.post(LOGIN, {"login": dana.email, "password": "wrong"}).content.decode()
    assert "do not fit together" in page and dana.email in page and "wrong" not in page.split("<main")[1]


def test_nobody_signs_up_or_gets_a_password_by_mail(browser: Client) -> None:
    for path in ("/account/signup/", "/account/password/reset/", "/account/email/"):
        assert browser.get(path).status_code == 404


def test_an_idle_session_is_signed_off_and_polling_does_not_keep_it_alive(signed_in: SignIn) -> None:
    browser = signed_in("dana")
    assert browser.get("/today").status_code == 200
    session = browser.session
    session[ACTIVE_AT] = time.time() - 14 * 60
    session.save()
    assert browser.get("/changes?since=0").status_code == 200
    assert browser.session[ACTIVE_AT] < time.time() - 13 * 60
    session = browser.session
    session[ACTIVE_AT] = time.time() - 16 * 60
    session.save()
    assert browser.get("/changes?since=0").status_code == 401
    assert browser.get("/today").status_code == 302
    assert AuditRow.objects.filter(verb="signed_off").count() == 1


def test_activity_is_written_once_a_minute(signed_in: SignIn) -> None:
    browser = signed_in("dana")
    browser.get("/today")
    first = browser.session[ACTIVE_AT]
    browser.get("/today")
    assert browser.session[ACTIVE_AT] == first


def test_raising_the_epoch_ends_sessions_that_are_open(
    signed_in: SignIn, account: Callable[[str], User]
) -> None:
    browser, user = signed_in("dana"), account("dana")
    assert browser.get("/today").status_code == 200
    user.session_epoch += 1
    user.save()
    assert browser.get("/today").status_code == 302


def test_without_an_app_everything_leads_to_setting_it_up(
    browser: Client, dana: User, settings: LazySettings, django_capture_on_commit_callbacks: Any
) -> None:
    settings.SECOND_FACTOR = True
    sign_in(browser)
    assert browser.get("/today")["Location"] == "/account/2fa/totp/activate/"
    page = browser.get("/account/2fa/totp/activate/")
    assert page.status_code == 200
    secret = page.context["form"].secret
    wrong = browser.post("/account/2fa/totp/activate/", {"code": "000000"})
    assert "not right" in wrong.content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        done = browser.post("/account/2fa/totp/activate/", {"code": code_for(secret)})
    assert done["Location"] == "/account/2fa/recovery-codes/"
    assert len(browser.get("/account/2fa/recovery-codes/").context["unused_codes"]) == 10
    assert browser.get("/today").status_code == 200
    stored = str(list(Authenticator.objects.filter(user=dana).values_list("data", flat=True)))
    assert secret not in stored
    assert AuditRow.objects.filter(verb="second_factor_added").exists()


def test_the_code_is_asked_after_the_password_and_a_code_counts_once(
    browser: Client, dana: User, settings: LazySettings
) -> None:
    settings.SECOND_FACTOR = True
    sign_in(browser)
    secret = browser.get("/account/2fa/totp/activate/").context["form"].secret
    used = code_for(secret)
    browser.post("/account/2fa/totp/activate/", {"code": used})
    again = Client(HTTP_HOST="127.0.0.1")
    assert again.post(LOGIN, {"login": dana.email, "password": PASSWORD})["Location"].startswith(
        "/account/2fa/"
    )
    assert again.get("/today").status_code == 302
    assert "used already" in again.post("/account/2fa/authenticate/", {"code": used}).content.decode()
    codes = browser.get("/account/2fa/recovery-codes/").context["unused_codes"]
    assert again.post("/account/2fa/authenticate/", {"code": codes[0]}).status_code == 302
    assert again.get("/today").status_code == 200


def test_codes_cannot_be_guessed_for_long(browser: Client, dana: User, settings: LazySettings) -> None:
    settings.SECOND_FACTOR = True
    sign_in(browser)
    secret = browser.get("/account/2fa/totp/activate/").context["form"].secret
    browser.post("/account/2fa/totp/activate/", {"code": code_for(secret)})
    again = Client(HTTP_HOST="127.0.0.1")
    again.post(LOGIN, {"login": dana.email, "password": PASSWORD})
    for guess in range(8):
        again.post("/account/2fa/authenticate/", {"code": f"{guess:06}"})
    page = again.post("/account/2fa/authenticate/", {"code": code_for(secret, step=1)}).content.decode()
    assert "Too many codes" in page
