"""What came back as X12, or instead of it, as a `Reply`. Shared by every connector whose answer is X12. Pure."""

from __future__ import annotations

import io
from typing import Final

from firstvisit.steps.coverage import codes, reading
from firstvisit.steps.coverage.acknowledgments import KINDS, Acknowledgment, acknowledgment
from firstvisit.steps.coverage.benefits import Benefits
from firstvisit.steps.coverage.connectors.port import Reply
from firstvisit.steps.coverage.rejections import PERSON, Rejection, Retry
from firstvisit.steps.coverage.replies import NotX12, replies
from firstvisit.steps.coverage.x12.transactions import Transaction

_ANSWER: Final = "271"


def reply(raw: bytes, payload: bytes) -> Reply:
    """`payload` read; `raw` is kept as it was sent. Never raises."""
    benefits: list[Benefits] = []
    rejections: list[Rejection] = []
    why: list[str] = []
    media = "x12"
    for each in replies(io.BytesIO(payload)):
        if isinstance(each, NotX12):
            media = each.kind
            why.append(each.said)
        elif isinstance(each, Transaction):
            if each.kind == _ANSWER:
                benefits += reading.read(each)
            elif each.kind in KINDS:
                found = acknowledgment(each)
                if found.taken is False:
                    rejections.append(_rejection(found))
                elif not benefits:
                    why.append(found.said)
            else:
                why.append(f"This is a {each.kind or 'file of unknown kind'}, not an answer about benefits.")
    return Reply(
        raw, media, tuple(benefits), tuple(rejections), "" if benefits else " ".join(dict.fromkeys(why))
    )


def _rejection(said: Acknowledgment) -> Rejection:
    """A question that was not taken in. Asking the same again says nothing new: a person looks. The words are ours, for
    they are kept beside the code: which segment it was stands in the reply."""
    known = codes.rows("not_taken")[said.kind]
    return Rejection(
        loop="", code=said.kind, action="", whose=known["whose"], field=known["field"], words=known["words"],
        ask_for=known["ask_for"], retry=Retry(PERSON), valid_request=False, known=True, n=0,
    )  # fmt: skip
