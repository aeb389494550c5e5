"""Practice on screen: every collection listed and edited, refusals at the field, two managers at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client

from firstvisit.journey import changing as moving
from firstvisit.leads.models import Lead
from firstvisit.practice import changing, queries
from firstvisit.practice.models import EntryChange, User
from firstvisit.web.staff.practice.register import COLLECTIONS
from firstvisit.web.tests.conftest import Arrive, SignIn, questions


class Fields(HTMLParser):
    """What a browser would send of the form of an entry."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.sent: dict[str, list[str]] = {}
        self._inside, self._select, self._area = False, "", ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = dict(attrs)
        if tag == "form":
            self._inside = has.get("id") == "entry"
        if not self._inside:
            return
        name = has.get("name") or ""
        if tag == "input" and (has.get("type") != "checkbox" or "checked" in has):
            self.sent.setdefault(name, []).append(has.get("value") or "")
        elif tag == "select":
            self._select = name
        elif tag == "option" and "selected" in has:
            self.sent.setdefault(self._select, []).append(has.get("value") or "")
        elif tag == "textarea":
            self._area = name
            self.sent.setdefault(name, [""])

    def handle_data(self, data: str) -> None:
        if self._area:
            self.sent[self._area][0] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = ""
        elif tag == "form":
            self._inside = False


def opened(client: Client, path: str) -> dict[str, Any]:
    answer = client.get(path)
    assert answer.status_code == 200
    return Fields(answer.content.decode()).sent


HAND = "/practice/programs/of/hand_therapy"


@pytest.mark.parametrize("name", COLLECTIONS)
def test_every_entry_of_every_collection_can_be_opened_and_saved_unchanged(
    name: str, signed_in: SignIn
) -> None:
    client = signed_in("ruth")
    page = client.get(f"/practice/{name}", follow=True).content.decode()
    links = set(re.findall(rf"/practice/{name}/of/[a-z0-9_-]+", page)) or {f"/practice/{name}/of/{name}"}
    before = EntryChange.objects.count()
    for link in links:
        answer = client.post(link, opened(client, link))
        assert answer.status_code == 302, (link, answer.content.decode())
    assert EntryChange.objects.count() == before


def test_a_saved_field_is_the_practice_and_stands_in_the_history(signed_in: SignIn) -> None:
    client = signed_in("mei")
    said = opened(client, HAND) | {"minutes": ["45"], "status": ["waitlist"], "status_until": ["2027-01-08"]}
    page = client.post(HAND, said, follow=True).content.decode()
    program = queries.practice_now().programs["hand_therapy"]
    assert (program.minutes, program.status, str(program.status_until)) == (45, "waitlist", "2027-01-08")
    assert "Mei Tanaka" in page and "<del>60</del>" in page and "<ins>45</ins>" in page


def test_what_is_wrong_stands_at_the_field_and_what_was_typed_stays(signed_in: SignIn) -> None:
    client = signed_in("mei")
    said = opened(client, HAND) | {
        "minutes": ["0"],
        "age_from_months": ["toddler"],
        "name": ["Hände & Griffe"],
    }
    answer = client.post(HAND, said)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="age_from_months-wrong"' in page and "toddler" in page and "Hände &amp; Griffe" in page
    said |= {"age_from_months": ["5 years"]}
    page = client.post(HAND, said).content.decode()
    assert 'id="minutes-wrong"' in page and "Hände &amp; Griffe" in page
    assert queries.practice_now().programs["hand_therapy"].minutes == 60


def test_a_wrong_row_of_a_table_is_named(signed_in: SignIn) -> None:
    client = signed_in("mei")
    said = opened(client, HAND) | {"windows-0-first_day": ["20"]}
    page = client.post(HAND, said).content.decode()
    assert "Row 1, “To day”: 10 is before “From day” 20" in page


@pytest.mark.parametrize(
    ("path", "changed", "said"),
    [
        ("/practice/places/of/{place}", {"verified_on": "2090-01-01"}, "is still to come"),
        (HAND, {"status": "waitlist", "status_until": "2020-01-01"}, "is over already"),
        (HAND, {"age_from_months": "80", "age_to_months": "70"}, "is not above “From age”"),
    ],
)
def test_days_and_ages_that_cannot_be_are_refused_in_words(
    path: str, changed: dict[str, str], said: str, signed_in: SignIn
) -> None:
    client, path = signed_in("ruth"), path.format(place=next(iter(queries.practice_now().places)))
    answer = client.post(path, {**opened(client, path), **changed})
    assert answer.status_code == 422 and said in answer.content.decode()


def test_the_second_of_two_managers_is_told_and_keeps_what_they_typed(signed_in: SignIn) -> None:
    mei, ruth = signed_in("mei"), signed_in("ruth")
    theirs = opened(ruth, HAND) | {"minutes": ["30"], "source": ["What Ruth read"]}
    mei.post(HAND, opened(mei, HAND) | {"minutes": ["45"]})
    answer = ruth.post(HAND, theirs)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Mei Tanaka saved this entry" in page and "What Ruth read" in page
    assert re.search(r"Stands there now:</b> 45", page)
    assert queries.practice_now().programs["hand_therapy"].minutes == 45
    assert ruth.post(HAND, Fields(page).sent).status_code == 302
    assert queries.practice_now().programs["hand_therapy"].minutes == 30


def test_a_new_place_takes_its_point_from_its_zip_code(signed_in: SignIn) -> None:
    client = signed_in("mei")
    said = opened(client, "/practice/places/new") | {
        "name": ["Prairie Therapy"],
        "phone": ["(608) 555-0188"],
        "postal_code": ["53703"],
        "disciplines": ["OT", "SLP"],
    }
    assert client.post("/practice/places/new", said).status_code == 302
    place = queries.practice_now().places["prairie_therapy"]
    assert (round(place.latitude), round(place.longitude)) == (43, -89)


def test_one_press_returns_an_entry_to_what_it_was_and_a_retired_one_comes_back(signed_in: SignIn) -> None:
    client = signed_in("mei")
    client.post(HAND, opened(client, HAND) | {"minutes": ["45"]})
    first = EntryChange.objects.filter(slug="hand_therapy").order_by("id").first()
    assert first is not None
    client.post(f"/practice/changes/{first.id}/return", {"to": "after"})
    assert queries.practice_now().programs["hand_therapy"].minutes == 60
    client.post("/practice/payers/of/northfield_health/retire")
    assert "northfield_health" not in queries.practice_now().payers
    page = client.get("/practice/payers/of/northfield_health").content.decode()
    found = re.search(r"/practice/changes/(\d+)/return", page)
    assert found and "Bring it back" in page
    client.post(found[0], {"to": "before"})
    assert "northfield_health" in queries.practice_now().payers


def test_an_account_is_made_its_password_shown_once_and_it_may_leave(
    signed_in: SignIn, account: Callable[[str], User], arrive: Arrive
) -> None:
    client = signed_in("ruth")
    said = opened(client, "/practice/staff/new") | {
        "name": ["Nora Vance"],
        "email": ["nora@cedarstreet.example.org"],
        "role": ["intake"],
        "queues": ["front_desk_madison"],
    }
    page = client.post("/practice/staff/new", said).content.decode()
    shown = re.search(r'class="pass">([^<]+)<', page)
    nora = account("nora")
    assert shown and nora.check_password(shown[1])
    lead = arrive()
    from firstvisit.journey.verbs import take
    from firstvisit.kernel.audit import Actor

    take(lead, nora, actor=Actor("user", str(nora.id)))
    page = client.get(f"/practice/staff/of/{nora.id}/retire").content.decode()
    assert f"L-{lead.number}" in page and "returns to the queue" in page
    client.post(f"/practice/staff/of/{nora.id}/retire")
    left = Lead.objects.get(id=lead.id)
    assert not account("nora").is_active
    assert left.owner_user is None and left.owner_queue is not None


def test_a_role_that_may_no_longer_work_on_leads_gives_them_back(
    arrive: Arrive, signed_in: SignIn, account: Callable[[str], User]
) -> None:
    lead = arrive()
    assert signed_in("dana").post(f"/leads/L-{lead.number}/take").status_code == 303
    admin = signed_in("admin")
    said = opened(admin, "/practice/roles/of/intake")
    said["capabilities"] = [may for may in said["capabilities"] if may != "leads.work"]
    page = admin.post("/practice/roles/of/intake", said, follow=True).content.decode()
    assert f"back in the queue of their route: L-{lead.number}" in page
    lead.refresh_from_db()
    assert lead.owner_user is None and lead.owner_queue is not None


def test_a_queue_with_work_says_so_and_its_work_moves(arrive: Arrive, account: Callable[[str], User]) -> None:
    from firstvisit.journey.verbs import hand_over
    from firstvisit.kernel.audit import Actor
    from firstvisit.kernel.errors import Conflict
    from firstvisit.practice.models import Queue

    ruth = account("ruth")
    actor = Actor("user", str(ruth.id))
    new = {"slug": "returns", "name": "Returns"}
    changing.add_entry(collection="queues", values=new, by=ruth, actor=actor)
    lead = arrive()
    hand_over(lead, ruth, actor=actor, reason="they come back", queue=Queue.objects.get(slug="returns"))
    with pytest.raises(Conflict, match="queue returns has 1 open lead"):
        moving.retire_entry(collection="queues", slug="returns", by=ruth, actor=actor)
    moving.retire_entry(
        collection="queues", slug="returns", by=ruth, actor=actor, move_to="front_desk_madison"
    )
    moved = Lead.objects.select_related("owner_queue").get(id=lead.id)
    assert moved.owner_queue is not None and moved.owner_queue.slug == "front_desk_madison"
    assert "returns" not in queries.practice_now().queues


def test_a_site_with_open_leads_and_a_queue_that_rules_name_stay(signed_in: SignIn, arrive: Arrive) -> None:
    client = signed_in("mei")
    arrive()
    page = client.post("/practice/sites/of/madison/retire").content.decode()
    assert "home site: there is no site" in page.lower()
    page = client.post("/practice/queues/of/clinical_review/retire").content.decode()
    assert "is named by the live rules" in page
    assert {"madison", "clinical_review"} <= {*queries.practice_now().sites, *queries.practice_now().queues}


def test_who_leaves_and_was_the_last_in_a_queue_leaves_it_empty_and_the_page_says_so(
    signed_in: SignIn, account: Callable[[str], User]
) -> None:
    ruth = signed_in("ruth")
    page = ruth.get(f"/practice/staff/of/{account('reggie').id}/retire").content.decode()
    assert "Nobody is left in" in page and "Front desk Marquette. What goes there waits" in page
    page = ruth.get(f"/practice/staff/of/{account('priya').id}/retire").content.decode()
    assert "Nobody is left in" not in page
    User.objects.filter(queues__slug="clinical_review").exclude(id=account("priya").id).update(is_active=False)
    page = signed_in("admin").get(f"/practice/staff/of/{account('priya').id}/retire").content.decode()
    assert "Clinical review. What goes there waits" in page


@pytest.mark.parametrize("path", ["/practice/programs/new", f"{HAND}/retire"])
def test_who_may_only_look_is_told_that_there_is_no_such_page(path: str, signed_in: SignIn) -> None:
    client = signed_in("dana")
    assert client.get("/practice").status_code == 200
    assert client.get(path).status_code == 404
    assert client.post(HAND, opened(client, HAND) | {"minutes": ["45"]}).status_code == 404
    assert queries.practice_now().programs["hand_therapy"].minutes == 60


def test_managers_change_no_roles_and_administrators_no_programs(signed_in: SignIn) -> None:
    assert signed_in("mei").get("/practice/roles/new").status_code == 404
    assert signed_in("admin").get("/practice/programs/new").status_code == 404
    assert signed_in("admin").get("/practice/staff/new").status_code == 200


@pytest.mark.parametrize(
    "path", ["/practice/programs/of/nothing", "/practice/staff/of/nobody", "/practice/nothing"]
)
def test_what_is_not_there_is_not_found(path: str, signed_in: SignIn) -> None:
    assert signed_in("ruth").get(path).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/practice",
        "/practice/history",
        HAND,
        f"{HAND}/retire",
        *(f"/practice/{name}" for name in COLLECTIONS),
    ],
)
def test_a_page_asks_the_database_a_constant_number_of_questions(path: str, signed_in: SignIn) -> None:
    client = signed_in("ruth")
    if path == "/practice/identity":
        path = "/practice/identity/of/identity"
    assert questions(client, path) < 60


def test_what_wants_a_look_is_said(signed_in: SignIn, account: Callable[[str], User]) -> None:
    client = signed_in("mei")
    site = "/practice/sites/of/madison"
    client.post(site, opened(client, site) | {"holidays-2027": [""]})
    page = client.get("/practice").content.decode()
    assert "no holidays of 2027 are entered" in page


@pytest.mark.parametrize("change", [{"sites": ["marquette"]}, {"role": ["auditor"]}])
def test_leads_that_somebody_may_no_longer_work_on_return_to_their_queue_and_are_said(
    signed_in: SignIn, account: Callable[[str], User], arrive: Arrive, change: dict[str, list[str]]
) -> None:
    lead = arrive()
    assert signed_in("dana").post(f"/leads/L-{lead.number}/take").status_code == 303
    sven = signed_in("admin")
    path = f"/practice/staff/of/{account('dana').id}"
    page = sven.post(path, opened(sven, path) | change, follow=True).content.decode()
    assert f"back in the queue of their route: L-{lead.number}." in page
    lead.refresh_from_db()
    assert lead.owner_user is None and lead.owner_queue is not None
