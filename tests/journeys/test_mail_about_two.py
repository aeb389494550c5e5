"""A mother writes about her twins and says how she must not be reached: two leads, and her refusals hold."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage

import pytest

from firstvisit.journey import arriving
from firstvisit.journey.inbox import seeing, verbs
from firstvisit.journey.inbox.filing import file
from firstvisit.kernel import clock
from firstvisit.kernel.audit import SYSTEM
from firstvisit.leads.models import FactsRow, Lead, Task
from firstvisit.people.models import ConsentEntry
from firstvisit.people.queries import identities
from firstvisit.practice.models import User
from firstvisit.steps.intake import ways_in
from firstvisit.steps.intake.models import Item
from firstvisit.steps.intake.sources.delivery import Received

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tuesday")]
WORDS = """Hello,

our twins, Emil and Greta Holm, both born 04/02/2021, need speech therapy. Their teacher says they are hard to
understand. You may e-mail me, but please do not text me and never leave a voicemail.

Thank you,
Katrin Holm
608-555-0171
"""


def opened(item: Item, by: User) -> seeing.Opened:
    return seeing.opened(Item.objects.select_related("key", "document").get(id=item.id), by, now=clock.now())


def test_twins_of_one_mail_are_two_leads_and_what_she_refused_is_kept(staff: Callable[[str], User]) -> None:
    dana = staff("dana")
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Katrin Holm <katrin@example.org>", "intake@example.org", "Our twins"
    mail["Date"] = "Mon, 23 Nov 2026 09:00:00 -0600"
    mail.set_content(WORDS)
    way = ways_in.make(slug="scans", kind="folder", name="Scanner", actor=SYSTEM)
    received = Received("document", "mail-1", "folder", mail.as_bytes(), "message/rfc822", name="twins.eml")
    item_id = arriving.take(way, received).item
    assert item_id is not None
    arriving.read_one(item_id)
    item = Item.objects.select_related("key", "document").get(id=item_id)
    assert len(opened(item, dana).kept_parts) == 2
    for part in opened(item, dana).kept_parts:
        for left in part.left:
            verbs.answer(item, dana, actor=SYSTEM, part=part.number, path=left.path, verb="confirmed", text="")
    file(item, dana, actor=SYSTEM)
    leads = Lead.objects.order_by("number")
    names = [identities([lead.patient_id])[lead.patient_id][0] for lead in leads if lead.patient_id is not None]
    assert [(name.first_name, name.last_name) for name in names] == [("Emil", "Holm"), ("Greta", "Holm")]
    for lead in leads:
        said = {row.channel: row.given for row in ConsentEntry.objects.filter(person=lead.writes_to_id)}
        assert said == {"sms": False, "voicemail": False}
        facts = FactsRow.objects.get(lead=lead)
        assert facts.disciplines == ["SLP"] and facts.may_text is False
    assert not Task.objects.filter(kind="two_patients").exists()
