"""A sender's form is read badly at first, and well once three of its documents were confirmed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from tests.journeys.documents import WALTER, arrived, box

from firstvisit.journey.inbox import seeing, verbs
from firstvisit.journey.inbox.filing import file
from firstvisit.kernel import clock
from firstvisit.kernel.audit import SYSTEM
from firstvisit.practice.models import User
from firstvisit.steps.intake.models import Item, SenderLayout
from firstvisit.steps.intake.pages.page import Box

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tuesday")]
Staff = Callable[[str], User]
Words = tuple[tuple[str, Box], ...]


def form(member: str, born: str, *, down: float = 0.0) -> Words:
    """The sender's own form: a member number under words that no reader knows, a little lower on some pages."""

    def at(text: str, line: int, left: float, width: float = 0.08) -> tuple[str, Box]:
        place = box(line, left=left, width=width)
        return text, Box(place.left, place.top + down, place.right, place.bottom + down)

    return (
        at("Capitol", 1, 0.3), at("Hand", 1, 0.4), at("Surgery", 1, 0.5),
        at("Born", 9, 0.1), at("the:", 9, 0.16), at(born, 9, 0.3, 0.12),
        at("Roll", 11, 0.1), at("sign", 11, 0.16), at("of", 11, 0.22, 0.03), at("plan:", 11, 0.26, 0.05),
        at(member, 11, 0.35, 0.15),
        at("Surgeon", 13, 0.1), at("signs", 13, 0.2), at("here", 13, 0.3),
    )  # fmt: skip


def read_of(item: Item, by: User) -> dict[str, object]:
    seen = seeing.opened(Item.objects.select_related("key", "document").get(id=item.id), by, now=clock.now())
    return {field.path: field for field in seen.parts[0].fields}


def confirm(item: Item, by: User, member: str) -> None:
    verbs.answer(item, by, actor=SYSTEM, part=0, path="payers.0.member_id", verb="corrected", text=member)
    verbs.answer(item, by, actor=SYSTEM, part=0, path="patient.date_of_birth", verb="confirmed")
    verbs.confirm_clear(item, by, actor=SYSTEM)
    file(item, by, actor=SYSTEM)


def test_after_three_confirmed_documents_the_next_one_is_read(staff: Staff) -> None:
    dana = staff("dana")
    members = ("NHP 40081 772", "NHP 11220 019", "NHP 90317 455")
    for n, member in enumerate(members):
        item = arrived(*WALTER, words=form(member, "04/11/1968", down=0.01 * n))
        assert "payers.0.member_id" not in read_of(item, dana)
        confirm(item, dana, member)
        clock.move(timedelta(minutes=1))
    next_one = read_of(arrived(*WALTER, words=form("NHP 55512 808", "01/30/1971", down=0.02)), dana)
    read = next_one["payers.0.member_id"]
    assert (read.value, read.rule) == ("NHP 55512 808", "known layout")  # type: ignore[attr-defined]
    assert read.place.page == 1  # type: ignore[attr-defined]


def test_another_sender_learns_nothing_of_it(staff: Staff) -> None:
    dana = staff("dana")
    for member in ("NHP 40081 772", "NHP 11220 019", "NHP 90317 455"):
        confirm(arrived(*WALTER, words=form(member, "04/11/1968")), dana, member)
    others = tuple(each for each in WALTER if not each.path.startswith("referrer"))
    assert "payers.0.member_id" not in read_of(arrived(*others, words=form("NHP 55512 808", "x")), dana)


def test_what_is_kept_of_a_form_names_nobody(staff: Staff) -> None:
    from firstvisit.journey.inbox.learning import layout_of

    dana = staff("dana")
    for _ in range(3):
        confirm(arrived(*WALTER, words=form("NHP 40081 772", "04/11/1968")), dana, "NHP 40081 772")
    row = SenderLayout.objects.get()
    assert row.confirmed == 3
    words = {mark.word for examples in layout_of(row.sender).values() for marks in examples for mark in marks}
    assert {"roll", "plan"} <= words
    assert not words & {"walter", "brandt", "nhp", "40081", "nhp 40081 772"}
