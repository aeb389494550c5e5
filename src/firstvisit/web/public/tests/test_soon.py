"""The public pages say when somebody new can expect a first visit: measured, or nothing."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from psycopg.types.range import TimestamptzRange

from firstvisit.config.asked import Asked
from firstvisit.journey.booking import expecting
from firstvisit.journey.booking.third_next import third_next
from firstvisit.kernel import clock
from firstvisit.leads.models import Lead
from firstvisit.practice.models import Resource, User
from firstvisit.practice.queries import practice
from firstvisit.steps.booking import supply
from firstvisit.steps.booking.models import Appointment, Change, Claim, Terms
from firstvisit.steps.intake.models import CommunityEvent, Guide
from firstvisit.steps.qualify.rules import BOOKS
from firstvisit.web.public.parts.links import link_to
from firstvisit.web.public.tests.pages import links, page
from firstvisit.web.public.tests.test_refer import LEO
from firstvisit.web.public.tests.test_request import both

pytestmark = pytest.mark.django_db
SCHOOL_STAFF: Final = {
    "role": "school", "organization": "Elm Elementary", "npi": "", "referrer_name": "Joy Park",
    "authority": "received_only", "patient_first_name": "Ned", "patient_last_name": "Ostby",
    "birth_date": "05/06/1963", "patient_phone": "608 555 0151",
}


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    expecting.forget()
    supply.forget()
    yield
    expecting.forget()


@pytest.fixture
def tuesday() -> datetime:
    """It is ten o'clock in Madison, November 24, two days before Thanksgiving."""
    clock.move(datetime(2026, 11, 24, 10, tzinfo=ZoneInfo("America/Chicago")) - clock.now())
    return clock.now()


def read(address: str) -> str:
    """The words of a public page."""
    answer = Client().get(address)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html.unescape(answer.content.decode())))


def away(slug: str, since: datetime, until: datetime) -> None:
    during, resource = TimestamptzRange(since, until), Resource.objects.get(slug=slug)
    Change.objects.create(resource=resource, what="away", why="leave", made_at=since, during=during)
    supply.raise_revision()


def everybody() -> list[Resource]:
    slugs = [slug for slug, each in practice().resources.items() if each.kind == "clinician"]
    return list(Resource.objects.filter(slug__in=slugs))


def all_booked(lead: Lead, since: datetime, until: datetime, *, but: tuple[str, ...] = ()) -> None:
    """Nobody has a free minute; a claim is a day at most."""
    days = [since + timedelta(days=each) for each in range((until - since).days)]
    fields = {"kind": "treatment", "service": "treatment", "site": "madison", "status": "booked", "made_by": "desk"}
    for each in everybody():
        if each.slug not in but:
            row = Appointment.objects.create(
                lead=lead, clinician=each, starts_at=since, ends_at=until, status_at=since, made_at=since, **fields
            )
            Claim.objects.bulk_create(
                Claim(resource=each, during=TimestamptzRange(day, day + timedelta(days=1)), appointment=row)
                for day in days
            )


def test_nothing_is_said_until_it_was_measured_nor_of_a_measurement_that_grew_old(tuesday: datetime) -> None:
    assert "How soon is a first visit?" not in read("/request")
    expecting.measure(now=clock.now())
    assert "How soon is a first visit?" in read("/request")
    clock.move(expecting.GOOD_FOR + timedelta(minutes=1))
    assert "How soon is a first visit?" not in read("/request")


def test_a_page_reads_what_is_kept_and_asks_the_database_nothing_more(tuesday: datetime) -> None:
    def questions() -> int:
        Client().get("/request")
        with Asked(connection) as asked:
            Client().get("/request")
        return len(asked)

    before = questions()
    expecting.measure(now=clock.now())
    assert questions() == before


def test_the_day_is_that_of_the_third_free_time_and_not_of_a_gap(tuesday: datetime) -> None:
    # Who see hands are away for a week but for two hours of tomorrow: one could come then, and nobody who reads of it.
    gap, back = tuesday + timedelta(days=1, hours=1), tuesday + timedelta(days=7)
    for each in everybody():
        away(each.slug, tuesday - timedelta(days=1), gap)
        away(each.slug, gap + timedelta(hours=2), back)
    expecting.measure(now=tuesday)
    (hands,) = [
        each for each in third_next(practice().sites["madison"], now=tuesday) if each.program == "hand_therapy"
    ]
    assert hands.first == gap.date() and hands.third[""] >= back.date()
    told = {each.site.slug: each for each in expecting.expected_by_site(now=tuesday, program="hand_therapy")}
    assert (told["madison"].first, told["madison"].full_through) == (hands.third[""], None)


def test_both_sites_are_named_in_english_and_spanish(tuesday: datetime) -> None:
    expecting.measure(now=clock.now())
    for address in ("/request", "/refer"):
        words = read(address)
        assert re.search(r"Madison: about \w{3} \w{3} \d+ to \w{3} \w{3} \d+\.", words), words
        assert "Marquette: about" in words and "Counted from our calendar" in words
    words = read("/request?lang=es")
    assert "¿Cuándo puede ser la primera cita? Madison: más o menos del " in words
    assert "Ningún traductor ha revisado" in words


def test_nobody_at_work_is_not_the_same_as_full(tuesday: datetime) -> None:
    for each in everybody():
        away(each.slug, tuesday - timedelta(days=1), tuesday + timedelta(days=200))
    expecting.measure(now=tuesday)
    assert expecting.expected_by_site(now=tuesday) == []
    assert "How soon is a first visit?" not in read("/request")


def test_a_site_that_everybody_leaves_is_not_full(visitor: Client, tuesday: datetime) -> None:
    both(visitor)
    all_booked(Lead.objects.get(), tuesday, tuesday + timedelta(days=1))
    for each in everybody():
        if "marquette" in practice().resources[each.slug].sites:
            Terms.objects.update_or_create(resource=each, defaults={"last_day": tuesday.date()})
    supply.raise_revision()
    expecting.measure(now=tuesday)
    assert [each.site.slug for each in expecting.expected_by_site(now=tuesday)] == ["madison"]
    assert "Marquette: we are full" not in read("/request")


def test_what_is_booked_out_says_through_when(visitor: Client, tuesday: datetime) -> None:
    both(visitor)
    all_booked(Lead.objects.get(), tuesday, tuesday + timedelta(days=200), but=("anna_lindqvist",))
    expecting.measure(now=tuesday)
    words = read("/request")
    assert "Marquette: we are full through Mon Feb 22; ask all the same, and we will call you." in words
    assert re.search(r"Madison: about [^;]+; some therapies are full through Mon Feb 22\.", words)


def done(lead: Lead) -> str:
    """The last page of the form, in another browser than that of whoever filled it in."""
    item = lead.parts.order_by("-item__received_at")[0].item
    return f"/request/done/{link_to('done', item.id)}"


def test_whoever_waits_reads_when_a_visit_of_this_kind_can_be_until_one_is_booked(
    visitor: Client, tuesday: datetime
) -> None:
    both(visitor)
    lead = Lead.objects.get()
    assert lead.outcome == "book_now" and "of this kind" not in read(done(lead))
    expecting.measure(now=tuesday)
    assert re.search(r"A first visit of this kind in Madison: about \w{3} \w{3} \d+\.", read(done(lead)))
    assert "Una primera cita de este tipo en Madison: cerca del " in read(f"{done(lead)}?lang=es")
    Appointment.objects.create(
        lead=lead, kind="evaluation", service="evaluation", site="madison", status="booked", status_at=tuesday,
        made_at=tuesday, made_by="desk", booked_at=tuesday, starts_at=tuesday + timedelta(days=2),
        ends_at=tuesday + timedelta(days=2, hours=1),
    )  # fmt: skip
    assert "of this kind" not in read(done(lead))


def test_by_video_it_is_counted_from_hours_by_video_and_at_home_no_day_is_said(
    visitor: Client, tuesday: datetime
) -> None:
    both(visitor)
    lead = Lead.objects.get()
    lead.facts.program, lead.facts.disciplines, lead.facts.setting = "voice", ("SLP",), "telehealth"
    lead.facts.save()
    expecting.measure(now=tuesday)
    assert re.search(r"A first visit of this kind by video: about \w{3} \w{3} \d+\.", read(done(lead)))
    assert "Una primera cita de este tipo por video: cerca del " in read(f"{done(lead)}?lang=es")
    for each in everybody():
        if "SLP" in practice().resources[each.slug].disciplines:
            away(each.slug, tuesday - timedelta(days=1), tuesday + timedelta(days=200))
    expecting.measure(now=tuesday)
    assert "by video" not in read(done(lead)), "nobody has hours by video any more"
    lead.facts.program, lead.facts.disciplines, lead.facts.setting = "home_safety", ("OT",), "home"
    lead.facts.save()
    assert "of this kind" not in read(done(lead))


def test_whoever_cannot_be_seen_yet_is_told_no_day(visitor: Client, tuesday: datetime) -> None:
    both(visitor)
    expecting.measure(now=tuesday)
    lead = Lead.objects.get()
    Lead.objects.filter(id=lead.id).update(outcome="clinician_review")
    assert "of this kind" not in read(done(lead))
    Lead.objects.filter(id=lead.id).update(outcome="book_now")
    lead.facts.not_before = (tuesday + timedelta(days=60)).date()
    lead.facts.save()
    assert "of this kind" not in read(done(lead))


def test_whoever_refers_reads_it_where_they_may_know_how_it_stands(visitor: Client, tuesday: datetime) -> None:
    expecting.measure(now=tuesday)
    referred = visitor.post("/refer", {**LEO, "program": "hand_therapy"})["Location"]
    assert "A first visit of this kind in Madison: about" in read(referred)
    assert "A first visit of this kind in Madison: about" in read(status_of(referred))
    school = visitor.post("/refer", {**LEO, **SCHOOL_STAFF, "program": "hand_therapy", "token": "s" * 32})["Location"]
    assert set(Lead.objects.values_list("outcome", flat=True)) <= BOOKS
    assert "of this kind" not in read(school) and "of this kind" not in read(status_of(school))


def status_of(referred: str) -> str:
    (found,) = links(Client().get(referred), "/status/")
    return found


def test_an_event_says_it_of_its_program_and_place_and_a_guide_of_all(visitor: Client, tuesday: datetime) -> None:
    expecting.measure(now=tuesday)
    owner = User.objects.first()
    CommunityEvent.objects.create(
        slug="balance", name="Balance day", on=tuesday.date(), site="marquette", program="work_conditioning",
        made_at=tuesday, made_by=owner,
    )  # fmt: skip
    Guide.objects.create(slug="falls", title="Falls", address="https://example.org/f", made_at=tuesday, made_by=owner)
    words = read("/event/balance")
    assert "Marquette: about" in words and "Madison: about" not in words
    typed = {"first_name": "Rosa", "email": "rosa@example.org", "timing": "later", "token": "g" * 32}
    answer = visitor.post("/guide/falls", typed)
    assert answer.status_code == 303, page(answer)
    assert "Madison: about" in read(answer["Location"])


def test_a_therapist_who_sees_one_new_patient_a_day_has_the_third_on_the_third_day(tuesday: datetime) -> None:
    def third() -> date:
        found = {each.program: each for each in third_next(practice().sites["madison"], now=tuesday)}
        return found["lymphedema"].third[""]

    before = third()
    Terms.objects.create(resource=Resource.objects.get(slug="anna_lindqvist"), new_patients_a_day=1)
    supply.raise_revision()
    assert third() >= before + timedelta(days=2)
