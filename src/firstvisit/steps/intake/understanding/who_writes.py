"""Who writes a letter or fills in a form, weighed by everything it says and how it is signed. Pure; `writers.toml`.

No single word tells it: a nurse writes about her own knee, a son signs with the title of his job, a school names no
pupil. So every sign speaks for or against each kind of writer, and the kind with most behind it counts; how far it is
ahead says how sure that is.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Final

from firstvisit.steps.intake.understanding import offices, parties, titles
from firstvisit.steps.intake.understanding.parties import Mention, Writer, Writing, mentions, spoken_of
from firstvisit.steps.intake.understanding.passages import Told
from firstvisit.steps.intake.understanding.values import names, people_words

_WRITERS: Final[tuple[Writer, ...]] = ("patient", "relative", "professional", "organization")
_SURE: Final = 2.0
"""How far the first must be ahead of the second so that what follows from it may be printed."""
_SURE_AGAINST: Final = 3.0
"""The same where what is said outright names another."""
_AGAINST_A_LABEL: Final = 5.0
"""From which lead on even a label that names the writer is doubted: it may be an emergency contact's."""
_MOST_LABELS: Final = 3
_CLINICAL: Final = frozenset({"codes", "npi", "claim", "authorization", "frequency", "event", "referrer", "office fax"})
"""What labels of offices ask for and those of families seldom do."""
_OFFICE_ADDRESS: Final = re.compile(
    r"(?i)(?:referrals?|office|front\.?desk|access|intake|orders|scheduling|admin|info|clinic|fax|nurse|dr|claims|discharge|"
    r"case\.?mgmt|sped|therapy|hr|care\.?team|team|staff)[\w.-]*"
)
_FAX: Final = re.compile(r"(?i)\b(?:fax|fx|F)\b\.?[:# ]*\(?\d{3}")
_US: Final = re.compile(r"(?i)(?<![\w'’])(?:we|us|our|ours|we['’](?:re|ve|d|ll))(?![\w'’])")
_BIRTH: Final = re.compile(r"(?i)\b(?:dob|d\.o\.b|date of birth|born|b\.)\W")


_OF_OTHERS: Final = ("refers", "ours", "treats", "titled", "named_other", "named_kin", "asks_for_kin", "kin_alone", "of_kin", "speaks_of_her")
"""Signs that somebody else is told of; without any, a job under a name is only a job."""
_KIN_SIGNED: Final = re.compile(rf"(?:['’]s\s+(?:{people_words.OWN_WORD})\b|\((?:{people_words.OWN_WORD})\)|\b(?:{people_words.OWN_WORD}) (?:of|to|de) [A-Z]|,\s*(?:his|her|their) (?:{people_words.OWN_WORD})\b)", re.I)
"""How a family signs: "Yusra (Sami's mom)"."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """What speaks for each kind of writer together."""

    writer: Writer
    lead: float
    """How far it is ahead of the next."""

    @property
    def sure(self) -> bool:
        return self.lead >= _SURE


def writing(told: Told) -> Writing:
    """Who writes or calls, and what they are to the patient. Of a mail or a form what a label says stands; else what is
    said outright counts where nothing weighs against it, and where the two disagree nothing of it is sure."""
    said = parties.writing(told)
    if told.channel not in ("email", "web") or told.by_office:
        return said
    most = weighed(told)
    if said.passage is not None and said.passage.about("relationship"):
        return said if most.writer == said.writer or most.lead < _AGAINST_A_LABEL else replace(said, sure=False)
    if most.writer == said.writer:
        return replace(said, sure=said.sure or most.sure)
    if not most.sure:
        return replace(said, sure=False)
    return parties.as_relative(told) if most.writer == "relative" else Writing(most.writer, sure=most.lead >= _SURE_AGAINST)


def weighed(told: Told) -> Weighed:
    """The kind of writer that most speaks for."""
    _, weights = _data()
    totals = [0.0] * len(_WRITERS)
    for sign, count in signs(told).items():
        for n, weight in enumerate(weights[sign]):
            totals[n] += weight * count
    ranked = sorted(range(len(_WRITERS)), key=lambda n: -totals[n])
    best, second = ranked[0], ranked[1]
    return Weighed(_WRITERS[best], totals[best] - totals[second])


def signs(told: Told) -> dict[str, float]:
    """How strongly each sign stands in the text, 0 left out."""
    listed, _ = _data()
    words = _prose(told)
    found: dict[str, float] = {}
    for name, (shape, most) in listed.items():
        found[name] = min(most, len({match[0].lower() for match in shape.finditer(words)}))
    found |= _signed(told)
    found |= _spoken(told)
    found |= _named(told, mentions(told))
    found["speaks_of_kin"] = 0.0 if found["asks_for_kin"] else found["speaks_of_kin"]
    found |= _labels(told)
    if any(_KIN_SIGNED.search(p.text) for p in told.passages if p.zone == "signature"):
        found["of_kin"] += 1
    found["only_oneself"] = float(found["speaks_of_i"] > 0 and found["my_body"] > 0 and not any(found.get(sign) for sign in _OF_OTHERS))
    return {name: value for name, value in found.items() if value}


_OFFICE_LABEL: Final = re.compile(
    r"(?i)(?:referring|submitting|requesting|sending|ordering)[ _]?(?:office|practice|provider|physician|clinic|facility|md|party|agency|organi[sz]ation)|"
    r"(?:from )?facility|practice|district|agency|adjuster.*|case ?manager.*|clmt.*|claimant.*|injured worker.*|insurer.*|requester title|pt (?:first|last|dob|name|sex|cell|phone)|"
    r"(?:provider |practice )?npi|sent by|student|resident|your (?:title|credentials|organi[sz]ation|facility)|title"
)
"""Labels of forms that offices, insurers and schools fill in about somebody else."""


def tells_of_somebody(told: Told) -> bool:
    """Whether the text tells of the writer's own body or of a relative who needs something."""
    found = signs(told)
    return any(found.get(sign) for sign in ("my_body", "asks_for_kin", "kin_alone", "speaks_of_kin"))


def _labels(told: Told) -> dict[str, float]:
    """What the labels of a form tell of whoever fills it in."""
    labels = [p for p in told.passages if p.zone == "label" and p.question]
    plain = [re.sub(r"[_\s]+", " ", p.question).strip(" *:.-") for p in labels]
    clinical = {topic for p in labels for topic in p.asked & _CLINICAL}
    topics = {topic for p in labels for topic in p.asked}
    return {
        "labels": float(max(0, min(_MOST_LABELS, len(clinical) - 1))),
        "label_parent": float("parent" in topics),
        "label_child": float(any(re.search(r"(?i)\b(?:child|kid|kiddo|son|daughter|baby|infant)\b", each) for each in plain)),
        "label_office": float(any(_OFFICE_LABEL.fullmatch(each) for each in plain)),
        "label_only_me": float(bool(topics & {"name", "first", "my name"}) and not topics & {"patient name", "patient first", "parent"}),
    }


def _prose(told: Told) -> str:
    """What is written in sentences, the subject first."""
    kept = [p.text for p in told.passages if p.zone in ("subject", "text", "answer") or (p.zone == "label" and (p.about("prose") or not p.asked))]
    return "\n".join(kept)


_LETTERED: Final = re.compile(r"\s*(?:[A-Z][\w'’.-]*\s){1,3}[A-Z][\w'’-]+,\s(?:(?=[A-Z]*[^AEIOU\W]{2})[A-Z][A-Z/-]{2,9}(?:,?\s|$))+\s*$")
"""Who signs with letters behind the name, whichever profession's they are."""


def _signed(told: Told) -> dict[str, float]:
    """Titles, letters behind a name, offices and fax numbers in the sender's line, under and over the letter."""
    under = [p for p in told.passages if p.zone == "signature"]
    sender = told.sender_name or ""
    address = (told.sender_email or "").partition("@")[0]
    lettered = any(_LETTERED.match(p.text) for p in under) or any(re.search(rf"[a-z],? {names.CREDENTIALS}(?!,?\s*\d{{5}})", each) for each in (sender, *(p.text for p in under)))
    return {
        "title": float(titles.signed(told)),
        "credential": float(lettered),
        "office": float(names.is_organization(sender) or offices.of_sender(told) is not None or bool(_OFFICE_ADDRESS.fullmatch(address))),
        "office_signed": float(any(by_word for _, _, _, by_word in offices.under_signature(told))),
        "letterhead": float(any(p.zone == "sender" for p in told.passages)),
        "fax": float(any(_FAX.search(p.text) or p.about("office fax") for p in told.passages if p.zone in ("signature", "sender"))),
    }


def _spoken(told: Told) -> dict[str, float]:
    """Whether the text speaks of I, of he or she, or of us."""
    about = spoken_of(told)
    both = about.first + about.third
    mine = about.first / both if both else 0.5
    us = len(_US.findall(_prose(told)))
    return {
        "speaks_of_i": float(both >= 2 and mine >= 0.75) * min(1.0, both / 4),
        "speaks_of_her": float(about.third >= 2 and mine <= 0.5),
        "speaks_of_us": float(us >= 2 and us > about.first),
        "one_person": float(about.third >= 3 or bool(_BIRTH.search(told.words))),
    }


def _named(told: Told, found: list[Mention]) -> dict[str, float]:
    """Whether somebody is named as the patient who is not the sender, shares their last name, or is the sender."""
    sender = _name_words(re.sub(r"\(.*?\)", "", told.sender_name or "")) if not names.is_organization(told.sender_name or "") else []
    if len(sender) < 2:
        signed = next((p.text for p in told.passages if p.zone == "signature" and names.is_name(names.trimmed(p.text.strip()))), "")
        sender = _name_words(signed)
    for named in (*_labelled(told), *(m.name for m in found if m.role == "patient" and not m.word)):
        words = _name_words(named)
        if len(words) < 2 or len(sender) < 2:
            continue
        shared = set(words) & set(sender)
        if len(shared) >= 2:
            return {"named_self": 1.0}
        return {"named_kin": 1.0} if words[-1] in shared else {"named_other": 1.0}
    return {}


def _labelled(told: Told) -> list[str]:
    return [p.text for p in told.passages if p.zone == "label" and p.about("patient name")]


def _name_words(name: str) -> list[str]:
    return [word.lower() for word in re.findall(r"[^\W\d_]{2,}", name)]


Listed = Mapping[str, tuple[re.Pattern[str], int]]
Weights = Mapping[str, tuple[float, ...]]


@cache
def _data() -> tuple[Listed, Weights]:
    data = tomllib.loads(Path(__file__).with_name("writers.toml").read_text("utf-8"))
    listed = {}
    for name, sign in data["signs"].items():
        shapes = "|".join(sign["words"])
        for word, written in data["words"].items():
            shapes = shapes.replace(f"{{{word}}}", written)
        listed[name] = (re.compile(rf"(?<![\w])(?:{shapes})", re.IGNORECASE | re.MULTILINE), int(sign["most"]))
    return listed, {name: tuple(weights) for name, weights in data["weights"].items()}
