"""The organization somebody writes for: in the sender's line, under the signature, over the letter. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from firstvisit.steps.intake.understanding import titles
from firstvisit.steps.intake.understanding.passages import Passage, Told
from firstvisit.steps.intake.understanding.values import names

_DEPARTMENT: Final = re.compile(
    r"(?i)(?:the )?(?:front (?:desk|office)|reception|referrals?(?: (?:desk|dept\.?|department|team|coordinator|office|intake))?|intake(?: team)?|"
    r"(?:surgery |patient |central )?scheduling|(?:medical )?records|office|orders?(?: desk)?|admin(?:istration)?|billing|claims|no-?reply|notifications?|"
    r"patient (?:access|services|relations)|case management|staff|team|desk|fax|info|contact|care coordination|social work|special education|student services|hr|human resources)"
)
"""Parts of an office that stand beside its name and are not it."""
_APART: Final = re.compile(r"\s+[-–—/@·•]\s+|\s*[|,()•·]\s*|\s+(?:at|of|for|via|from)\s+(?=[A-Z])")
_PIECES: Final = re.compile(r"\s{2,}|\s*[|·•\t]\s*|\s+[-–—]\s+|\s*,\s+(?=[A-Z][A-Za-z .'-]*(?:,?\s+[A-Z]{2})?(?:\s+\d{5})?\s*$)")
_NUMBERS_BEHIND: Final = re.compile(r"\s*(?:[-–—|·•,:]\s*)?\b(?:T|P|O|Ph|Tel|Phone|Office|F|Fax|Fx|Direct|Main|NPI|C|Cell)\b\.?\s*[:#]?\s*(?=[(\d]).*$|\s*\(?\d{3}\)?[-. ].*$")
_TOWN: Final = re.compile(r",\s+[A-Z][a-z]+(?: [A-Z][a-z]+)?(?:,? [A-Z]{2})?$")
_NAMED: Final = re.compile(r"[A-Z0-9][\w'’&.-]*(?:,? (?:(?:of|the|and|for|at|in|de|la|del|y|&) )*[A-Z0-9&][\w'’&.-]*){0,7}")
_NO_OFFICE: Final = re.compile(r"(?i)(?:sent from|thank|thanks|regards|best|sincerely|cheers|warmly|confidential|p\.?s\.?|enc|cc|please|monday|out of office|office hours|hours|attachment)\b|^[A-Z][a-z]+(?: [A-Z][a-z]+)?, [A-Z]{2}\b|^(?:he|she|they)/|@|https?:|www\.")


def of_sender(told: Told) -> str | None:
    """The office in the sender's line, without the desk that sends: "Front Desk - Inland ENT" is Inland ENT."""
    parts = [part.strip("\"' .") for part in _APART.split(told.sender_name or "") if part and part.strip("\"' .")]
    kept = []
    for part in parts:
        if _DEPARTMENT.fullmatch(part):
            continue
        plain = re.sub(rf"(?:\s+(?:{_DEPARTMENT.pattern[4:]}))+$", "", part, flags=re.I)
        plain = re.sub(rf"^(?:{_DEPARTMENT.pattern[4:]})\s+(?=[A-Z])", "", plain, flags=re.I)
        kept.append(plain)
    desk = len(kept) < len(parts)
    for part in kept:
        person = titles.title_in(part) is not None or (names.is_name(names.trimmed(part)) and not names.is_organization(part))
        if person and titles.title_in(part) is not None and len(part.split()) < 3:
            continue  # "Surgical Coord."
        if len(part.split()) >= 2 and (names.is_organization(part) or (desk and not person and _NAMED.fullmatch(part))):
            return part
    return None


def under_signature(told: Told) -> Iterator[tuple[Passage, int, str, bool]]:
    """Offices named in the lines under a letter: the passage, where the name begins, the name, and whether a word of it
    tells that it is one; without such a word only a line right behind the name or title of whoever signs counts."""
    before = ""
    for passage in (each for each in told.passages if each.zone in ("signature", "sender") and not each.asked):
        line = passage.text.strip()
        at = 0
        for piece in (*_PIECES.split(line), ""):
            name = _TOWN.sub("", _NUMBERS_BEHIND.sub("", piece)).strip(" ,|-–")
            start = passage.text.find(name, at) if name else -1
            if start < 0:
                continue
            at = start + len(name)
            if not _office(name, told):
                before = name
                continue
            told_so = names.is_organization(name)
            if told_so or (_signs(before) and passage.zone == "signature"):
                yield passage, start, name, told_so
            before = name


def _office(name: str, told: Told) -> bool:
    """Whether words with capitals may be an office's name: no job, no person, no address, no sentence."""
    if not 2 <= len(name.split()) <= 8 or not _NAMED.fullmatch(name) or _NO_OFFICE.search(name) or _DEPARTMENT.fullmatch(name):
        return False
    if re.match(r"(?:Office|Department|Division|Dept\.?) of\b", name) or titles.title_in(name) or re.search(r"\d", name) or re.search(rf",?\s{names.CREDENTIALS}$", name):
        return False
    known = {word.lower() for word in re.findall(r"[^\W\d_]{2,}", told.sender_name or "")}
    words = [word.lower() for word in re.findall(r"[^\W\d_]{2,}", name)]
    return names.is_organization(name) or not set(words) <= known


def _signs(line: str) -> bool:
    """Whether a line is somebody's name with letters behind it, or their job."""
    return titles.title_in(line) is not None or bool(re.search(rf"(?:^|[a-z.],?\s){names.CREDENTIALS}$", line))
