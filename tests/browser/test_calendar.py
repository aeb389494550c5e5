"""The calendar at a desk and on a phone: what is drawn, its keys, and its print on one sheet."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect
from tests.people import FAMILY

pytestmark = pytest.mark.browser
MADISON = ZoneInfo("America/Chicago")
WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SEEN = os.environ.get("FIRSTVISIT_PICTURES", "")
"""A folder for pictures of the screens, for whoever looks at them."""
MONDAY = date(2026, 12, 7)


@pytest.fixture
def week(server: str, asks: Callable[..., str], django_db_blocker: Any) -> str:
    """The address of a week with everything in it: visits, holds, notes, a course, a day on which it is closed."""
    from psycopg.types.range import TimestamptzRange

    from firstvisit.kernel import clock
    from firstvisit.leads.queries import by_code
    from firstvisit.practice.models import Resource
    from firstvisit.steps.booking import supply
    from firstvisit.steps.booking.models import Appointment, Block, Change, Claim

    with django_db_blocker.unblock():
        clock.move(datetime(2026, 12, 8, 10, 42, tzinfo=MADISON) - clock.now())
    lead_at = asks(FAMILY)
    with django_db_blocker.unblock():
        lead = by_code(lead_at.rpartition("/")[2])
        assert lead is not None
        now = clock.now()
        whole = {row.slug: row for row in Resource.objects.all()}
        noon = {"anna_lindqvist": "13:00", "marcus_bell": "12:30", "priya_raman": "13:00", "lucia_herrera": "15:00"}
        for who, begins in noon.items():
            Block.objects.create(
                resource=whole[who], site="madison", what="documentation", rule="FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
                first_day=date(2026, 1, 5), begins=begins, ends=f"{int(begins[:2]) + 1}{begins[2:]}",
            )  # fmt: skip
        for who, day in (("marcus_bell", 4), ("tyler_novak", 0)):
            start = datetime(2026, 12, 7 + day, 0, 0, tzinfo=MADISON)
            Change.objects.create(
                resource=whole[who], what="away", why="course", made_at=now,
                during=TimestamptzRange(start, start + timedelta(days=1)),
            )  # fmt: skip
        supply.raise_revision()
        wanted = [
            (who, day, hour, service, status)
            for n, who in enumerate(noon)
            for day in range(5)
            for hour, service, status in (
                (8 + (day + n) % 3, "evaluation", "booked" if day else "arrived"),
                (11 + (day + n) % 2 * 0.25, "treatment", "booked"),
                (14.5 if n < 3 else 13, "treatment", "booked"),
                (16, "evaluation", "held" if day > 1 else "missed" if not day else "booked"),
            )
            if (who, day) != ("marcus_bell", 4)
        ]
        for who, day, hour, service, status in wanted:
            start = datetime(2026, 12, 7 + day, int(hour), int(hour % 1 * 60), tzinfo=MADISON)
            end = start + timedelta(minutes=45)
            held = now + timedelta(minutes=20) if status == "held" else None
            row = Appointment.objects.create(
                lead=lead, clinician=whole[who], starts_at=start, ends_at=end, kind=service, service=service,
                program="early_language", discipline="SLP", site="madison", status=status, status_at=now,
                held_until=held, made_by="desk", made_at=now,
            )  # fmt: skip
            during = TimestamptzRange(start, end + timedelta(minutes=10))
            Claim.objects.get_or_create(resource=whole[who], during=during, appointment=row, expires_at=held)
    return f"{server}/calendar?site=madison&on={MONDAY}"


def picture(page: Page, name: str) -> None:
    if SEEN:
        size = page.viewport_size
        page.screenshot(path=str(Path(SEEN) / f"{name}-{size['width'] if size else 0}.png"), full_page=True)


def test_the_calendar_at_a_desk_and_on_a_phone(
    week: str, dana: Page, axe: Callable[[Page], list[str]]
) -> None:
    for view, name in (("", "week"), ("&view=day&on=2026-12-08", "day"), ("&by=room", "rooms")):
        dana.goto(week + view)
        picture(dana, f"calendar-{name}")
        assert axe(dana) == []
        assert dana.evaluate(WIDE) <= 0
    for path in ("next", "elsewhere"):
        dana.goto(week.replace("/calendar?", f"/calendar/{path}?"))
        picture(dana, f"calendar-{path}")
        assert axe(dana) == []
        assert dana.evaluate(WIDE) <= 0


def test_arrows_go_from_day_to_day_and_enter_opens(week: str, dana: Page) -> None:
    if (dana.viewport_size or {})["width"] < 1000:
        pytest.skip("a phone has no keys")
    dana.goto(week)
    dana.keyboard.press("ArrowRight")
    assert "Monday" in str(dana.evaluate("document.activeElement.getAttribute('aria-label')"))
    for key in ("ArrowRight", "ArrowDown"):
        dana.keyboard.press(key)
    here = str(dana.evaluate("document.activeElement.getAttribute('aria-label')"))
    assert "Tuesday December 8" in here and "Lindqvist" not in here
    dana.keyboard.press("]")
    expect(dana.get_by_role("heading", name="Week of December 14")).to_be_visible()
    dana.keyboard.press("[")
    expect(dana.get_by_role("heading", name="Week of December 7")).to_be_visible()
    dana.keyboard.press("?")
    expect(dana.get_by_role("dialog")).to_contain_text("book or hold here")


def test_it_prints_on_one_landscape_sheet(week: str, dana: Page, tmp_path: Path) -> None:
    from pypdfium2 import PdfDocument

    dana.goto(week)
    sheet = dana.pdf(prefer_css_page_size=True)
    if SEEN:
        (Path(SEEN) / "calendar.pdf").write_bytes(sheet)
    document = PdfDocument(sheet)
    assert len(document) == 1
    width, height = document[0].get_size()
    assert width > height
    words = document[0].get_textpage().get_text_bounded()
    assert "Notes, protected" in words and "Quisenberry" in words and "Still open" in words
    assert "Sign out" not in words and "Print" not in words
