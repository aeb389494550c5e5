"""What filing a document teaches: where its sender keeps which value, for the next one."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from firstvisit.journey.inbox.seeing import Opened
from firstvisit.kernel import seal
from firstvisit.practice.queries import policy
from firstvisit.steps.intake import kept_readings
from firstvisit.steps.intake.inbox import layouts
from firstvisit.steps.intake.inbox.layouts import Layout, Mark
from firstvisit.steps.intake.inbox.weighing import Field
from firstvisit.steps.intake.models import SenderLayout
from firstvisit.steps.intake.pages.page import Box
from firstvisit.steps.intake.policy import InboxRules
from firstvisit.steps.intake.understanding.settle import ENTRY_LISTS

_TABLE: Final = "intake_senderlayout"


def learn(seen: Opened, *, now: datetime) -> None:
    """Keep, of each value that a person confirmed or typed and that stands on a page, which words of the form stand
    beside it. Nothing is learned of a text, or where nobody knows who sent it."""
    if seen.row is not None and seen.row.sender is not None and (fresh := _taught(seen)):
        _keep(seen.row.sender, fresh, now)


def unlearn(seen: Opened, *, now: datetime) -> None:
    """Forget what filing this document taught: what was taken back is no lesson."""
    gone = _taught(seen)
    if seen.row is None or seen.row.sender is None or not gone:
        return
    row = SenderLayout.objects.select_for_update().select_related("key").filter(sender=seen.row.sender).first()
    if row is None:
        return
    key = seal.open_key(row.key)
    left = layouts.as_json(layouts.without(_opened(row, key), gone))
    row.sealed = seal.seal_json(key, _TABLE, "sealed", row.sender, left)
    row.confirmed, row.changed_at = max(0, row.confirmed - 1), now
    row.save(update_fields=["sealed", "confirmed", "changed_at"])


def _taught(seen: Opened) -> dict[str, list[Mark]]:
    """For each path whose value stands on a page the words of the form beside it."""
    key = seal.open_key(seen.item.key)
    words = {
        page.number: [(str(text), Box(*edges)) for text, *edges in kept_readings.words_of(page, key)]
        for page in seen.pages
    }
    places = [
        (field.path, *where) for part in seen.kept_parts for field in part.fields if (where := _place(field, words))
    ]
    fresh: dict[str, list[Mark]] = {}
    for path, page, box in places:
        taken = [other for _, near, other in places if near == page]
        marks = layouts.marks_of(box, words[page], taken)
        if path not in fresh and path.partition(".")[0] not in ENTRY_LISTS and len(marks) >= 2:
            fresh[path] = marks
    return fresh


def _place(field: Field, words: Mapping[int, list[tuple[str, Box]]]) -> tuple[int, Box] | None:
    """The page and box whose words say the value: of a confirmed one where it was read, of a typed one on any page.
    What was concluded from other words stands nowhere."""
    if field.answer == "confirmed" and field.place is not None and field.place.box is not None:
        page = field.place.page or 1
        return layouts.standing_at(field.value, {page: layouts.within(field.place.box, words.get(page, ()))})
    if field.answer == "corrected":
        return layouts.standing_at(field.value, words)
    return None


def _keep(sender: uuid.UUID, fresh: dict[str, list[Mark]], now: datetime) -> None:
    row = SenderLayout.objects.select_for_update().select_related("key").filter(sender=sender).first()
    if row is None:
        key_row, key = seal.new_key()
        key_row.save(force_insert=True)
        sealed = seal.seal_json(key, _TABLE, "sealed", sender, layouts.as_json(layouts.learned({}, fresh)))
        SenderLayout(sender=sender, key=key_row, confirmed=1, changed_at=now, sealed=sealed).save(force_insert=True)
        return
    key = seal.open_key(row.key)
    known = layouts.learned(_opened(row, key), fresh)
    row.sealed = seal.seal_json(key, _TABLE, "sealed", sender, layouts.as_json(known))
    row.confirmed, row.changed_at = row.confirmed + 1, now
    row.save(update_fields=["sealed", "confirmed", "changed_at"])


def layout_of(sender: uuid.UUID | None) -> Layout:
    """What is known of a sender's form, once enough of its documents were confirmed; {} before."""
    row = SenderLayout.objects.select_related("key").filter(sender=sender).first() if sender else None
    if row is None or row.confirmed < policy().section(InboxRules).layout_after:
        return {}
    return _opened(row, seal.open_key(row.key))


def _opened(row: SenderLayout, key: seal.OpenKey) -> dict[str, list[list[Mark]]]:
    return layouts.from_json(seal.unseal_json(key, _TABLE, "sealed", row.sender, row.sealed))
