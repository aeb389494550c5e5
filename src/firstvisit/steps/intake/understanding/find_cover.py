"""Who pays, under which numbers, and what was said of authorization. Pure."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from firstvisit.steps.intake.understanding.corrections import MARKER
from firstvisit.steps.intake.understanding.finding import Finding, rule_of
from firstvisit.steps.intake.understanding.found import Found
from firstvisit.steps.intake.understanding.passages import Passage
from firstvisit.steps.intake.understanding.values import contact_points, payers
from firstvisit.steps.intake.understanding.values.span import Span

_TOPICS: Final = ("insurance", "member", "group", "claim", "authorization")
_SPEAKS_OF_IT: Final = re.compile(r"(?i)insurance|coverage|medica|plan\b|payer|carrier|\bID\b|member|group|claim|auth|HMO|PPO|EPO|seguro|pay|benefit|policy|\bcard\b|comp\b")

_LONGEST_ANSWER: Final = 6
"""Sentences of an answer within which a card that was read out may be taken back."""
_YES: Final = re.compile(r"(?i)\W*(?:yes|yeah|yep|sí|si|correct|right|uh-huh|that's right)\b")


class Cover:
    """Finds cover. The first payer said is the primary one, unless it is said to be the second."""

    def __init__(self, finding: Finding) -> None:
        self.finding = finding
        self.told = finding.told

    def find(self) -> None:
        for passage in self.told.passages:
            if passage.zone == "subject" and not re.search(r"(?i)claim|\bWC\b|comp\b", passage.text):
                continue
            asked = passage.about(*_TOPICS)
            kinds = payers.kinds(passage.text)
            if passage.zone == "label" and passage.about("member", "insurance") and (named_by := payers.kinds(passage.question)) and re.search(r"\d{4}|(?i:^\W*(?:yes|y|part|primary|true|sí)\b)", passage.text):
                self.finding.add("payers.0.kind", named_by[0].value, passage, 0, len(passage.text), "label")
            named = payers.plan_names(passage.text, asked=passage.about("insurance") and not kinds and (passage.first or passage.zone == "label"))
            self.kinds(passage, kinds, named)
            self.numbers(passage, asked or bool(kinds or named) or bool(_SPEAKS_OF_IT.search(passage.text)), bool(kinds or named) or asked)
            for span in payers.authorization(passage.text, asked=passage.about("authorization")):
                self.finding.add("payers.0.authorization_status", span.value, passage, span.start, span.end, rule_of(passage))
            self.by_label(passage)
        self.not_twice()
        self.from_name()
        self.authorized()
        self.all_one()

    def kinds(self, passage: Passage, kinds: list[Span[str]], named: list[Span[str]]) -> None:
        rule = rule_of(passage)
        first = [span for span in kinds if not payers.is_secondary(passage.text, span.start)]
        for span in first:
            if span.value == "commercial" and self.finding.has("payers.0.kind", passage.patient or 0):
                continue
            if self.takes_question(passage, span):
                continue
            known = self.finding.values("payers.0.kind", passage.patient or 0)
            if known and known[0].value != span.value:
                if span.value in ("workers_comp", "auto"):
                    pass
                else:
                    continue  # the first one said is the primary one
            self.finding.add("payers.0.kind", span.value, passage, span.start, span.end, rule)
        for span in named:
            if payers.is_secondary(passage.text, span.start, span.end) or payers.is_generic(span.value) or passage.about("secondary", "organization", "referrer"):
                continue
            cued = _SPEAKS_OF_IT.search(passage.text) or payers.is_known(span.value)
            if (not cued and not passage.about("insurance", "secondary", "member")) or self.takes_question(passage, span):
                continue
            if re.search(r"(?i)\bmedicare\b[^.;\n]{0,12}(?:,|\band\b|\bplus\b|&|\+|\bwith\b)\s*(?:then |a |an )?$", passage.text[: span.start]) and not re.search(r"(?i)medicare|advantage", span.value):
                continue  # "Medicare and Anthem": the plan behind it pays what Medicare leaves
            if any(each.value != span.value for each in self.finding.values("payers.0.name", passage.patient or 0)):
                continue
            if passage.about("prose", "service", "patient name") and passage.zone == "label" and not (_SPEAKS_OF_IT.search(passage.text.replace(span.value, "")) or payers.is_known(span.value)):
                continue
            self.finding.add("payers.0.name", span.value, passage, span.start, span.end, rule)

    def takes_question(self, passage: Passage, span: Span[str]) -> bool:
        """ "Do you take Aetna?" asks of ours and tells nothing of theirs."""
        sentence = passage.text
        return bool(re.search(r"(?i)\b(?:do|does) (?:you|they)(?: guys)? (?:take|accept|bill|work with)\b", sentence[: span.start]))

    def numbers(self, passage: Passage, cued: bool, bare: bool) -> None:
        text = passage.cards.text
        rule = rule_of(passage)
        taken: list[tuple[int, int]] = [(span.start, span.end) for span in contact_points.phones(text)]
        for path, spans in (
            ("payers.0.authorization_number", payers.authorization_numbers(text)),
            ("payers.0.claim_number", payers.claim_numbers(text)),
            ("payers.0.group_number", payers.group_numbers(text)),
        ):
            for span in spans:
                if not _overlaps(span, taken):
                    taken.append((span.start, span.end))
                    self.finding.add_span(path, Span(span.start, span.end, span.value.upper()), passage, rule, view=passage.cards)
        if not cued:
            return
        for span in payers.member_numbers(text, bare=bare and not passage.about("organization")):
            if _overlaps(span, taken) or re.fullmatch(r"\d{1,2}[/-]\d{1,2}[/-]\d{2,4}", span.value):
                continue
            if any(each.value != _plain(span.value) for each in self.finding.values("payers.0.member_id", passage.patient or 0)):
                if not self.taken_back(passage):
                    continue
                self.finding.found = [each for each in self.finding.found if each.path != "payers.0.member_id" or each.patient != (passage.patient or 0)]
            taken.append((span.start, span.end))
            # Letters said around the digits that were not drawn to them: part of the number is missing.
            part = re.search(r"(?i)(?:(?<!['’])\b(?-i:[B-HJ-Z])|\b(?:dash|hyphen|as in \w+|like \w+|for \w+))[\s,.-]*$", text[: span.start]) or re.match(r"(?i)[\s,.]*(?:(?:and )?(?:then )?(?:dash|hyphen|slash)\b|(?-i:[B-HJ-Z])\b(?!['’]))", text[span.end :])
            number = re.sub(r"^MBI(?=\d)", "", _plain(span.value))
            if re.fullmatch(r"[A-Z]{2}\d{5}", number) and re.search(r"\b[A-Z]{2} \d{5}\b", text[span.start : span.end]):
                continue  # a state and its ZIP
            self.finding.add_span("payers.0.member_id", Span(span.start, span.end, number), passage, rule, 0.2 if part else 0.0, passage.cards)

    def taken_back(self, passage: Passage) -> bool:
        """Whether the speaker takes back, in this answer and before these words, what they read out: "wait, that's my other card"."""
        if self.told.channel != "phone" or passage.first:
            return False
        at = self.told.passages.index(passage)
        answer = []
        for earlier in reversed(self.told.passages[max(0, at - _LONGEST_ANSWER) : at]):
            answer.append(earlier.text)
            if earlier.first or earlier.question != passage.question:
                break
        return any(MARKER.search(text) for text in (*answer[:-1], passage.text))

    def by_label(self, passage: Passage) -> None:
        """A number that is the whole value of its label."""
        value = passage.text.strip().strip("#")
        at = passage.text.find(value)
        for topic, name in (("member", "member_id"), ("group", "group_number"), ("claim", "claim_number")):
            if passage.zone == "label" and passage.about(topic) and re.fullmatch(r"[A-Za-z]{0,6}[\d A-Za-z-]*\d[\d A-Za-z-]*", value) and len(value) <= 24:
                self.finding.add(f"payers.0.{name}", _plain(value) if name == "member_id" else value, passage, at, at + len(value), "label")

        if passage.zone == "label" and passage.about("authorization"):
            number = re.match(r"\s*#?\s*((?=[A-Z0-9-]*\d)[A-Z0-9]+(?:-[A-Z0-9]+)*)\b(?! visits)", passage.text)
            if number and len(number[1]) >= 5 and not re.fullmatch(r"(?:19|20)?\d\d(?:-\d+)*", number[1]):
                self.finding.add("payers.0.authorization_number", number[1], passage, number.start(1), number.end(1), "label")

    def from_name(self) -> None:
        """A plan by a name that is nobody's programme is commercial; "Advantage" that replaces Medicare is Medicare."""
        for patient in range(self.told.patients):
            names = self.finding.values("payers.0.name", patient)
            if not names:
                continue
            if any(each.value == "private_pay" for each in self.finding.values("payers.0.kind", patient)):
                self.finding.found = [each for each in self.finding.found if each.path != "payers.0.name" or each.patient != patient]
                continue  # whoever pays themselves names a plan only to say so
            name = str(names[0].value)
            if re.match(r"(?i)state farm|geico|progressive|allstate|farmers|usaa|liberty mutual|travelers|sedgwick|gallagher", name):
                self.of_an_injury(names[0])
                continue
            kind = next((span.value for span in payers.kinds(name)), None)
            kinds = {each.value for each in self.finding.values("payers.0.kind", patient)}
            if kind in (None, "commercial"):
                words = self.told.words
                if kinds - {"commercial"}:
                    continue
                if re.search(r"(?i)\badvantage\b", name) and re.search(r"(?i)medicare", words):
                    kind = "medicare"
                elif re.search(r"(?i)\bVA\b|veterans|tricare|champva", name):
                    continue
                elif re.search(r"(?i)\b(?:casualty|indemnity|claim)\b", f"{name} {words if self.finding.has('payers.0.claim_number') else ''}"):
                    kind = "workers_comp" if re.search(r"(?i)\bat work\b|comp\b|injured worker|on the job|employer", words) else None
                else:
                    kind = "commercial"
            if kind and kind not in kinds:
                found = names[0]
                self.finding.found.append(type(found)("payers.0.kind", kind, 0.9, found.place, found.quote, "follows from", patient))

    def of_an_injury(self, named: Found) -> None:
        """An insurer of cars and of work: which of both, the words about how it came tell."""
        words = self.told.words
        work = re.search(r"(?i)\bat work\b|\bcomp\b|injured worker|on the job", words)
        car = re.search(r"(?i)\bcar\b|driver|rear-ended|crash|motor vehicle|accident|collision|wreck", words)
        kind = "workers_comp" if work and not car else "auto" if car and not work else None
        if kind and not self.finding.has("payers.0.kind", named.patient):
            self.finding.found.append(type(named)("payers.0.kind", kind, 0.9, named.place, named.quote, "follows from", named.patient))

    def not_twice(self) -> None:
        """A number that was read as the authorization's or the claim's is not the member's."""
        taken = {_plain(str(each.value)) for each in self.finding.found if each.path.endswith(("authorization_number", "claim_number", "group_number"))}
        self.finding.found = [
            each for each in self.finding.found if not (each.path.endswith("member_id") and _plain(str(each.value)) in taken)
        ]

    def authorized(self) -> None:
        """A number that was given for an authorization says that it was approved, where nobody says otherwise."""
        for patient in range(self.told.patients):
            numbers = self.finding.values("payers.0.authorization_number", patient)
            if self.told.channel == "phone" and numbers and not self.finding.values("payers.0.authorization_status", patient):
                self.finding.found.append(replace(numbers[0], path="payers.0.authorization_status", value="approved", confidence=0.88, rule="follows from"))

    def all_one(self) -> None:
        """Where an injury's claim is what pays, its number stands for the member's; a school pays what a school asks for
        at its own expense."""
        kinds = {each.value for each in self.finding.values("payers.0.kind")}
        claims = self.finding.values("payers.0.claim_number")
        if claims and not kinds & {"workers_comp", "auto"}:
            work = re.search(r"(?i)\bat work\b|\bcomp\b|injured worker|on the job|employer|adjuster", self.told.words)
            if not work and re.search(r"(?i)\b(?:hit by a car|car accident|rear-ended|car crash|crash|motor vehicle|the (?:other )?driver|auto accident|wreck|mva)\b", self.told.words):
                self.finding.found.append(type(claims[0])("payers.0.kind", "auto", 0.9, claims[0].place, claims[0].quote, "follows from"))
            if work:
                self.finding.found.append(type(claims[0])("payers.0.kind", "workers_comp", 0.9, claims[0].place, claims[0].quote, "follows from"))
        if not kinds and not self.finding.has("payers.0.kind") and (va := re.search(r"\bVA\b[^\n]{0,200}(?:[Cc]ommunity [Cc]are|[Aa]uthoriz)|[Vv]eteran\b[^\n]{0,120}(?:[Cc]ommunity [Cc]are|[Aa]uthoriz)", self.told.words, re.S)):
            numbers = self.finding.values("payers.0.authorization_number")
            if numbers and va:
                self.finding.found.append(type(numbers[0])("payers.0.kind", "va", 0.9, numbers[0].place, numbers[0].quote, "follows from"))
        for passage in self.told.passages:
            if passage.about("insurance") and (match := re.match(r"(?i)\W*(?:the )?(?:school district|school|district|isd)\b", passage.text)):
                self.finding.add("payers.0.kind", "school", passage, match.start(), match.end(), rule_of(passage))
            asked = re.search(r"(?i)\b(medicaid|medicare)\?", passage.question)
            if asked and passage.about("insurance", "member") and _YES.match(passage.text) and not self.finding.has("payers.0.kind"):
                self.finding.add("payers.0.kind", asked[1].lower(), passage, 0, len(passage.text), "asked and answered")


def _plain(number: str) -> str:
    """As printed on the card, without the spaces and hyphens that only group it where it is spoken or typed apart."""
    return re.sub(r"\s+", "", number).strip("-").upper()


def _overlaps(span: Span[str], taken: list[tuple[int, int]]) -> bool:
    return any(start < span.end and span.start < end for start, end in taken)
