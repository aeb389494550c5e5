"""What every public page is drawn with: its words in the visitor's language, who we are, how to call us."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html

from firstvisit.kernel import clock
from firstvisit.people import wordings
from firstvisit.practice.queries import practice
from firstvisit.practice.texts import signed_versions
from firstvisit.web.public import texts
from firstvisit.web.public.parts import device, opening, shown
from firstvisit.web.public.parts.languages import language_of
from firstvisit.web.public.texts import Language
from firstvisit.web.public.texts.register import Reviewable

OTHER: Final[dict[Language, Language]] = {"en": "es", "es": "en"}


@dataclass(frozen=True, slots=True)
class Frame:
    """The language of one answer, and which Spanish texts somebody has signed."""

    language: Language
    signed: dict[str, frozenset[str]]
    unsigned: set[str] = field(default_factory=set)
    """The sets of Spanish texts of this answer that nobody has signed."""

    def words(self, page: str) -> dict[str, str]:
        """The page's words. What is critical and unsigned stands there in English too."""
        said = texts.words(page, self.language)
        if self.language == "en" or self.holds(page, texts.pages()[page].version):
            return said
        self.unsigned.add(page)
        both = {
            entry.key: _both(entry.es, entry.en) for entry in texts.pages()[page].entries if entry.critical
        }
        return {**said, **both}

    def holds(self, page: str, version: str) -> bool:
        """Whether somebody has signed this version of a text."""
        return version in self.signed.get(page, ())

    def quotes(self, text: Reviewable) -> None:
        """Spanish that we typed ourselves stands on this page; until somebody signs it the page says so."""
        if not text.signed(self.signed):
            self.unsigned.add(text.slug)

    def wording(self, slug: str) -> tuple[str, str]:
        """The text they agree to, whole: its first sentence and the rest, which stands smaller below."""
        text = wordings.text(slug, texts.NAMES[self.language])
        first, _, rest = text.partition(". ")
        if self.language == "es" and not self.holds(f"wording-{slug}", wordings.version(slug)):
            self.unsigned.add(slug)
            rest = _both(rest, wordings.text(slug))
        return first + ("." if rest else ""), rest


def frame_of(request: HttpRequest, *, unread: bool = False) -> Frame:
    """The frame of one answer; Spanish asks the database once which texts are signed.

    `unread` is a post whose body cannot or may not be read.
    """
    language = language_of(request, unread=unread)
    return Frame(language, signed_versions(language) if language != "en" else {})


def draw(
    request: HttpRequest,
    template: str,
    values: dict[str, Any],
    status: int = 200,
    *,
    frame: Frame,
    private: bool = False,
    form: bool = False,
) -> HttpResponse:
    """A public page. `private` ones are found by nobody's search; on one with a `form` the language switch is
    a button of that form, so that what was typed stays."""
    now, shape, language = clock.now(), practice(), frame.language
    everywhere = frame.words("everywhere")
    around = {
        "e": everywhere,
        "unreviewed": _both(everywhere["unreviewed"], texts.words("everywhere", "en")["unreviewed"])
        if frame.unsigned
        else "",
        "lang": language,
        "other_lang": OTHER[language],
        "switch_form": form,
        "practice": shape.identity,
        "places": [
            (site, opening.hours_words(site, language), opening.zone_words(now, site, language))
            for site in shape.sites.values()
        ],
        "token_name": shown.TOKEN,
        "trap_name": shown.TRAP,
        "shared": device.begins_at(request),
    }
    response = render(request, template, {**around, **values}, status=status)
    response["Content-Language"] = language
    if private:
        response["X-Robots-Tag"] = "noindex"
    return response


def choices(pairs: Iterable[tuple[str, str]], chosen: str) -> list[tuple[str, str, bool]]:
    """(value, label, whether chosen) of each."""
    return [(value, label, value == chosen) for value, label in pairs]


def _both(spanish: str, english: str) -> str:
    return format_html('{} <span class="also" lang="en">{}</span>', spanish, english)
