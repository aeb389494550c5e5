"""What a family is written about a visit: when and where in its own zone, and nothing of what it is for."""

from __future__ import annotations

from email import message_from_string, policy
from email.message import EmailMessage
from typing import cast

import pytest

from firstvisit.messages.channels import email
from firstvisit.messages.templates import Calendar, Text, render
from firstvisit.messages.texts import TEMPLATES
from firstvisit.messages.visit_texts import OF_A_VISIT
from firstvisit.practice.files import SAMPLE, read_folder

LINK = "https://intake.example.org/visit/abc"


def letter(template: str, language: str = "English", *, zone: str | None = None, setting: str = "clinic") -> Text:
    practice = read_folder(SAMPLE).practice(1)
    return render(
        template, language, practice=practice.identity, site=practice.sites["marquette"], code="L-7",
        first_name="Odalys", details={"at": "2026-12-01T15:00:00+00:00", "setting": setting, "link": LINK},
        stop="https://intake.example.org/stop/x", zone=zone,
    )  # fmt: skip


@pytest.mark.parametrize("template", OF_A_VISIT)
def test_each_says_when_and_how_to_answer(template: str) -> None:
    english, spanish = letter(template), letter(template, "Spanish")
    assert "Tue Dec 1, 10:00 am Eastern time" in english.body and LINK in english.body
    assert "mar 1 dic, 10:00 am hora del Este" in spanish.body and f"{LINK}?lang=es" in spanish.body
    assert "birth date first" in english.body and "fecha de nacimiento" in spanish.body


def test_whoever_lives_in_another_zone_reads_both_the_clinics_first() -> None:
    assert "10:00 am Eastern time (9:00 am Central time)" in letter("visit_booked", zone="America/Chicago").body
    assert "Eastern time (" not in letter("visit_booked", zone="America/New_York").body


def test_a_visit_by_video_is_in_the_zone_of_whoever_sits_before_it() -> None:
    body = letter("visit_reminder", zone="America/Chicago", setting="telehealth").body
    assert "Tue Dec 1, 9:00 am Central time (10:00 am Eastern time)" in body and "By video" in body


def test_it_says_where_by_the_site() -> None:
    assert "Marquette" in letter("visit_booked").words
    assert "At your home" in letter("visit_booked", setting="home").words


@pytest.mark.parametrize("key", [(name, language) for name in OF_A_VISIT for language in ("English", "Spanish")])
def test_none_has_a_gap_for_a_program_or_a_diagnosis(key: tuple[str, str]) -> None:
    for gap in ("{program}", "{discipline}", "{diagnosis}", "{kind}", "{clinician}"):
        assert gap not in TEMPLATES[key].body and gap not in TEMPLATES[key].subject


def test_a_visit_goes_with_the_words_as_a_calendar_reads_it() -> None:
    text = Text("s", "w\n", words="w\n", calendars=(Calendar("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "PUBLISH"),))
    parsed = cast(EmailMessage, message_from_string(email._mail(text).as_string(), policy=policy.default))
    words, visit = parsed.iter_parts()
    assert words.get_content_type() == "text/plain" and visit.get_content_type() == "text/calendar"
    assert visit.get_param("method") == "PUBLISH" and visit.get_filename() == "visit.ics"
    assert "BEGIN:VCALENDAR" in visit.get_content()
    plain = message_from_string(email._mail(Text("s", "w\n")).as_string())
    assert plain.get_content_type() == "text/plain"
