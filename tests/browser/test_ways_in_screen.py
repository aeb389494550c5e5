"""The screens of the ways in before axe at both widths, with a delivery that was recorded."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from tests.browser.test_staff_screens import SMALL, WIDE, signed_in, size  # noqa: F401

pytestmark = pytest.mark.browser


@pytest.fixture
def ways(server: str) -> None:
    """A webhook, a vendor nobody has tried, and a folder that has gone wrong."""
    from firstvisit.journey import desk_tasks
    from firstvisit.kernel import clock
    from firstvisit.kernel.audit import SYSTEM
    from firstvisit.steps.intake import recorder, ways_in
    from firstvisit.steps.intake.models import WayIn
    from firstvisit.steps.intake.sources.delivery import Delivery, Received

    ways_in.make(slug="scans", kind="folder", name="Scanner", actor=SYSTEM)
    hook = ways_in.make(slug="forms", kind="webhook", name="Our forms", actor=SYSTEM)
    ways_in.make(slug="fax", kind="telnyx", name="Fax line", actor=SYSTEM)
    seen = Delivery("http://here/in/forms", {"content-type": "application/json"}, b'{"a": 1}', clock.now())
    ways_in.switch(hook, "recording", actor=SYSTEM)
    recorder.record(hook, seen, [Received("referral", "1", "webhook", b'{"a": 1}')], now=clock.now())
    WayIn.objects.filter(slug="scans").update(status="on", error="the folder cannot be made: Permission denied")
    scans, found = WayIn.objects.get(slug="scans"), ways_in.Finding
    lines = [found("wrong", "/srv/scans is not there, and may not be made in /srv."), found("look", "Look at it.")]
    ways_in.tested(scans, [*lines, found("ok", "It is as it should be.")], now=clock.now())
    ways_in.want_test(WayIn.objects.get(slug="fax"), actor=SYSTEM)
    desk_tasks.person_looks_at_way(WayIn.objects.get(slug="scans"), "missing", "Scanner: 1 of the 3 is not here")


def test_the_screens_hold_before_axe_and_fit(
    ways: None, signed_in: Callable[..., Page], axe: Callable[[Page], list[str]]  # noqa: F811
) -> None:
    from firstvisit.steps.intake.models import WayIn

    page = signed_in("admin")
    found: dict[str, object] = {}
    paths = ("/ways-in", "/ways-in/forms", "/ways-in/fax", "/ways-in/scans")
    for path in paths:
        page.goto(path)
        found[path] = (axe(page), max(page.evaluate(WIDE), 0), page.evaluate(SMALL))
    page.goto("/ways-in/forms")
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_text("New secret, shown this once:")).to_be_visible()
    found["secret"] = (axe(page), max(page.evaluate(WIDE), 0), page.evaluate(SMALL))
    desk = signed_in("dana")
    desk.goto(f"/ways-in/of/{WayIn.objects.get(slug='scans').id}")
    found["task"] = (axe(desk), max(desk.evaluate(WIDE), 0), desk.evaluate(SMALL))
    assert found == dict.fromkeys((*paths, "secret", "task"), ([], 0, []))
