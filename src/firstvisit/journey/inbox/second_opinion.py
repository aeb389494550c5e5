"""A second opinion of a model on a document that waits in the Inbox: wanted when it was read, asked by a job.

The document is in the Inbox before anybody is asked, and stays as the rules read it where the model is slow, gone or
silent. It is asked between two short transactions and in none; what it says is weighed by `steps.intake.opinion`.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Final

import structlog
from django.db import transaction
from procrastinate.contrib.django import app

from firstvisit.kernel import audit, clock, leases, seal
from firstvisit.kernel.audit import SYSTEM
from firstvisit.kernel.errors import ConnectorError
from firstvisit.practice.queries import agreement_for, home_zone, policy
from firstvisit.steps.intake import kept_readings, opinions
from firstvisit.steps.intake.connectors import model
from firstvisit.steps.intake.inbox.values import WholeReading
from firstvisit.steps.intake.models import FieldAnswer, Item, ItemPage, ItemReading, Opinion
from firstvisit.steps.intake.opinion.asking import Question, answer_in, question, wanted
from firstvisit.steps.intake.opinion.looking_up import Stands, standing
from firstvisit.steps.intake.opinion.weighing import with_opinion
from firstvisit.steps.intake.opinion.written import Written, of_page, of_texts
from firstvisit.steps.intake.policy import InboxRules, SecondOpinion

log = structlog.get_logger("journey")
BATCH: Final = 20
LEASE: Final = "item"


def forbidden(now: datetime) -> str:
    """Why nobody may be asked now, in words; "" where somebody may. It takes a model in the environment, the practice's
    signed rule, and for a vendor's machine an agreement in force (45 CFR 164.504(e))."""
    if not model.name():
        return "no model is named (FIRSTVISIT_MODEL_URL)"
    if not policy().section(SecondOpinion).ask:
        return "the rules say that no model is asked"
    if not model.is_ours() and agreement_for("model", now.astimezone(home_zone()).date()) is None:
        return "no vendor agreement for models is in force"
    return ""


def want(item: Item, whole: WholeReading, *, now: datetime) -> bool:
    """Want a second opinion on what was read, where one may be asked and something is left to ask."""
    if forbidden(now):
        return False
    if not wanted(whole, policy().section(SecondOpinion), policy().section(InboxRules)):
        return False
    with transaction.atomic():
        opinions.want(item, model=model.name(), now=now)
        ask_second_opinion.defer(item_id=str(item.id))
    return True


def ask_left_behind(now: datetime) -> int:
    """Ask once more for opinions whose time has come again; the number asked for. Nothing where no model is named."""
    if not model.name():
        return 0
    due = opinions.due(now=now, limit=BATCH)
    for item_id in due:
        ask_second_opinion.defer(item_id=str(item_id))
    return len(due)


@app.task(queue="prompt")
def ask_second_opinion(item_id: str) -> None:
    """Ask the model about one document, once."""
    ask_one(uuid.UUID(item_id))


def ask_one(item_id: uuid.UUID) -> None:
    """Ask about one document whose opinion is wanted. However it ends, the document stays as it can be confirmed."""
    now, asks = clock.now(), policy().section(SecondOpinion)
    row = opinions.begin(item_id, asks, now=now)
    if row is None:
        return
    asked = _question(row, asks)
    if why := forbidden(now) or ("" if asked else "nothing is left to ask"):
        opinions.withdrawn(row, why, now=now)
        return
    assert asked is not None
    _note_leaving(row, asked)
    try:
        said = model.ask(asked.messages(), seconds=asks.seconds)
        answer = answer_in(said)
    except (ConnectorError, ValueError) as error:
        again = error.temporary if isinstance(error, ConnectorError) else True
        log.warning("second_opinion_failed", item=str(item_id), why=str(error))
        opinions.failed(row, str(error), asks, again=again, now=clock.now())
        audit.note(SYSTEM, "second_opinion_failed", "item", [item_id], why=str(error)[:100])
        return
    item = Item.objects.only("received_at").get(id=item_id)
    found, dropped = standing(asked, answer, item.received_at.date())
    _use(row, found, dropped, asks)


def _question(row: Opinion, asks: SecondOpinion) -> Question | None:
    """What to ask about the reading as it is now."""
    item = Item.objects.select_related("key").get(id=row.item_id)
    reading = ItemReading.objects.filter(item=item).first()
    if reading is None or item.status != "to_confirm":
        return None
    key = seal.open_key(item.key)
    whole = kept_readings.opened(reading, key)
    return question(whole, _written(item, whole, key), asks, policy().section(InboxRules))


def _written(item: Item, whole: WholeReading, key: seal.OpenKey) -> list[Written]:
    pages = ItemPage.objects.filter(item=item).order_by("number")
    return [*of_texts(whole.texts), *(of_page(page.number, kept_readings.words_of(page, key)) for page in pages)]


def _note_leaving(row: Opinion, asked: Question) -> None:
    """Before anything leaves, the log says what goes where; no word of it."""
    Opinion.objects.filter(item=row.item_id).update(asked=len(asked.fields), model=model.name()[:80])
    why = f"{model.host()}, {len(asked.fields)} fields, {asked.characters} characters, {asked.black} values made black"
    audit.note(SYSTEM, "second_opinion_asked", "item", [row.item_id], why=why[:100])


def _use(row: Opinion, found: tuple[Stands, ...], dropped: int, asks: SecondOpinion) -> None:
    """Lay what was found over the reading, unless a person was quicker: who has begun to answer, or has it open, is not
    disturbed, and what was settled stays."""
    with transaction.atomic():
        now, rules = clock.now(), policy().section(InboxRules)
        item = Item.objects.select_for_update(of=("self",)).select_related("key").get(id=row.item_id)
        reading = ItemReading.objects.filter(item=item).first()
        begun = FieldAnswer.objects.filter(item=item, undone_at__isnull=True).exists()
        held = bool(leases.held(LEASE, [item.id], now=now))
        used = reading is not None and item.status == "to_confirm" and not begun and not held
        if used and reading is not None and found:
            key = seal.open_key(item.key)
            whole = with_opinion(kept_readings.opened(reading, key), found, asks, rules)
            kept_readings.keep_again(reading, key, whole, rules)
        opinions.answered(row, found=len(found), dropped=dropped, used=used, now=now)
        why = f"{len(found)} stand in it, {dropped} dropped{'' if used else '; a person was quicker'}"
        audit.note(SYSTEM, "second_opinion_answered", "item", [item.id], why=why)
