"""People merged while their leads are worked on and more arrives for them: nobody waits for ever, nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.conftest import at_once, poster
from tests.journeys.test_not_this_person import COUSIN, WHY
from tests.journeys.test_possible_matches import HALE, MISTYPED
from tests.people import but

from firstvisit.journey import merging, verbs
from firstvisit.journey.parting import not_this_person
from firstvisit.kernel.audit import SYSTEM
from firstvisit.kernel.errors import Conflict
from firstvisit.leads.models import Event, Lead, Task
from firstvisit.leads.queries import by_code
from firstvisit.people.models import PossibleMatch
from firstvisit.practice.models import User
from firstvisit.steps.intake.models import Part


def test_a_lead_merged_while_it_is_decided_loses_nothing(open_doors: str) -> None:
    post = poster(open_doors)
    codes = [post(body).json()["reference"] for body in (HALE, MISTYPED)]
    first, second = [lead for code in codes if (lead := by_code(code))]
    dana = User.objects.get(email="dana@cedarstreet.example.org")
    found = PossibleMatch.objects.get()

    def again(body: Any, number: int) -> Callable[[], Any]:
        return lambda: post(but(body, concern=f"Call number {number}"))

    results = at_once(
        lambda: merging.same_person(found, dana, actor=SYSTEM),
        lambda: verbs.take(second, dana, actor=SYSTEM),
        lambda: verbs.take(first, dana, actor=SYSTEM),
        lambda: merging.different_people(found, dana, actor=SYSTEM),
        *[again(body, n) for n, body in enumerate((HALE, MISTYPED, HALE, MISTYPED))],
    )
    lost = [each for each in results if isinstance(each, Exception) and not isinstance(each, Conflict)]
    assert not lost, lost
    assert {each.status_code for each in results if hasattr(each, "status_code")} == {201}
    for lead in Lead.objects.filter(closed_at__isnull=True):
        assert Task.objects.filter(lead=lead, status="open").exists()
    merged = PossibleMatch.objects.get().status == "same"
    assert Lead.objects.filter(closed_at__isnull=True).count() == (1 if merged else 2)
    assert Event.objects.filter(name="joined").count() == 4

def test_pressed_by_two_at_once_while_more_arrives_it_is_done_once(open_doors: str) -> None:
    post = poster(open_doors)
    codes = [post(body).json()["reference"] for body in (HALE, COUSIN)]
    assert codes[0] == codes[1]
    lead = by_code(codes[0])
    assert lead is not None
    part = Part.objects.filter(lead=lead).order_by("-id")[0]
    people = {name: User.objects.get(email=f"{name}@cedarstreet.example.org") for name in ("dana", "mei")}

    def presses(name: str) -> Callable[[], Any]:
        return lambda: not_this_person(lead, people[name], item=part.item_id, reason=WHY, actor=SYSTEM)

    results = at_once(presses("dana"), presses("mei"), presses("dana"), lambda: post(but(COUSIN, concern="At night")))
    assert not [each for each in results if isinstance(each, Exception)], results
    assert Event.objects.filter(name="parted_off").count() == 1
    assert Part.objects.count() == 3 and PossibleMatch.objects.count() == 1
    assert Lead.objects.filter(closed_at=None).count() == 2
