"""What the server says when it cannot or must not answer."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import LazySettings
from django.db import OperationalError
from django.test import Client, RequestFactory

from firstvisit.kernel import audit
from firstvisit.kernel.audit import SYSTEM
from firstvisit.kernel.errors import Conflict
from firstvisit.practice.models import User
from firstvisit.web.middleware import Refusals, client_address
from firstvisit.web.tests.conftest import Arrive, SignIn

pytestmark = pytest.mark.django_db


def test_bytes_that_are_no_text_are_a_bad_request(signed_in: SignIn) -> None:
    browser = signed_in("dana")
    form = "application/x-www-form-urlencoded"
    assert browser.get("/today?time=%ff%fe").status_code == 400
    assert browser.get("/today?time=a%00b").status_code == 400
    assert browser.get("/leads/L-1%00").status_code == 400
    for sent in (b"q=%00", b"q=%c3%28", b"q=\xff"):
        answer = browser.post("/find", sent, content_type=form)
        assert answer.status_code == 400 and "did not arrive well in: the search." in answer.content.decode()


def test_the_fields_that_did_not_arrive_well_are_named_when_signing_in() -> None:
    sent, form = b"login=%00&password=%ff&other=%ff&%ff=1", "application/x-www-form-urlencoded"
    answer = Client(HTTP_HOST="127.0.0.1").post("/account/login/", sent, content_type=form)
    assert answer.status_code == 400
    assert "in: E-mail address, Password and a field of the form." in answer.content.decode()


@pytest.mark.parametrize("asked", ["", "?since=", "?since=x", "?since=-1", f"?since={'9' * 20}"])
def test_what_changed_since_nothing_is_refused_in_words(signed_in: SignIn, asked: str) -> None:
    answer = signed_in("dana").get("/changes" + asked)
    assert answer.status_code == 400
    assert answer.json() == {
        "problems": [{"field": "since", "message": "give the number of an entry, such as since=120"}]
    }


def test_below_the_doors_for_machines_every_refusal_is_json() -> None:
    browser = Client(HTTP_HOST="127.0.0.1")
    unknown = browser.get("/api/v1/nowhere")
    assert unknown.status_code == 404 and unknown.json()["problems"][0]["field"] == "path"
    assert browser.get("/api/nowhere").json()["problems"][0]["message"].startswith("there is nothing")
    method = browser.delete("/api/v1/referrals")
    assert method.status_code == 405 and method.json()["problems"][0]["field"] == "path" and method["Allow"]
    bytes_ = browser.get("/api/v1/nowhere?a=%ff")
    assert bytes_.status_code == 400 and bytes_.json()["problems"][0]["message"].startswith("this request")
    assert "<html" in browser.get("/nowhere").content.decode()


def test_a_database_that_does_not_answer_is_said_in_plain_words(rf: RequestFactory) -> None:
    answer = Refusals(lambda request: None).process_exception(rf.get("/today"), OperationalError("secret"))  # type: ignore[arg-type,return-value]
    assert answer is not None and answer.status_code == 503 and answer["Retry-After"]
    assert "cannot reach our records" in answer.content.decode() and "secret" not in answer.content.decode()


def test_a_conflict_says_what_to_do(rf: RequestFactory) -> None:
    answer = Refusals(lambda request: None).process_exception(rf.get("/x"), Conflict("this lead is closed"))  # type: ignore[arg-type,return-value]
    assert answer is not None and answer.status_code == 409 and "Reopen it first" in answer.content.decode()


def test_a_form_of_another_site_is_refused(arrive: Arrive, account: Callable[[str], User]) -> None:
    browser = Client(HTTP_HOST="127.0.0.1", enforce_csrf_checks=True)
    browser.force_login(account("dana"), backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = browser.post(f"/leads/L-{arrive().number}/take")
    assert answer.status_code == 403 and "no longer valid" in answer.content.decode()


def test_an_unknown_page_is_plain(signed_in: SignIn) -> None:
    answer = signed_in("dana").get("/nowhere")
    assert answer.status_code == 404 and "There is nothing here for you." in answer.content.decode()


def test_staff_pages_are_never_kept_and_need_a_signed_in_person(signed_in: SignIn) -> None:
    assert signed_in("dana").get("/today")["Cache-Control"] == "no-store"
    for path in ("/today", "/leads/L-1", "/audit"):
        assert Client(HTTP_HOST="127.0.0.1").get(path).status_code == 302
    assert Client(HTTP_HOST="127.0.0.1").get("/changes?since=0").status_code == 401


def test_the_forwarded_address_counts_only_behind_our_proxies(
    rf: RequestFactory, settings: LazySettings
) -> None:
    request = rf.get("/", REMOTE_ADDR="10.0.0.9", HTTP_X_FORWARDED_FOR="6.6.6.6, 192.0.2.7")
    assert client_address(request) == "10.0.0.9"


def test_the_log_shows_codes_and_not_names(arrive: Arrive, signed_in: SignIn) -> None:
    lead = arrive()
    signed_in("dana").get(f"/leads/L-{lead.number}")
    page = signed_in("auditor").get("/audit").content.decode()
    assert f"lead: L-{lead.number}" in page and "Dana Whitlock" in page and "Delgado" not in page


def test_the_log_is_filtered_and_paged(
    arrive: Arrive, signed_in: SignIn, account: Callable[[str], User]
) -> None:
    lead, browser = arrive(), signed_in("mei")
    for _ in range(105):
        audit.note(SYSTEM, "viewed", "lead", ["L-7"])
    page = browser.get("/audit?actor=system&verb=viewed")
    assert len(page.context["lines"]) == 100
    assert len(browser.get("/audit" + page.context["next"]).context["lines"]) == 5
    browser.get(f"/leads/L-{lead.number}")
    found = browser.get(f"/audit?subject=L-{lead.number}&actor={account('mei').id}").context["lines"]
    assert [line.verb for line in found] == ["saw"]
    assert browser.get("/audit?day=1999-01-01").context["lines"] == []
    assert browser.get("/audit?day=soon&before=x&verb=%3Cb%3E").status_code == 200


def test_the_log_is_for_those_who_may_see_it(signed_in: SignIn) -> None:
    assert signed_in("dana").get("/audit").status_code == 404
    assert "Audit" not in signed_in("dana").get("/today").content.decode()
