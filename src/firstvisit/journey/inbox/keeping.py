"""What a reader made of a document is kept for a person to confirm; danger in it goes to a clinician at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from django.db import models

from firstvisit.journey.inbox.learning import layout_of
from firstvisit.kernel import seal
from firstvisit.practice.queries import policy, practice
from firstvisit.steps.intake import deliveries, kept_readings, recordings
from firstvisit.steps.intake.inbox.caller import number_of, with_caller
from firstvisit.steps.intake.inbox.card import CARD, of_card
from firstvisit.steps.intake.inbox.layouts import Layout, offered
from firstvisit.steps.intake.inbox.taking import of_parts, taken
from firstvisit.steps.intake.inbox.values import Value, WholeReading
from firstvisit.steps.intake.models import FieldAnswer, Item, ItemPage
from firstvisit.steps.intake.pages.page import Page
from firstvisit.steps.intake.policy import InboxRules
from firstvisit.steps.intake.readers import Document, Read
from firstvisit.steps.intake.services import original
from firstvisit.steps.intake.understanding.found import Found
from firstvisit.steps.intake.understanding.settle import Understood, settle

ENGINE: Final = "1"
"""Version of reading and understanding, kept with each reading and answer."""


def document_of(item: Item) -> Document:
    """What a reader is given of an item."""
    came = deliveries.about(item)
    name = str(came.get("name", ""))
    if words := recordings.words_of(came):  # a recording is played, its words are read
        return Document(f"{name}.txt", "text/plain", words.encode(), item.received_at.date())
    return Document(name, item.document.media_type, original(item), item.received_at.date())


def rows_of(
    item: Item,
    read: Read,
    *,
    now: datetime,
    flag: str | None = None,
    whose: Mapping[int, int] | None = None,
    shares: Mapping[int, Understood] | None = None,
) -> tuple[WholeReading, list[models.Model]]:
    """What was read and its rows, sealed under the item's key, not yet written. `flag` is the red flag that was read of
    it before: one that is not read any more stays, until a clinician has looked. `shares` are what the pages of each
    part say by themselves where a person told them apart, `whose` the part by page."""
    read = replace(read, understood=_without_our_numbers(item, read.understood))
    whole = _taken(item, read)
    layout = layout_of(kept_readings.sender_token(whole))
    if layout and read.pages and whole.people == 1:
        whole = replace(whole, values=(*whole.values, *_kept_there(item, whole, read.pages, layout)))
    if shares:
        theirs = {part: _without_our_numbers(item, share) for part, share in shares.items()}
        whole = of_parts(whole, _shares_taken(item, read, theirs, whose or {}))
    if flag is not None and not whole.escalates:
        whole = replace(whole, escalates=True, escalate_reason=flag)
    key = seal.open_key(item.key)
    row = kept_readings.reading_row(item, key, whole, policy().section(InboxRules), at=now)
    return whole, [row, *kept_readings.page_rows(item, key, whole, read.pages, read.pictures)]


def _taken(item: Item, read: Read) -> WholeReading:
    came = deliveries.about(item)
    whole = taken(
        read.understood,
        texts=read.texts,
        pages=read.pages,
        sender=str(came.get("caller", "")),
        number=str(came.get("from", "")),
        engine=ENGINE,
        unread=read.unread,
        received_on=item.received_at.date(),
    )
    if item.source == CARD:
        return of_card(whole)
    if item.source not in ("voice", "sms"):
        return whole
    return with_caller(whole, str(came.get("from", "")), ours=_our_numbers(item))


def _our_numbers(item: Item) -> set[str]:
    """The practice's own phones and faxes, and the number at which the item came."""
    shape = practice()
    sites = shape.sites.values()
    stated = {str(deliveries.about(item).get("to", "")), shape.identity.phone}
    stated |= {site.phone for site in sites} | {site.fax for site in sites if site.fax}
    return {number for each in stated if (number := number_of(each))}


def _without_our_numbers(item: Item, understood: Understood) -> Understood:
    """What was understood less the practice's own numbers: forms and cover sheets carry them, and an answer sent
    there would come to ourselves."""
    ours = _our_numbers(item)
    theirs = [each for each in understood.found if not _is_ours(each.path, each.value, ours)]
    return understood if len(theirs) == len(understood.found) else _settled(item, understood, theirs)


def _shares_taken(
    item: Item, read: Read, shares: Mapping[int, Understood], whose: Mapping[int, int]
) -> dict[int, WholeReading]:
    return {
        part: _taken(
            item,
            replace(
                read,
                understood=understood,
                pages=tuple(page for page in read.pages if whose.get(page.number, 0) == part),
            ),
        )
        for part, understood in shares.items()
    }


def whose_pages(item: Item) -> dict[int, int]:
    """Whose each page is, where a person has said so; {} where nobody has."""
    if not FieldAnswer.objects.filter(item=item, path="pages", undone_at__isnull=True).exists():
        return {}
    return dict(ItemPage.objects.filter(item=item).values_list("number", "part"))


def _kept_there(item: Item, whole: WholeReading, pages: Sequence[Page], layout: Layout) -> list[Value]:
    """What was not read and stands where this sender keeps it, less the practice's own numbers."""
    ours = _our_numbers(item)
    least = policy().section(InboxRules).layout_after
    values = offered(layout, whole.values, pages, least=least, today=item.received_at.date())
    return [each for each in values if not _is_ours(each.path, each.value, ours)]


def _is_ours(path: str, value: object, ours: set[str]) -> bool:
    return path.rpartition(".")[2] in ("phone", "fax") and number_of(str(value)) in ours


def _settled(item: Item, before: Understood, found: Sequence[Found]) -> Understood:
    """As it was understood `before`, of other values."""
    return settle(
        found,
        channel=before.patients[0].referral.channel,
        received_on=item.received_at.date(),
        item=str(item.id),
        threshold=policy().section(InboxRules).likely_at,
        sort=before.sort,
    )
