"""The family shows its insurance card: by a link, with the birth date; what a person confirms of it is the record."""

from __future__ import annotations

import html
import io
import re
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image, ImageDraw, ImageFont
from tests.payer import answering, ask_all
from tests.people import FAMILY, TUESDAY, but

from firstvisit.journey import arriving, privacy
from firstvisit.journey.advancing import advance
from firstvisit.journey.jobs import send_wanted
from firstvisit.kernel import clock
from firstvisit.kernel.audit import SYSTEM
from firstvisit.kernel.models import DataKey
from firstvisit.kernel.seal import open_key
from firstvisit.leads.models import Event, Lead, LeadReferral, Task
from firstvisit.leads.services import read
from firstvisit.messages.models import Message
from firstvisit.referral.record import Payer
from firstvisit.steps.coverage.models import Check, Insured
from firstvisit.steps.intake.models import Item, ItemPage, Part
from firstvisit.steps.intake.services import original

pytestmark = pytest.mark.django_db
Arrive = Callable[[Any], Lead]
BORN = "09/14/2023"
LINES = (
    "NORTHFIELD HEALTH", "Member ID: NHQ-4410-92", "Group Number: 77120", "Subscriber Name: Odalys Quisenberry",
    "Customer service: 1-800-555-0199",
)  # fmt: skip


CONFIRMED = {
    "name": "Northfield Health", "member_id": "NHQ-4410-92", "group_number": "77120",
    "subscriber_name": "Odalys Quisenberry",
}  # fmt: skip


def picture(lines: tuple[str, ...] = LINES, kind: str = "JPEG", secret: str = "SecretPhone 12") -> bytes:
    """A card as a phone takes it: on its side, and saying by which phone."""
    image = Image.new("RGB", (1500, 940), "white")
    draw = ImageDraw.Draw(image)
    font = ImageFont.truetype("DejaVuSans.ttf", 46) if _has_font() else ImageFont.load_default(46)
    for number, line in enumerate(lines):
        draw.text((90, 110 + 130 * number), line, fill="black", font=font)
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = secret, 6
    made = io.BytesIO()
    image.rotate(90, expand=True).save(made, kind, exif=exif, quality=92)
    return made.getvalue()


def _has_font() -> bool:
    try:
        ImageFont.truetype("DejaVuSans.ttf", 12)
    except OSError:
        return False
    return True


def file(body: bytes, name: str = "card.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, body, content_type="image/jpeg")


def words(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html.unescape(answer.content.decode())))


@pytest.fixture
def lead(arrive: Arrive, tuesday: datetime) -> Lead:
    return arrive(FAMILY)


@pytest.fixture
def link(lead: Lead, dana: Client) -> str:
    page = words(dana.post(f"/leads/L-{lead.number}/card"))
    found = re.search(r"\S+(/card/\S+)", page)
    assert found is not None, page
    return found[1]


def proven(visitor: Client, link: str) -> str:
    answer = visitor.post(link, {"birth_date": BORN})
    assert answer.status_code == 303, words(answer)
    return str(answer["Location"])


def first_payer(lead: Lead) -> tuple[Payer, ...]:
    row = LeadReferral.objects.select_related("key").get(lead=lead)
    return read(row, open_key(row.key)).payers or ()


def refused(lead: Lead, **row: str) -> Check:
    """What a payer's refusal leaves, as the asking thread writes it."""
    plan = Insured.objects.get(lead=lead, rank=0)
    said = {
        "code": "72", "loop": "2100C", "action": "C", "whose": "subscriber", "field": "member_id", "by": "person",
        "words": "member id missing or wrong", "ask_for": "a photo of the card", "days": None, **row,
    }  # fmt: skip
    return Check.objects.create(
        key=f"{lead.id}:check:0:SLP:test", lead=lead, token=plan.token, payer=plan.payer, discipline="SLP",
        cause="captured", service_date=TUESDAY.date(), trace=uuid.uuid4().hex, status="answered", wanted_at=TUESDAY,
        again_at=TUESDAY, answered_at=TUESDAY, finding="rejected", refused=[said],
    )  # fmt: skip


def test_a_card_goes_from_the_link_to_the_record(lead: Lead, link: str, dana: Client) -> None:
    before = Insured.objects.get(lead=lead, rank=0).token
    visitor = Client()
    asked = visitor.get(link)
    assert asked.status_code == 200 and "birth date" in words(asked)
    assert "Mirabelle" not in words(asked) and "Quisenberry" not in words(asked)
    assert asked["X-Robots-Tag"] == "noindex" and "no-store" in asked["Cache-Control"]
    photos = proven(visitor, link)
    sent = visitor.post(photos, {"front": file(picture()), "back": file(picture(("Claims: PO Box 1",)))})
    assert sent.status_code == 303
    assert "the photos are here" in words(visitor.get(photos))
    item = Item.objects.get(source="card")
    assert item.joins == lead and b"SecretPhone" not in original(item) and original(item)[:5] == b"%PDF-"
    assert b"Northfield" not in bytes(item.document.sealed or b"") and "card_came" in names_of(lead)
    arriving.read_one(item.id)
    item.refresh_from_db()
    assert item.status == "to_confirm" and ItemPage.objects.filter(item=item).count() == 2
    page = words(dana.get(f"/inbox/{item.id}"))
    assert "NHQ-4410-92" in page and f"L-{lead.number}" in page and "800" not in page
    for path, text in CONFIRMED.items():
        dana.post(f"/inbox/{item.id}/answer", {"key": f"0.payers.0.{path}", "verb": "corrected", "text": text})
    dana.post(f"/inbox/{item.id}/clear", {"part": "0"})
    filed = dana.post(f"/inbox/{item.id}/file")
    assert filed.status_code == 303, words(filed)
    (payer,) = first_payer(lead)
    assert (payer.member_id, payer.group_number) == ("NHQ-4410-92", "77120")
    assert Part.objects.get(item=item).lead == lead and Part.objects.get(item=item).names_patient
    assert Insured.objects.get(lead=lead, rank=0).token != before
    assert not Task.objects.filter(lead=lead, kind="ask_whom").exists()


def names_of(lead: Lead) -> set[str]:
    return set(Event.objects.filter(lead=lead).values_list("name", flat=True))


def test_a_link_opens_once_for_a_week_and_to_whoever_knows_the_birth_date(
    lead: Lead, link: str, set_clock: Callable[[datetime], None]
) -> None:
    visitor = Client()
    wrong = visitor.post(link, {"birth_date": "09/15/2023"})
    assert wrong.status_code == 422 and "This does not fit" in words(wrong)
    assert "Mirabelle" not in words(wrong)
    for typed in (link.lower(), link.upper(), link.replace("-", ""), link.replace("-", "").lower(), f"{link} "):
        assert visitor.get(typed).status_code == 200, typed
    assert visitor.get(link[:-1] + ("0" if link[-1] != "0" else "1")).status_code == 404
    photos = proven(visitor, link)
    set_clock(TUESDAY + timedelta(minutes=61))
    assert visitor.post(photos, {"front": file(picture())}).status_code == 404
    assert not Item.objects.filter(source="card").exists()
    photos = proven(visitor, link)
    assert visitor.post(photos, {"front": file(picture())}).status_code == 303
    assert "the photos are here" in words(visitor.post(photos, {"front": file(picture(("Another",)))}))
    assert Item.objects.filter(source="card").count() == 1
    over = visitor.get(link)
    assert over.status_code == 404 and "does not open" in words(over)


def test_a_link_ends_after_a_week_and_with_its_lead(
    lead: Lead, link: str, dana: Client, set_clock: Callable[[datetime], None]
) -> None:
    set_clock(TUESDAY + timedelta(days=7, minutes=1))
    assert Client().get(link).status_code == 404
    set_clock(TUESDAY)
    assert dana.post(f"/leads/L-{lead.number}/close", {"how": "patient_declined", "reason": "x"}).status_code == 303
    assert Client().get(link).status_code == 404


def test_birth_dates_cannot_be_tried_out(lead: Lead, link: str) -> None:
    visitor = Client()
    for _ in range(9):
        assert visitor.post(link, {"birth_date": ""}).status_code == 422
    for day in range(1, 7):
        assert visitor.post(link, {"birth_date": f"01/0{day}/2020"}).status_code == 422
    shut = visitor.post(link, {"birth_date": BORN})
    assert shut.status_code == 429 and "Try again tomorrow" in shut.content.decode()


@pytest.mark.parametrize(
    ("body", "words_"),
    [
        (b"\0\0\0\x18ftypheic" + b"x" * 200, "HEIC"),
        (b"%PDF-1.4 no photo", "no photo that we can open"),
        (b"\xff\xd8\xff" + b"0" * 500, "did not arrive whole"),
        (b"", "Choose or take a photo"),
    ],
)
def test_what_is_no_photo_is_refused_kindly_and_nothing_is_kept(
    lead: Lead, link: str, body: bytes, words_: str
) -> None:
    visitor = Client()
    answer = visitor.post(proven(visitor, link), {"front": file(body)} if body else {})
    assert answer.status_code == 422 and words_ in words(answer)
    assert not Item.objects.filter(source="card").exists()
    spanish = visitor.post(str(answer.wsgi_request.path) + "?lang=es", {"front": file(body)} if body else {})
    assert "foto" in words(spanish)


def test_too_much_at_once_is_not_even_read(lead: Lead, link: str) -> None:
    visitor = Client()
    photos = proven(visitor, link)
    answer = visitor.post(photos, {"front": file(b"\xff\xd8\xff" + b"0" * (25 * 2**20))})
    assert answer.status_code == 413


def test_a_link_is_made_beside_whoever_works_on_the_lead(
    lead: Lead, dana: Client, browser: Callable[[str], Client]
) -> None:
    assert dana.get(f"/leads/L-{lead.number}").status_code == 200  # who opens it holds it for some minutes
    for name in ("walt", "mei"):
        answer = browser(name).post(f"/leads/L-{lead.number}/card")
        assert answer.status_code == 200 and "/card/" in words(answer), name
    assert dana.post(f"/leads/L-{lead.number}/card").status_code == 200


def test_without_a_birth_date_no_link_is_made(arrive: Arrive, tuesday: datetime, dana: Client) -> None:
    who = {"first_name": "Mirabelle", "last_name": "Quisenberry"}
    lead = arrive(but(FAMILY, patient=who))
    answer = dana.post(f"/leads/L-{lead.number}/card")
    assert answer.status_code == 422 and "birth date" in words(answer)


def test_a_refused_number_proposes_the_letter_and_pressed_it_carries_the_link(
    lead: Lead, dana: Client, mailbox: Any
) -> None:
    check = refused(lead)
    advance([lead.id], now=clock.now())
    assert Task.objects.filter(lead=lead, kind="correct_coverage", status="open").exists()
    proposal = Task.objects.get(lead=lead, kind="propose_card_request", status="open")
    assert dana.post(f"/tasks/{proposal.id}/answer", {"answer": "accepted"}).status_code == 303
    clock.move(timedelta(seconds=30))
    send_wanted()
    message = Message.objects.get(lead=lead, template="card_request")
    assert message.status == "sent", message.why
    text = mailbox.text()
    found = re.search(r"https?://\S+?(/card/[0-9A-Z-]+)", text)
    assert found is not None and "Mirabelle" not in text
    assert Client().get(found[1]).status_code == 200
    assert message.key.endswith(str(check.id))


@pytest.mark.parametrize("row", [{"whose": "provider", "field": "npi"}, {"field": "birth_date"}])
def test_what_no_card_says_asks_for_none(lead: Lead, row: dict[str, str]) -> None:
    refused(lead, **row)
    advance([lead.id], now=clock.now())
    assert not Task.objects.filter(lead=lead, kind="propose_card_request").exists()


def test_photos_that_nobody_confirmed_go_with_an_erased_patient(
    lead: Lead, link: str, dana: Client, set_clock: Callable[[datetime], None]
) -> None:
    visitor = Client()
    visitor.post(proven(visitor, link), {"front": file(picture())})
    item = Item.objects.get(source="card")
    dana.post(f"/leads/L-{lead.number}/close", {"how": "patient_declined", "reason": "They moved"})
    set_clock(TUESDAY + timedelta(days=20 * 366))
    privacy.erase(Lead.objects.get(id=lead.id), "patient", reason="retention_over", actor=SYSTEM)
    assert DataKey.objects.get(id=item.key_id).wrapped is None


def test_a_refused_number_is_mended_by_the_card_and_the_payer_is_asked_again_by_itself(
    arrive: Arrive, dana: Client, tuesday: datetime, settings: Any
) -> None:
    with answering(settings):
        lead = arrive(but(FAMILY, payers=[{"name": "Northfield Health", "member_id": "AAA72C"}]))
        ask_all()
        assert Task.objects.filter(lead=lead, kind="correct_coverage", status="open").exists()
        assert Task.objects.filter(lead=lead, kind="propose_card_request", status="open").exists()
        found = re.search(r"\S+(/card/\S+)", words(dana.post(f"/leads/L-{lead.number}/card")))
        assert found is not None
        visitor = Client()
        assert visitor.post(proven(visitor, found[1]), {"front": file(picture())}).status_code == 303
        item = Item.objects.get(source="card")
        arriving.read_one(item.id)
        for path, text in CONFIRMED.items():
            dana.post(f"/inbox/{item.id}/answer", {"key": f"0.payers.0.{path}", "verb": "corrected", "text": text})
        dana.post(f"/inbox/{item.id}/clear", {"part": "0"})
        assert dana.post(f"/inbox/{item.id}/file").status_code == 303
        ask_all()
    assert [(c.finding, c.status) for c in Check.objects.filter(lead=lead).order_by("wanted_at")] == [
        ("rejected", "answered"),
        ("clean", "answered"),
    ]
    done = ("correct_coverage", "propose_card_request")
    assert not Task.objects.filter(lead=lead, status="open", kind__in=done).exists()
    assert [payer.member_id for payer in first_payer(lead)] == ["NHQ-4410-92"]
