"""What is wanted: which therapy, evaluation or treatment, where, and how soon."""

from __future__ import annotations

import datetime as dt
import re
from typing import Final

from firstvisit.referral.wordings import Wordings
from firstvisit.steps.intake.understanding.values.dates import days
from firstvisit.steps.intake.understanding.values.span import Span, apart

_WORDS: Final = Wordings(__file__, "care.toml")
_DISCIPLINES: Final = {
    name: _WORDS.any_of(f"disciplines.{name}")
    for name in (
        "OT",
        "PT",
        "SLP",
    )
}
_TRADE: Final = _WORDS.any_of("trade", r"\s+%s\b")
"""Words that make of a therapy a trade to learn or to work in."""
_NOT_WANTED: Final = re.compile(
    r"(?:\b(?:my|his|her|their|our|your|previous|prior|former|last|past|old|the school|school|in-?patient|"
    r"home|home health|(?:has|have|had|sees?|saw|with|by|from|is) an?|the|current|another)\s+)$|"
    r"(?:already (?:has|have|had|gets?|getting|doing|in|sees)|used to (?:have|get|do)|(?:had|did|does|gets|"
    r"tried|finished|completed|stopped|doing)\s+(?:some\s+|home\s+)?|"
    r"(?:discharged|graduated) from (?:\w+ )?|not |no |instead of |rather than |than |don't need )$", re.IGNORECASE
)  # fmt: skip
_PERSON_AFTER: Final = _WORDS.any_of("person_after", r"^\s*%s")
_WANTED: Final = _WORDS.any_of("wanted", r"%s\W+(?:\w+\W+){0,5}$")


def disciplines(text: str) -> list[Span[tuple[str, bool]]]:
    """Therapies named in `text`, each with whether they are plainly wanted. Credentials behind a name, therapists
    spoken of as people, and therapy that was, is elsewhere or is not wanted are passed over."""
    found = []
    for name, shape in _DISCIPLINES.items():
        for match in shape.finditer(text):
            word = match[0]
            if re.fullmatch(r"ot|pt|slp|st|otr|Pt|St", word) and not text.islower():
                continue  # small letters among capitals are rarely the therapy: "st" is a street
            before, after = (
                text[max(0, match.start() - 60) : match.start()],
                text[match.end() : match.end() + 40],
            )
            if _is_somebody(word, before, after) or _in_a_name(word, before, after):
                continue
            if _TRADE.match(after):
                continue
            wanted = bool(_WANTED.search(before)) or bool(
                re.match(r"\s*(?:eval|evaluation|consult|referral|order|and (?:treat|eval))", after, re.I)
            )
            if _NOT_WANTED.search(before) and not (
                wanted and re.search(r"\b(?:a|an|the|home|in-?home)\s+$", before, re.I)
            ):
                continue
            if _PERSON_AFTER.match(after) and not wanted:
                continue
            found.append(Span(match.start(), match.end(), (name, wanted)))
    return apart(found)


def _is_somebody(word: str, before: str, after: str) -> bool:
    """ "Marisa Kent, PT, DPT" and "my OT said": a person and not a therapy that is wanted."""
    if (
        re.fullmatch(r"[A-Z./]{2,5}", word)
        and re.search(r"[A-Z][\w'’-]+,?\s+(?:[A-Z]{2,5},\s*)*$", before)
        and (re.match(r"\s*(?:,|$|\n|/|\||-|\))", after))
    ):
        return bool(re.search(r"[a-z],?\s+(?:[A-Z./]{2,5},\s*)*$", before)) and not re.search(
            r"(?:Service|Need|Discipline|for|needs?|Therapy|Interest)\w*:?\s*$", before
        )
    return bool(
        re.search(r"\b(?:I am|I'm|I’m|as) (?:a|an|the|his|her) (?:\w+ )?$", before, re.I)
    ) and not re.search(r"looking", before)


def _in_a_name(word: str, before: str, after: str) -> bool:
    """Part of an organization's name: "Summit Ridge Physical Therapy"."""
    if not word[:1].isupper() or word.isupper():
        return False
    return (
        bool(re.search(r"(?:[A-Z][\w'’&-]+\s+)$", before))
        and not re.search(
            r"(?:Outpatient|Pediatric|Service|Discipline|Need|For|Hand|Adult|Needs|Requesting|Type|Interest|"
            r"Refer\w*|Order\w*|and|And|Request)\W*$",
            before,
        )
        and not re.match(r"\s*(?:evaluation|eval)", after, re.I)
    )


_BOTH: Final = _WORDS.any_of("both")
_EVALUATION: Final = _WORDS.any_of("evaluation")
_TREATMENT: Final = _WORDS.any_of("treatment", r"\b%s\b")
_EVALUATION_ELSE: Final = re.compile(
    r"(?:(?:last year|previous|prior|old|past|school|recent|psych\w*|neuropsych\w*|hearing|audiolog\w*|"
    r"medical|vision|sleep|driving|20\d\d)['’]?s?\s+(?:\w+\s+){0,2}|"
    r"(?:his|her|the|their|copy of|my notes and her|a)\s+(?:\w+\s+){0,1})$", re.I
)  # fmt: skip


def services(text: str) -> list[Span[str]]:
    """ "evaluation", "treatment" or both, where somebody wants it; a question about evaluations is no wish."""
    found = [Span(m.start(), m.end(), "evaluation_and_treatment") for m in _BOTH.finditer(text)]
    found += [Span(m.start(), m.end(), "treatment") for m in _TREATMENT.finditer(text)]
    for match in _EVALUATION.finditer(text):
        before, after = text[max(0, match.start() - 40) : match.start()], text[match.end() : match.end() + 40]
        if re.match(
            r"\s*(?:from|in (?:19|20|\d|the past|last|january|february|march|april|may|june|july|august|"
            r"september|october|november|december)|done|was|were|(?:that |which )?(?:we|i|he|she|they|"
            r"somebody|someone) (?:did|had|got|have|do|made|wrote)|by (?:the|a|our)|report|results|last|"
            r"is attached|attached|showed|and was|takes?)",
            after,
            re.I,
        ):
            continue
        if re.search(
            r"(?:last year|previous|prior|old|past|recent|psych\w*|neuropsych\w*|hearing|audiolog\w*|medical|"
            r"driving|20\d\d|copy of)['’]?s?\s+(?:\w+\s+){0,2}$",
            before,
            re.I,
        ):
            continue
        if re.search(r"(?:how|does|what|when|should|is|much|long)\b[^.?!]*$", before, re.I) and re.match(
            r"[^.!]*\?", after
        ):
            continue
        found.append(Span(match.start(), match.end(), "evaluation"))
    return apart(found)


_SETTINGS: Final = {
    name: _WORDS.any_of(f"settings.{name}", r"\b%s")
    for name in (
        "telehealth",
        "home",
        "school",
        "clinic",
    )
}
_ALREADY: Final = _WORDS.any_of("already", r"%s\b[^.]{0,30}$")


_NO_WISH: Final = re.compile(
    r"(?i)\b(?:work\w*|job|medical center|cafeteria|recess|lunch|class|teacher|nurse|cay[oó]\w*|fell|fall|trip\w*|slip\w*|lives?|vivimos|vive|getting|hides?|struggl\w*|trouble|melts? down)\b[^.;!?]{0,30}$"
)
"""Where something happens or somebody works is no wish to be treated there."""
_COMES: Final = re.compile(r"(?i)in[- ](?:person|clinic)|outpatient|clinic visits?|\b(?:come|comes|coming|came|seen|visit\w*|sessions?|therapy|appointments?|prefer\w*|treat\w*|location|where|setting|eval\w*|get (?:him|her|me) (?:in|to)|PT|OT|SLP|speech|telehealth|home)\b")


def settings(text: str) -> list[Span[str]]:
    """Where care is wanted. Where somebody lives, fell or is treated already is no wish and is passed over."""
    found = []
    for name, shape in _SETTINGS.items():
        for match in shape.finditer(text):
            before = text[max(0, match.start() - 40) : match.start()]
            if name in ("school", "home") and _ALREADY.search(before):
                continue
            if name in ("telehealth",) and re.search(
                r"\b(?:not|no|don't|instead of|rather than|other than)\b[^.]{0,15}$", before, re.I
            ):
                continue
            if name in ("clinic", "school", "home") and _NO_WISH.search(before):
                continue
            if name == "clinic" and (text[match.end() :].startswith(("'", "’")) or not _COMES.search(match[0] + text[max(0, match.start() - 60) : match.start()])):
                continue
            if name == "clinic" and (
                re.search(
                    r"\b(?:getting|hard|can't|cannot|not|difficult|trouble|from|called|calling|seen|"
                    r"front desk|your)\b[^.]{0,25}$",
                    before,
                    re.I,
                )
            ):
                continue
            found.append(Span(match.start(), match.end(), name))
    return apart(found)


_TIMINGS: Final = {
    name: _WORDS.any_of(f"timings.{name}", r"\b%s")
    for name in (
        "later",
        "two_weeks",
        "within_month",
        "asap",
    )
}
_NOT_URGENT: Final = _WORDS.any_of("not_urgent", r"%s\s*(?:\w+\s+){0,2}$")
_ABOUT_ELSE: Final = _WORDS.any_of("about_else", r"%s\b[^.!?\n]{0,30}$")


def timings(text: str) -> list[Span[str]]:
    """How soon care is wanted, in the record's words."""
    found = []
    for name, shape in _TIMINGS.items():
        for match in shape.finditer(text):
            before = text[max(0, match.start() - 40) : match.start()]
            if name == "asap" and _NOT_URGENT.search(before):
                continue
            if _ABOUT_ELSE.search(before) and name != "later":
                continue
            found.append(Span(match.start(), match.end(), name))
    return apart(found)


def timing_of_day(day: dt.date, written_on: dt.date) -> str | None:
    """How soon a first visit on `day` is: within ten days at once, within five weeks a month, else later."""
    ahead = (day - written_on).days
    if ahead < 0:
        return None
    return "asap" if ahead <= 10 else "within_month" if ahead <= 35 else "later"


_STARTS: Final = _WORDS.any_of(
    "starts",
    r"\b%s\s+(?:in|from|around|by|sometime in)\s+(?:early |mid-?|late )?(january|february|march|april|may|"
    r"june|july|august|september|october|november|december)\b(?! \d)",
)
_MONTHS: Final = (
    "january february march april may june july august september october november december".split()
)


def starts(text: str) -> Span[int] | None:
    """The month in which somebody wants to begin, 1 to 12."""
    match = _STARTS.search(text)
    return Span(match.start(), match.end(), _MONTHS.index(match[1].lower()) + 1) if match else None


def timing_of_month(month: int, written_on: dt.date) -> str | None:
    """How soon the next such month is; None for the month that runs."""
    ahead = (month - written_on.month) % 12
    return None if ahead == 0 else "within_month" if ahead == 1 and written_on.day >= 15 else "later"


__all__ = [
    "days",
    "disciplines",
    "services",
    "settings",
    "starts",
    "timing_of_day",
    "timing_of_month",
    "timings",
]
