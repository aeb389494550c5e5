"""Long sentences beside a shape go on in the next line: on a phone and at a desk no page is wider than its window."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from .conftest import DESK, PHONE

pytestmark = pytest.mark.browser
WIDE = "document.documentElement.scrollWidth - window.innerWidth"


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_what_fails_with_a_calendar_elsewhere_is_read_whole(
    server: str, machine: Callable[..., Page], django_db_blocker: Any, size: dict[str, int]
) -> None:
    from firstvisit.kernel import clock
    from firstvisit.kernel.audit import SYSTEM
    from firstvisit.practice.models import Resource
    from firstvisit.steps.booking import feeds
    from firstvisit.steps.booking.models import Feed

    said = "It was read, but 1 of its 2 events could not be understood and is left out."
    with django_db_blocker.unblock():
        anna = Resource.objects.get(slug="anna_lindqvist")
        address = "http://127.0.0.1:9/a.ics"
        feeds.make_feed(anna, name="Family", address=address, every_minutes=15, actor=SYSTEM, now=clock.now())
        Feed.objects.update(failed=said)
    page = machine("mei", size)
    page.goto("/supply/of/anna_lindqvist")
    expect(page.get_by_text(said)).to_be_visible()
    assert page.evaluate(WIDE) <= 0
