"""Who pays, with which numbers, and what was said of authorization, behind their labels. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from firstvisit.steps.intake.understanding.forms.values.said import LETTER, NONE, WORDS, Asked, Reads, Said
from firstvisit.steps.intake.understanding.values import contact_points, dates, payers

_CARD: Final = re.compile(
    r"(?<![\w])(?=[A-Z0-9 -]*\d)[A-Z0-9](?:[A-Z0-9]|[ -](?=[A-Z0-9])){3,24}(?![\w])", re.I
)


def card_number(text: str) -> re.Match[str] | None:
    """The first run of letters and digits that may be a number on a card."""
    for match in _CARD.finditer(
        re.sub(
            r"\b(?:group|grp|plan|eff|exp|effective|member|policy|id|number|no|claim|phone|tel)\b",
            lambda m: " " * len(m[0]),
            text,
            flags=re.I,
        )
    ):
        marks = re.sub(r"[^A-Za-z0-9]", "", match[0])
        if len(marks) >= 3 and any(map(str.isdigit, marks)):
            return match
    return None


def number_at(path: str) -> Reads:
    def read(asked: Asked) -> Iterator[Said]:
        if (asked.owner == "other" and path != "payers.0.authorization_number") or (
            contact_points.phones(asked.text) and "-" in asked.text and len(asked.text) < 15
        ):
            return
        match = card_number(asked.text)
        if match and not NONE.match(asked.text):
            yield Said(path, match[0].strip(), match.start(), match.end())
        said = re.search(r"medicare|medicaid", asked.label, re.I)
        if said:
            yield Said("payers.0.kind", said[0].lower(), 0, len(asked.text), 0.97)
            # Each state's Medicaid has a name of its own.
            sure = 0.9 if said[0].lower() == "medicare" else 0.8
            yield Said("payers.0.name", said[0].capitalize(), 0, len(asked.text), sure)

    return read


def read_member_and_group(asked: Asked) -> Iterator[Said]:
    """Both numbers behind one label: "BCH 5530718 / 0093"."""
    for path, part in zip(("payers.0.member_id", "payers.0.group_number"), asked.text.split("/"), strict=False):
        at = asked.text.find(part)
        for said in number_at(path)(asked._replace(text=part)):
            yield said._replace(start=said.start + at, end=said.end + at)


def read_insurance(asked: Asked) -> Iterator[Said]:
    text = asked.text.strip()
    if (
        asked.owner == "other"
        or not LETTER.search(text)
        or re.fullmatch(r"(?i)\W*(?:n/?a|unknown|tbd|see attached.*|yes|no)\W*", text)
    ):
        return
    kind = payer_kind(f"{text}", asked.label)
    if kind:
        yield Said("payers.0.kind", kind, 0, len(asked.text), 0.97)
    name = re.split(
        r"[,;(]|\s[-–|]\s|\b(?:ID|Member|Policy|Group|Grp|Claim|Phone|Auth|Eff|Subscriber|#)\b"
        r"|\s(?=[A-Z0-9-]*\d)(?=[A-Z0-9-]{6,}(?:\s|$))",
        text,
    )[0].strip(" .:#")
    if (
        kind not in ("private_pay", "school")
        and len(LETTER.findall(name)) >= 3
        and not re.search(r"\d{4}", name)
    ):
        start = max(asked.text.find(name), 0)
        yield Said("payers.0.name", name, start, start + len(name), 0.97)
    rest = asked.text[len(name) :]
    announced = re.search(r"(?:member|policy|subscriber|\bID)\b\W*(?:ID|#|no\.?|number)?\W*", rest, re.I)
    if announced and (match := card_number(rest[announced.end() :])):
        at = len(name) + announced.end()
        yield Said("payers.0.member_id", match[0].strip(), at + match.start(), at + match.end(), 0.95)
    elif match := re.match(r"\s*((?=[A-Z0-9-]*\d)[A-Z0-9-]{6,})\s*$", rest):
        # "Medicare 1EG4-TE5-MK73": a plan with its number and no word between.
        yield Said("payers.0.member_id", match[1], len(name) + match.start(1), len(name) + match.end(1), 0.95)
    for span in payers.group_numbers(asked.text)[:1]:
        yield Said("payers.0.group_number", span.value, span.start, span.end, 0.95)


def payer_kind(text: str, label: str = "") -> str | None:
    """The kind of cover that a plan's name or its label tells; commercial where neither tells another."""
    if re.search(r"work(?:er|ers)?'?s?'?\s?comp|\bwc\b", label, re.I):
        return "workers_comp"
    if re.search(r"\bauto\b", label, re.I):
        return "auto"
    if re.search(r"district|school|purchase order|\bIEP\b|\bIDEA\b", text, re.I):
        return "school"
    for span in payers.kinds(text):
        return span.value
    if re.search(r"\b(?:comp(?:ensation)?|WC|industrial|state fund)\b", text, re.I):
        return "workers_comp"
    if re.search(r"\bauto(?:mobile)?\b|no[- ]fault|\bMVA\b|\bPIP\b", text, re.I):
        return "auto"
    if re.search(r"self|private|cash|uninsured|none", text, re.I):
        return "private_pay"
    return None


_AUTHORIZED: Final = {
    WORDS.any_of(f"authorization.{kind}"): "required" if kind == "not_yet" else kind
    for kind in ("not_required", "not_yet", "pending", "approved", "required")
}


def read_authorization(asked: Asked) -> Iterator[Said]:
    text = asked.text
    status = None
    for kind, word in _AUTHORIZED.items():
        if match := kind.search(text):
            status = Said("payers.0.authorization_status", word, match.start(), match.end())
            break
    number = re.search(
        r"(?:#|no\.?|number|auth\w*|ref\w*)?\W*\b((?=[A-Z0-9-]*\d)[A-Z0-9][A-Z0-9-]{3,18})\b", text
    )
    year = number and re.fullmatch(r"(?:19|20)\d\d", number[1])
    if number and not dates.days(number[1], asked.written_on) and not year:
        # What goes on behind a speck was read with a slip.
        sure = 0.8 if re.match(r"[.,'] ?\d|\s\d", text[number.end(1) :]) else 1.0
        yield Said("payers.0.authorization_number", number[1], number.start(1), number.end(1), sure)
        status = status or Said(
            "payers.0.authorization_status", "approved", number.start(1), number.end(1), 0.9
        )
    approved = status is not None and status.value == "approved"
    if approved and (match := re.search(r"\b(\d{1,3})\s*(?:visits?|sessions?|treatments?)\b", text, re.I)):
        yield Said("frequencies", {"total_visits": int(match[1])}, match.start(), match.end())
    if status:
        yield status


def read_referral_number(asked: Asked) -> Iterator[Said]:
    """The number of a referral of the veterans' office is its authorization; others count as they like."""
    if match := re.match(r"\W*(VA\d{9,12})\b", asked.text):
        yield Said("payers.0.authorization_number", match[1], match.start(1), match.end(1))


def read_claim(asked: Asked) -> Iterator[Said]:
    for said in number_at("payers.0.member_id")(asked):
        yield said
        yield (
            Said("payers.0.claim_number", said.value, said.start, said.end)
            if said.path.endswith("member_id")
            else said
        )
