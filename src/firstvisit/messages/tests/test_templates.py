"""What receipts say, and what they never say."""

from __future__ import annotations

import pytest

from firstvisit.messages.templates import Text, render
from firstvisit.messages.texts import TEMPLATES, Template, parts
from firstvisit.practice.files import SAMPLE, read_folder


def receipt(language: str | None, first_name: str | None = "Odalys", **details: str) -> Text:
    practice = read_folder(SAMPLE).practice(1)
    return render(
        "receipt", language, practice=practice.identity, site=practice.sites["marquette"], code="L-7",
        first_name=first_name, details={"answer_by": "2026-11-24T16:30:00+00:00", "minutes": "120", **details}, stop="https://intake.example.org/stop/x",
    )  # fmt: skip


def test_a_receipt_names_the_reference_the_site_and_the_way_to_stop() -> None:
    text = receipt("English")
    assert text.subject == "Cedar Street Therapy: we have your request (L-7)"
    for words in (
        "Hello Odalys",
        "L-7",
        "(906) 555-0160",
        "calls or writes to you within 2 hours of our opening hours: by Tue Nov 24, 11:30 am Eastern time.",
        "911",
        "988",
        "https://intake.example.org/stop/x",
        "214 Cedar Street",
    ):
        assert words in text.body


def test_it_is_written_in_spanish_to_whoever_speaks_it() -> None:
    assert "Hola Odalys:" in receipt("Spanish").body
    assert receipt("Hmong") == receipt(None) == receipt("English")


def test_its_links_open_in_the_language_it_is_written_in() -> None:
    spanish = receipt("Spanish")
    assert "https://intake.example.org/stop/x?lang=es\n" in spanish.body
    assert spanish.stop == "https://intake.example.org/stop/x", "what mail programs press says no language"
    assert "lang=" not in receipt("English").body


@pytest.mark.parametrize(
    ("language", "subject", "why"),
    [
        ("English", "your guide (L-7)", "you said we may write to you about this guide"),
        ("Spanish", "su guía (L-7)", "dijo que podemos escribirle sobre esta guía"),
    ],
)
def test_whoever_fetched_a_guide_is_not_told_that_they_asked_for_care(language: str, subject: str, why: str) -> None:
    text = receipt(language, guide="https://intake.example.org/guide/a/ready/b")
    assert text.subject == f"Cedar Street Therapy: {subject}" and why in text.body
    assert "https://intake.example.org/guide/a/ready/b" in text.words
    assert "confirm your request" not in text.body and "solicitud" not in text.body


def test_without_a_name_it_greets_all_the_same() -> None:
    assert receipt("English", None).body.startswith("Hello,\n")


def test_a_name_with_braces_is_a_name_and_no_template() -> None:
    assert "Hello {code}" in receipt("English", "{code}").body


def test_a_template_nobody_wrote_is_an_error() -> None:
    practice = read_folder(SAMPLE).practice(1)
    with pytest.raises(KeyError):
        render(
            "nope",
            None,
            practice=practice.identity,
            site=practice.sites["madison"],
            code="L-1",
            first_name=None,
            stop="",
        )


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=lambda each: each.subject[:30])
def test_how_to_stop_and_who_we_are_stand_in_the_foot_that_nobody_changes(template: Template) -> None:
    words, foot = parts(template.body)
    assert words + foot == template.body
    assert words.strip() and "{stop}" not in words
    assert foot.endswith("{legal_name}\n{address}\n")


def test_in_other_words_the_foot_stays() -> None:
    ready = Text("We have it", "Hello.\n\nStop: here", "here", "Hello.\n\n", "Stop: here")
    assert ready.reworded("Tonight", "We call at six.\n").body == "We call at six.\n\nStop: here"
