"""The fields of the request's two steps, and the choices they offer in each language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, get_args

from firstvisit.practice.shape import Practice
from firstvisit.referral.record import Timing
from firstvisit.web.public.parts.frame import choices
from firstvisit.web.public.texts import Language

STEP1: Final = ("who", "name", "phone", "email", "may_email", "may_text")
STEP2: Final = (
    "patient_first_name",
    "patient_last_name",
    "birth_date",
    "concern",
    "program",
    "therapy",
    "event_kind",
    "event_date",
    "timing",
    "zip",
    "insurance",
    "member_id",
    "order",
    "doctor",
    "language",
)
LISTS: Final = ("times",)
GROUPS: Final = {"who": "who-child"}
GROUPS2: Final = {"timing": "timing-asap"}
WHO: Final = ("child", "me", "other")
THERAPIES: Final = ("speech", "occupational", "physical")
TIMINGS: Final = get_args(Timing)
EVENTS: Final = ("none", "surgery", "discharge", "injury", "onset", "iep", "other")
ORDERS: Final = ("sent", "have", "none")
DAYS: Final = ("mon", "tue", "wed", "thu", "fri")
_LANGUAGES: Final = (
    ("Hmong", "Hmoob"),
    ("American Sign Language", "American Sign Language"),
)


def languages(language: Language) -> tuple[tuple[str, str], ...]:
    """The page's own language first, and so chosen unless they say otherwise."""
    if language == "es":
        return (("Spanish", "Español"), ("English", "English"), *_LANGUAGES)
    return (("", "English"), ("Spanish", "Español"), *_LANGUAGES)


def programs(shape: Practice, chosen: str, language: Language) -> list[tuple[str, str, bool]]:
    """The programs a visitor may ask for, by the name they know; who asks for one that is full or closed for now waits
    for it, or is shown another that fits."""
    offered = sorted((p.called(language), p.slug) for p in shape.programs.values())
    return choices(((slug, name) for name, slug in offered), chosen)


def therapies(words: Mapping[str, str], chosen: str) -> list[tuple[str, str, bool]]:
    known = [(slug, words[f"therapy_{slug}"]) for slug in THERAPIES]
    return choices([*known, ("", words["not_sure"])], chosen)


def orders(words: Mapping[str, str], chosen: str) -> list[tuple[str, str, bool]]:
    return choices(((slug, words[f"order_{slug}"]) for slug in ORDERS), chosen)


def timings(words: Mapping[str, str], chosen: str) -> list[tuple[str, str, bool]]:
    return choices(((timing, words[f"timing_{timing}"]) for timing in TIMINGS), chosen)


def events(
    words: Mapping[str, str], chosen: str, kinds: Iterable[str] = EVENTS
) -> list[tuple[str, str, bool]]:
    return choices(((kind, words[f"date_{kind}"]) for kind in kinds), chosen)


def half_days(
    words: Mapping[str, str], days: Iterable[str], chosen: set[str]
) -> list[tuple[str, list[tuple[str, str, bool]]]]:
    """Rows of the table of half days: morning and afternoon, Monday to Friday."""
    named = list(zip(DAYS, days, strict=True))
    return [
        (
            words[part],
            [
                (slug := f"{day}_{half}", f"{name} {words[part].lower()}", slug in chosen)
                for day, name in named
            ],
        )
        for half, part in (("am", "morning"), ("pm", "afternoon"))
    ]
