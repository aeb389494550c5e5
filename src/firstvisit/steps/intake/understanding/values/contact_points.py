"""Phone and fax numbers and e-mail addresses, written or said."""

from __future__ import annotations

import re
from typing import Final

from firstvisit.referral.vocabulary import e164, email_address
from firstvisit.steps.intake.understanding.values.span import Span, apart

_GAP: Final = r"(?:[().,/…_-]|\s++){0,6}+"
"""What may stand between the parts of a number; any stretch of blanks counts once, for parts of two turns."""
_PHONE: Final = re.compile(
    rf"(?<![\dA-Za-z#/.-])(?:\+?1{_GAP})?(\(?[2-9] ?\d\d\)?){_GAP}([2-9] ?\d ?\d){_GAP}(\d\d{_GAP}\d\d)"
    r"(?![\dA-Za-z]|[-/]\d)(?:\s*,?\s*(?:ext\.?|extension|x)\s*\d{1,6})?",
    re.IGNORECASE,
)
_ABROAD: Final = re.compile(r"\+(?!1\b)\d[\d\s().-]{7,18}\d")
_CARD: Final = re.compile(r"(?:\bid\b|member\w*|medicaid|medicare|policy|npi|claim|group|auth\w*|insurance|card|pmi|subscriber|plan)(?:(?!phone|cell|call|tel|reach)[^.;\n]){0,18}$", re.IGNORECASE)
_EMAIL: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._%+'-]*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,24}")
_DOT: Final = r"(?:\s*\.\s*|\s+(?:dot|punto)\s+)"
_SPOKEN: Final = re.compile(
    rf"\b([A-Za-z0-9_]+(?:(?:{_DOT}|\s+(?:underscore|dash|hyphen|plus)\s+|-)[A-Za-z0-9_]+)*)\s+(?:at|arroba)\s+"
    rf"([A-Za-z0-9-]+(?:{_DOT}[A-Za-z0-9-]+)*?{_DOT}(?:com|org|net|edu|gov|us|info|example(?!{_DOT}[a-z])|io|co|biz|health|care))\b",
    re.IGNORECASE,
)


_LETTERS_BEFORE: Final = re.compile(r"(?<![\w'’])(?:(?![Ii]\b)[A-Za-z][ ,-]{1,2}){1,15}$")
"""Letters said one by one before a name, or all of it: "e polite at ..."; never "I"."""


def phones(text: str) -> list[Span[str]]:
    """Numbers in E.164 where they stand in `text` (a view with digits)."""
    found = []
    for match in (*_PHONE.finditer(text), *_ABROAD.finditer(text)):
        digits = re.sub(r"\D", "", match[0].lower().partition("x")[0])
        if _CARD.search(text[max(0, match.start() - (40 if re.fullmatch(r"\d{10}", match[0]) else 12)) : match.start()]):
            continue  # ten digits of a card
        try:
            number = e164(match[0].strip() if match[0].startswith("+") and match.re is _ABROAD else digits)
        except ValueError:
            continue  # digits that no telephone answers to are no phone number, and may be something else
        found.append(Span(match.start(), match.end(), number))
    return apart(found)


def emails(text: str) -> list[Span[str]]:
    """E-mail addresses where they stand in `text`, "rosa dot v at example dot org" among them."""
    found = [Span(match.start(), match.end(), match[0].rstrip(".")) for match in _EMAIL.finditer(text)]
    for match in _SPOKEN.finditer(text):
        if match[1].lower() in ("form", "page", "site", "website", "us", "look", "me", "work", "home"):
            continue  # "from the contact form at example.org": a place, not an address
        letters = _LETTERS_BEFORE.search(text[: match.start()])
        before = letters[0] if letters else ""
        found.append(Span(match.start() - len(before), match.end(), f"{re.sub('[ ,-]+', '', before).lower()}{_written(match[1])}@{_written(match[2])}"))
    kept = []
    for each in apart(found):
        try:
            kept.append(Span(each.start, each.end, email_address(each.value)))
        except ValueError:
            continue  # not an address after all
    return kept


def _written(said: str) -> str:
    said = re.sub(_DOT, ".", said, flags=re.IGNORECASE)
    said = re.sub(r"\s+underscore\s+", "_", said, flags=re.IGNORECASE)
    said = re.sub(r"\s+(?:dash|hyphen)\s+", "-", said, flags=re.IGNORECASE)
    return re.sub(r"\s+", "", said).lower()


_USE: Final = re.compile(r"\W{0,3}\(?[^()\n\d]{0,24}\b(?:use(?: this| that)?(?: one)?|preferred|best|call this|this one)\W*(?:\)|$|,|;)", re.I)


def marked(text: str) -> list[Span[str]]:
    """As `phones`; of several the one that somebody marks as the one to use: "555-0146 (h)  555-0147 (cell - use)"."""
    found = phones(text)
    chosen = [each for n, each in enumerate(found) if _USE.match(text[each.end : found[n + 1].start if n + 1 < len(found) else len(text)])]
    return chosen if len(found) > 1 and len(chosen) == 1 else found
