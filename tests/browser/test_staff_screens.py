"""The staff screens in Chromium, at a desk and on a phone: before axe, by keyboard, and with names of any length."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

pytestmark = pytest.mark.browser

PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1280, "height": 800}
PASSWORD = "correct horse battery staple"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
LONG = {
    "name": "B" * 60 + " " + "C" * 39,
    "email": "y" * 60 + "@example.org",
    "patient_first_name": "X" * 50,
    "patient_last_name": "Z" * 50,
    "concern": "W" * 400,
    "insurance": "Q" * 90,
}
"""Words that have no place to break."""
CHILDREN = ("Mia", "Oscar", "Ines", "Felix", "Ada", "Bruno", "Clara", "Dario", "Emil", "Greta", "Hugo", "Jana")
FAMILIES = ("Delgado", "Okafor", "Lindqvist", "Marchetti", "Novak", "Ferreira", "Haddad", "Castellano", "Szabo",
            "Thorsen", "Umarov", "Villeneuve")  # fmt: skip
"""Families that nobody takes for one."""

WIDE = "document.documentElement.scrollWidth - window.innerWidth"
SMALL = """[...document.querySelectorAll('a, button, input:not([type=hidden]), select, textarea, summary')]
  .filter(e => e.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true }))
  .filter(e => !e.closest('.vh, .skip, .trap') && !(e.matches('a') && e.closest('p, dd, .head')))
  .map(e => e.closest('label') && e.matches('[type=radio], [type=checkbox]') ? e.closest('label') : e)
  .filter(e => { const r = e.getBoundingClientRect(); return r.height < 24 || r.width < 24; })
  .map(e => e.outerHTML.slice(0, 120))"""
"""Targets under 24 by 24 pixels. A link inside a sentence may be as high as its line (WCAG 2.5.8)."""
FOCUSED = """() => {
  const e = document.activeElement, again = e === window.before;
  const r = e.getBoundingClientRect(), style = getComputedStyle(e);
  const at = document.elementFromPoint(r.left + r.width / 2, r.top + Math.min(r.height / 2, 10));
  window.before = e;
  return {
    again, what: e.tagName + ' ' + (e.id || e.name || e.textContent.trim().slice(0, 40)),
    end: e === document.body,
    seen: at !== null && (e.contains(at) || at.contains(e) && at.tagName === 'LABEL'),
    ring: parseFloat(style.outlineWidth) >= 2 && style.outlineStyle !== 'none',
    x: r.left, y: r.top + scrollY, fixed: e.closest('.bar, .stale, .skip') !== null,
  };
}"""
IN_VIEW = """e => { const r = e.getBoundingClientRect();
  return r.top >= 0 && r.bottom <= innerHeight && r.left >= 0 && r.right <= innerWidth; }"""
NOT_CUT = """e => {
  const style = getComputedStyle(e), pen = document.createElement('canvas').getContext('2d');
  pen.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  const room = e.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
  return room - pen.measureText(e.placeholder).width;
}"""
BAND = """[...document.querySelectorAll('svg.band text')].filter(t => t.checkVisibility())
  .map(t => parseFloat(getComputedStyle(t).fontSize) * t.getScreenCTM().a)"""


@dataclass(frozen=True)
class Places:
    """Addresses of everything there is to look at."""

    plain: str
    flagged: str
    unnamed: str
    closed: str
    item: str
    done: str
    stop: str

    @property
    def all(self) -> tuple[str, ...]:
        leads = (self.plain, self.flagged, self.unnamed, self.closed)
        return (
            "/today",
            "/today?time=late",
            *leads,
            f"{self.flagged}/told/0/SLP",
            "/verification",
            "/payers",
            "/payers/northfield_health",
            "/audit",
            self.item,
            "/account/2fa/",
            self.done,
            self.stop,
        )


@pytest.fixture(params=[DESK, PHONE], ids=["desk", "phone"])
def size(request: pytest.FixtureRequest) -> ViewportSize:
    return request.param  # type: ignore[no-any-return]


@pytest.fixture
def places(server: str) -> Places:
    """Leads of every look, an item that waits, and the two public pages that a person gets a link to."""
    from firstvisit.journey import jobs, verbs
    from firstvisit.journey.advancing import TRIES
    from firstvisit.kernel import clock
    from firstvisit.kernel.audit import SYSTEM, Actor
    from firstvisit.leads.models import Lead
    from firstvisit.people.stopping import stop_mark
    from firstvisit.practice.models import User
    from firstvisit.steps.intake import services as intake
    from firstvisit.steps.intake.services import Arrival
    from firstvisit.web.public.parts.links import link_to

    plain, unnamed, closed = arrived(), arrived(unnamed=True, number=1), arrived(number=2, name="Ann Lee")
    flagged = arrived(number=3, **{**LONG, "concern": "chest pain " + "W" * 400})
    mei = User.objects.get(email="mei@cedarstreet.example.org")
    lead = Lead.objects.get(id=closed.lead)
    verbs.close(lead, mei, actor=SYSTEM, how="patient_declined", reason="V" * 200)
    body = json.dumps({"lead_kind": "patient", "nonsense": "N" * 200}).encode()
    item, _ = intake.keep(Arrival("api", Actor("api", "key"), body, "application/json"), now=clock.now())
    for _ in range(TRIES):
        jobs.settle_one(item.id)
    contact = Lead.objects.get(id=plain.lead).contact_id
    assert contact is not None
    return Places(
        plain=plain.path,
        flagged=flagged.path,
        unnamed=unnamed.path,
        closed=closed.path,
        item=f"/items/{item.id}",
        done=f"/request/done/{link_to('done', plain.item)}",
        stop=f"/stop/{stop_mark(contact)}",
    )


@dataclass(frozen=True)
class Came:
    """A request that was judged."""

    item: object
    lead: object
    path: str


def arrived(*, unnamed: bool = False, number: int = 0, **answers: str) -> Came:
    """A request by the form of a child who speaks late."""
    from firstvisit.journey.receiving import receive
    from firstvisit.kernel import clock
    from firstvisit.kernel.audit import Actor
    from firstvisit.leads.queries import by_code
    from firstvisit.practice.queries import practice
    from firstvisit.steps.intake.services import Arrival
    from firstvisit.steps.intake.sources import form, parse

    family = FAMILIES[number]
    said: dict[str, object] = {
        "who": "child",
        "name": f"Rosa {family}",
        "phone": f"60855501{number + 10:02}",
        "email": f"rosa{number}@example.org",
        **answers,
    }
    if not unnamed:
        child = {"patient_first_name": CHILDREN[number], "patient_last_name": family}
        need = {"birth_date": "2024-02-08", "therapy": "speech", "program": "early_language", "zip": "53713"}
        said = {**child, **need, "concern": "About twenty words", **said}
    body = form.kept(2, said)
    reading = parse("form", body, today=clock.now().date(), programs=practice().program_words)
    receipt = receive(Arrival("form", Actor("public"), body, "application/json"), reading)
    lead = by_code(str(receipt.code))
    assert lead is not None
    return Came(receipt.item, lead.id, f"/leads/{receipt.code}")


@pytest.fixture
def signed_in(chromium: Browser, server: str, size: ViewportSize) -> Iterator[Callable[..., Page]]:
    """A window in which somebody is signed in."""
    from django.conf import settings
    from django.test import Client

    from firstvisit.practice.models import User

    contexts = []

    def make(name: str = "mei", *, javascript: bool = True) -> Page:
        client = Client()
        client.force_login(User.objects.get(email=f"{name}@cedarstreet.example.org"), backend=BACKEND)
        context = chromium.new_context(viewport=size, base_url=server, java_script_enabled=javascript)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": server}])
        contexts.append(context)
        return context.new_page()

    yield make
    for context in contexts:
        context.close()


def test_nothing_is_wider_than_the_window_whatever_people_are_called(
    signed_in: Callable[..., Page], places: Places
) -> None:
    page, mail = signed_in(), signed_in("ruth")
    wide = {}
    for path in places.all:
        page.goto(path)
        wide[path] = page.evaluate(WIDE)
    mail.goto("/demo/mail")
    wide["/demo/mail"] = mail.evaluate(WIDE)
    clinician = signed_in("anna")
    clinician.goto(places.flagged)
    wide["opened by a clinician"] = clinician.evaluate(WIDE)
    assert {path: by for path, by in wide.items() if by > 0} == {}


def test_axe_finds_nothing_and_the_browser_says_nothing(
    signed_in: Callable[..., Page], places: Places, axe: Callable[[Page], list[str]]
) -> None:
    page, said = signed_in(), list[str]()
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    found: dict[str, list[str]] = {}
    for path in places.all:
        page.goto(path)
        found[path] = axe(page) + [f"small: {each}" for each in page.evaluate(SMALL)]
    for key in ("d", "s", "h", "v", "n", "x"):
        page.goto(places.plain)
        page.keyboard.press(key)
        expect(page.locator(f'.bar [data-key="{key}"] > .sheet')).to_be_visible()
        found[f"sheet {key}"] = axe(page) + [f"small: {each}" for each in page.evaluate(SMALL)]
    page.goto("/today")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    found["keys"] = axe(page)
    assert {place: what for place, what in found.items() if what} == {}
    assert said == []


def test_a_person_signs_in_and_sets_up_the_second_factor(
    chromium: Browser, server: str, size: ViewportSize, axe: Callable[[Page], list[str]]
) -> None:
    from django.test import override_settings

    from firstvisit.practice.models import User

    dana = User.objects.get(email="dana@cedarstreet.example.org")
    dana.set_password(PASSWORD)
    dana.save()
    context = chromium.new_context(viewport=size, base_url=server)
    page = context.new_page()
    with override_settings(SECOND_FACTOR=True):
        page.goto("/today")
        expect(page.get_by_label("E-mail address")).to_be_focused()
        assert axe(page) == [] and page.evaluate(WIDE) <= 0 and page.evaluate(SMALL) == []
        page.keyboard.type("dana@cedarstreet.example.org")
        page.keyboard.press("Tab")
        page.keyboard.type("not this one")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_be_visible()
        assert axe(page) == []
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Set up your second factor")
        assert axe(page) == [] and page.evaluate(WIDE) <= 0 and page.evaluate(SMALL) == []
    context.close()


def test_focus_is_always_seen_and_never_under_the_bar(signed_in: Callable[..., Page], places: Places) -> None:
    page = signed_in()
    for path in ("/today", places.plain, "/audit"):
        page.goto(path)
        stops = []
        for _ in range(60):
            page.keyboard.press("Tab")
            stop = page.evaluate(FOCUSED)
            if stop["end"]:
                break
            if not stop["again"]:  # the parts of a date field, which the browser draws itself
                stops.append(stop)
        assert len(stops) > 8 and stops[0]["what"].startswith("A Skip to the page")
        assert [stop["what"] for stop in stops if not (stop["seen"] and stop["ring"])] == []
        # Down the page; a step back up is a step to the next column of the same row or group.
        in_page = [stop for stop in stops if not stop["fixed"]]
        ups = [b["what"] for a, b in pairwise(in_page) if b["y"] < a["y"] - 60]
        assert ups == []


def test_the_actions_of_a_lead_are_at_hand_at_once_also_without_javascript(
    signed_in: Callable[..., Page], places: Places
) -> None:
    page = signed_in(javascript=False)
    page.goto(places.plain)
    take, done = page.get_by_role("button", name="Take"), page.locator(".bar summary", has_text="Done")
    for each in (take, done):
        expect(each).to_be_in_viewport(ratio=1)
    phone = page.viewport_size == PHONE
    more = page.locator(".bar summary", has_text="More")
    expect(more).to_be_in_viewport(ratio=1) if phone else expect(more).to_be_hidden()
    done.click()
    expect(page.locator('[data-key="d"] > .sheet button')).to_be_in_viewport()
    done.click()
    if phone:
        more.click()
    close = page.locator('[data-key="x"]')
    close.locator("summary").click()
    for each in (close.get_by_label("How it ended"), close.get_by_role("button", name="Close the lead")):
        expect(each).to_be_in_viewport(ratio=1)
    close.get_by_label("How it ended").select_option(index=1)
    close.get_by_label("Why, in a few words").fill(" ")
    close.get_by_role("button", name="Close the lead").click()
    # Refused: the sheet stands open again with what was chosen, and nobody must look for it.
    expect(page.get_by_role("alert")).to_contain_text("Nothing was changed.")
    expect(close.get_by_role("button", name="Close the lead")).to_be_in_viewport(ratio=1)


def test_words_of_the_score_and_of_the_search_can_be_read(
    signed_in: Callable[..., Page], places: Places
) -> None:
    page = signed_in()
    page.goto(places.plain)
    sizes = page.evaluate(BAND)
    assert len(sizes) >= 4 and min(sizes) >= 11
    said = page.locator(".scale" if page.viewport_size == PHONE else "svg.band.desk")
    expect(said).to_be_visible()
    for words in ("a person looks", "ask, then decide", "book"):
        expect(said).to_contain_text(words)
    assert page.locator("#find").evaluate(NOT_CUT) >= 0


def test_every_value_of_the_log_has_its_heading(signed_in: Callable[..., Page], places: Places) -> None:
    page = signed_in()
    page.goto(places.plain)
    page.goto("/audit")
    labels = page.locator(".log tbody tr:first-child td").evaluate_all(
        "cells => cells.map(e => getComputedStyle(e, '::before').content)"
    )
    heads = page.locator(".log thead th")
    if page.viewport_size == PHONE:
        assert labels == ['"When"', '"Who"', '"Did"', '"What"', '"From"']
        expect(heads.first).to_be_hidden()
    else:
        expect(heads).to_have_text(["When", "Who", "Did", "What", "From"])


def test_at_a_red_flag_the_line_to_read_is_seen_without_scrolling(
    signed_in: Callable[..., Page], places: Places
) -> None:
    page = signed_in("dana")
    flagged = arrived(number=9, name="Ida Brandt", concern="She has chest pain")
    page.goto(flagged.path)
    line = page.get_by_text("“Please call 911 now.")
    expect(line).to_be_in_viewport(ratio=1)
    alarm, said = page.locator(".alarm").last.bounding_box(), page.locator(".approved").bounding_box()
    assert alarm is not None and said is not None
    assert abs(said["y"] - alarm["y"] - alarm["height"]) <= 8


@pytest.mark.parametrize("size", [DESK], ids=["desk"])
def test_ten_next_things_stand_on_a_small_desk(signed_in: Callable[..., Page], server: str) -> None:
    for number in range(12):
        arrived(number=number)
    page = signed_in()
    page.goto("/today")
    foot = page.locator("footer.keys").bounding_box()
    assert foot is not None
    rows = [box for row in page.locator("tr.row").all() if (box := row.bounding_box()) is not None]
    assert len(rows) == 12
    assert sum(row["y"] + row["height"] <= foot["y"] for row in rows) >= 10


@pytest.mark.parametrize("size", [DESK], ids=["desk"])
def test_a_lead_is_worked_by_keyboard_alone(signed_in: Callable[..., Page], places: Places) -> None:
    page = signed_in("dana")
    page.goto("/today")
    keys = page.keyboard
    keys.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    keys.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    keys.press("/")
    expect(page.locator("#find")).to_be_focused()
    keys.type(places.plain.rpartition("/")[2])
    keys.press("Enter")
    page.wait_for_url(f"**{places.plain}")
    keys.press("t")
    expect(page.get_by_text("owner: you")).to_be_visible()
    keys.press("d")
    sheet = page.locator('[data-key="d"]')
    expect(sheet.get_by_label("Reached, visit agreed")).to_be_focused()
    keys.press("Escape")
    expect(sheet.locator("summary")).to_be_focused()
    keys.press("x")
    expect(page.get_by_label("How it ended")).to_be_focused()
    keys.press("Escape")
    expect(page.locator('[data-key="x"] summary')).to_be_focused()
    keys.press("d")
    expect(sheet.get_by_label("Reached, visit agreed")).to_be_focused()
    for result in (
        "call back agreed",
        "is thinking it over",
        "question answered",
        "Reached, declined",
        "No answer",
        "Left a voicemail",
    ):
        keys.press("ArrowDown")
        expect(sheet.get_by_label(result)).to_be_checked()
    keys.press("Enter")
    page.wait_for_url("**/today")
    keys.press("j")
    expect(page.locator("tr.row.on")).to_have_count(1)
    keys.press("Enter")
    page.wait_for_url("**/leads/L-*")
