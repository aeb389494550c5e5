"""What is wanted: therapy, program, place, how soon, papers, how often, when they can come, and in their own words. Pure."""

from __future__ import annotations

import re
from typing import Final

from firstvisit.steps.intake.understanding import days_alone
from firstvisit.steps.intake.understanding.finding import Finding, rule_of
from firstvisit.steps.intake.understanding.passages import Passage, sentences
from firstvisit.steps.intake.understanding.values import (
    care,
    codes,
    dates,
    events,
    half_days,
    near_days,
    papers,
    plans_of_care,
)
from firstvisit.steps.intake.understanding.values.programs import program
from firstvisit.steps.intake.understanding.values.span import Span

_NAMED: Final = 0.85
_OURS_DOES: Final = re.compile(r"(?i)\b(?:that(?:'s|’s|'d| is| would| sounds)|so|it's|it'd be|one of our|our|we have|we start with|sounds like)\b(?![^.]*\b(?:this is|thank you|thanks for|you've reached)\b)")
_LONGEST_CONCERN: Final = 400


class Care:
    """Finds what is wanted."""

    def __init__(self, finding: Finding) -> None:
        self.finding = finding
        self.told = finding.told
        self.writer = finding.writing.writer

    def find(self) -> None:
        for passage in self.told.passages:
            self.codes(passage)
            self.wishes(passage)
            if passage.zone != "sender":
                self.papers(passage)
                self.events(passage)
            self.frequency(passage)
        self.availability()
        self.told_by_us()
        self.both_services()
        for patient in range(self.told.patients):
            self.program(patient)
            self.concern(patient)
        self.asks()

    def codes(self, passage: Passage) -> None:
        text = passage.cards.text
        for code in codes.diagnoses(text if not passage.about("codes") else f"dx {text}"):
            if _STRUCK.match(passage.text, text.find(code.value) + len(code.value) if code.value in text else len(text)):
                continue
            shift = 3 if passage.about("codes") else 0
            start, end = passage.cards.back(max(0, code.start - shift), max(1, code.end - shift))
            self.finding.add("diagnoses", {"code": code.value}, passage, start, end, rule_of(passage))
        for npi in codes.npis(text if not passage.about("npi") else f"npi {text}"):
            shift = 4 if passage.about("npi") else 0
            start, end = passage.cards.back(max(0, npi.start - shift), max(1, npi.end - shift))
            self.finding.add("referrer.npi", npi.value, passage, start, end, rule_of(passage))

    def wishes(self, passage: Passage) -> None:
        text = passage.text
        rule = rule_of(passage)
        quiet = (passage.about("organization", "referrer", "my name", "patient name", "name") and passage.zone == "label") or passage.zone == "signature"
        if not quiet:
            labelled = passage.zone == "label" and passage.about("service")
            for found in care.disciplines(text):
                name, wanted = found.value
                if passage.about("symptoms"):
                    continue
                less = 0.0 if wanted or labelled or passage.zone == "subject" else 0.07
                self.finding.add("disciplines", name, passage, found.start, found.end, "label" if labelled else "in these words", less)
            if labelled:
                for name, shape in (("OT", r"\bot\b|\boccupational\b"), ("PT", r"\bpt\b|\bphysical\b"), ("SLP", r"\b(?:st|slp|speech)\b")):
                    if match := re.search(shape, text, re.I):
                        self.finding.add("disciplines", name, passage, match.start(), match.end(), "label")
            found_services = care.services(text)
            for service in found_services:
                self.finding.add("service", service.value, passage, service.start, service.end, "label" if labelled else "in these words")
        if quiet:
            return
        settled_place = passage.zone == "label" and passage.about("setting")
        if settled_place and (place := re.match(r"(?i)\W*(?:in[- ]?)?(home|clinic|office|school|telehealth|virtual|video|online)\b", text)):
            where = {"office": "clinic", "virtual": "telehealth", "video": "telehealth", "online": "telehealth"}
            self.finding.add("setting", where.get(place[1].lower(), place[1].lower()), passage, place.start(1), place.end(1), "label")
        for setting in care.settings(text if not settled_place else f"where: {text}"):
            shift = 7 if settled_place else 0
            self.finding.add("setting", setting.value, passage, max(0, setting.start - shift), max(0, setting.end - shift), rule if settled_place or passage.about("setting") else "in these words")
        if (start := care.starts(text)) and (soon := care.timing_of_month(start.value, self.told.written_on)):
            self.finding.add("timing", soon, passage, start.start, start.end, "in these words")
        timings = care.timings(text)
        for timing in timings:
            if timing.value == "later" and re.match(r"(?i)no|not", text[timing.start : timing.end]) and any(t.value in ("two_weeks", "within_month") for t in timings):
                continue  # "not in a rush, in three weeks or so": the weeks say it
            asked = passage.about("timing")
            if passage.about("insurance", "authorization") and not asked:
                continue
            if timing.value == "later" and self.told.channel == "phone" and not asked and re.match(r"(?i)(?:next|in the)\b", text[timing.start :]) and not re.search(r"(?i)\b(?:start|begin|come|appointment|visit|therapy|get in|get going|wait|until|till|schedul\w*|see (?:you|somebody|someone))\b", text):
                continue
            self.finding.add("timing", timing.value, passage, timing.start, timing.end, rule if asked else "in these words", 0.0 if asked else 0.03)

    def told_by_us(self) -> None:
        """The therapy that whoever answers says it is ("That'd be one of our OTs"), where the caller named none."""
        if self.told.channel != "phone" or not self.told.passages or any(each.confidence >= _NAMED for each in self.finding.values("disciplines")):
            return
        for _, sentence in sentences(self.told.agent):
            named = {found.value[0] for found in care.disciplines(sentence)} if _OURS_DOES.search(sentence) else set()
            if len(named) == 1:
                self.finding.add("disciplines", named.pop(), self.told.passages[0], 0, 0, "follows from")
                return

    def both_services(self) -> None:
        """Where evaluation and treatment are both wanted, an evaluation said alone elsewhere is a part of it."""
        both = {each.patient for each in self.finding.found if each.path == "service" and each.value == "evaluation_and_treatment"}
        self.finding.found = [
            each for each in self.finding.found if not (each.path == "service" and each.value == "evaluation" and each.patient in both)
        ]

    def papers(self, passage: Passage) -> None:
        listed = passage.zone == "label" and bool(_LISTS_PAPERS.search(passage.question))
        for paper in papers.listed(passage.text) if listed else papers.papers(passage.text):
            self.finding.add("documents", paper.value, passage, paper.start, paper.end, rule_of(passage))
        yes = papers.affirmed(passage.text)
        order = (passage.about("documents") or passage.first) and papers.asks_for_an_order(passage.question[-80:])
        if order and yes:
            self.finding.add("documents", "order", passage, yes.start, yes.end, rule_of(passage))
        for signed in papers.signature(passage.text):
            self.finding.add("order_signed", signed.value, passage, signed.start, signed.end, rule_of(passage))
        answered = yes or papers.denied(passage.text)
        if answered and passage.about("signed") and not papers.signature(passage.text):
            self.finding.add("order_signed", bool(yes), passage, 0, len(passage.text), rule_of(passage))

    def events(self, passage: Passage) -> None:
        text = passage.view.text
        births = {each.quote for each in self.finding.values("patient.date_of_birth", passage.patient or 0)}
        days = []
        for span in dates.days(text, self.told.written_on):
            start, end = passage.view.back(span.start, span.end)
            if passage.text[start:end] not in births and not passage.about("dob", "written on"):
                days.append(span)
        if passage.about("event") and passage.zone == "label" and days:
            label = f"{passage.question} {text}"
            kind = next((told.value.kind for told in events.events(label, [], self.told.written_on)), None)
            if kind:
                self.note_event(passage, kind, days[0])
            return
        if not days and self.told.dated and (passage.zone in ("text", "answer") or passage.about("prose")):
            days = near_days.near_days(text, self.told.written_on)
        if not days:
            return
        for told in events.events(text, days, self.told.written_on):
            if told.value.day is not None:
                self.note_event(passage, told.value.kind, told.value.day)
        if self.told.channel == "phone" and not events.events(text, days, self.told.written_on) and (kind := days_alone.kind_before(self.told.passages, passage, days[0], self.told.written_on)):
            self.note_event(passage, kind, days[0])

    def note_event(self, passage: Passage, kind: str, day: Span[dates.Day]) -> None:
        start, end = passage.view.back(day.start, day.end)
        if abs((day.value.date - self.told.written_on).days) > 365 * 25:
            return
        less = 0.0 if day.value.year_said else 0.03
        date = day.value.date
        behind = kind in ("injury", "onset") or near_days.looks_back(passage.view.text)
        if self.told.dated and not day.value.year_said and behind and date > self.told.written_on and (date.month, date.day) != (2, 29):
            date = date.replace(year=date.year - 1)
        self.finding.add("events", {"kind": kind, "date": date.isoformat()}, passage, start, end, rule_of(passage), less)

    def frequency(self, passage: Passage) -> None:
        if passage.about("symptoms") or (self.writer == "organization"):
            return
        text = passage.view.text
        labelled = passage.about("frequency") and passage.zone == "label"
        found = plans_of_care.frequencies(text)
        whole = {name for span in found for name in span.value} >= {"visits_per_week", "weeks"}
        for span in found:
            if _HAD.search(text) and not (whole and _NOW.search(text[: span.start])):
                continue
            therapy = re.search(r"(?i)\b(?:PT|OT|SLP|ST|therapy|order\w*|says|visits?|eval|treat|auth|surgeon|doctor|each|wants?|script|frequency|x|like|sessions?|wk|plan|CDT|approved|semana)\b|\dx", text)
            if not (labelled or therapy or whole or passage.about("frequency", "documents", "authorization") or (self.writer == "professional" and self.told.channel != "phone")):
                continue
            start, end = passage.view.back(span.start, span.end)
            self.finding.add("frequencies", span.value, passage, start, end, rule_of(passage))

    def availability(self) -> None:
        """Half days in which they can come, over everything that was said; none where they only say when they cannot."""
        said: list[tuple[Passage, half_days.Coming]] = []
        for passage in self.told.passages:
            if self.about_coming(passage):
                said += ((passage, each) for each in half_days.coming(self.with_half(passage), asked=self.asked(passage)))
        for value, n in half_days.half_days(each for _, each in said).items():
            passage, each = said[n]
            shift = len(self.with_half(passage)) - len(passage.view.text)
            start, end = passage.view.back(max(0, each.start - shift), max(1, each.end - shift))
            self.finding.add("availability", value, passage, start, end, self.times_rule(passage, each))

    def times_rule(self, passage: Passage, said: half_days.Coming) -> str:
        if not said.sure:
            return "some of its words"
        return rule_of(passage) if self.asked(passage) else "in these words"

    def with_half(self, passage: Passage) -> str:
        """The words; where a form asks "Mornings" and for days beside it, with that half before them."""
        if passage.zone == "label" and re.fullmatch(r"(?i)\W*(?:mornings?|afternoons?|evenings?|am|pm)\W*", passage.question):
            return f"{passage.question.strip(' :')}: {passage.view.text}"
        return passage.view.text

    def asked(self, passage: Passage) -> bool:
        return passage.about("availability") or (passage.about("timing") and passage.zone == "label") or self.with_half(passage) != passage.view.text

    def about_coming(self, passage: Passage) -> bool:
        """Whether times in it can be times of coming, and not of a call back or of something they have elsewhere."""
        if passage.zone in ("subject", "signature", "sender"):
            return False
        if passage.zone == "label" and re.search(r"(?i)\b(?:call|contact|reach|phone)\b", passage.question):
            return False
        if re.search(r"(?i)\b(?:have class|have work|at work|working|busy|can't|cannot|not available|in school)\b", passage.question):
            return False
        if passage.zone == "label" and not self.asked(passage) and passage.asked and not passage.about("prose", "setting", "service", "timing", "contact method"):
            return passage.question == ""
        return not (re.search(r"(?i)\b(?:school|on campus|per week|a week for)\b", passage.text) and self.writer == "organization")

    def program(self, patient: int) -> None:
        """The program by the words of everything but names, addresses and cover."""
        told = [p for p in self.told.passages if p.patient in (None, patient) and not _not_clinical(p)]
        words = "\n".join(_DENIED.sub(lambda match: " " * len(match[0]), _clinical(p.text)) for p in told)
        found_codes = [str(each.value["code"]) for each in self.finding.values("diagnoses", patient) if isinstance(each.value, dict)]
        wanted = {str(each.value) for each in self.finding.values("disciplines", patient) if each.confidence >= 0.8}
        age, old = self.age_of(patient)
        child = age if age is not None else self.said_child()
        best = program(words, codes=found_codes, wanted=wanted, child=child, old=old)
        if best is None or not told:
            return
        at, passage = 0, told[0]
        if best.words is not None:
            for each in told:
                size = len(_clinical(each.text)) + 1
                if at <= best.words.start < at + size:
                    passage = each
                    break
                at += size
        begin = max(0, best.words.start - at) if best.words else 0
        end = min(len(passage.text), begin + len(best.words.value)) if best.words else 0
        rule = "most of its words" if best.lead >= 0.25 else "some of its words"
        own = Passage(passage.text, passage.start, passage.zone, passage.asked, passage.where, patient if self.told.patients > 1 else None)
        self.finding.add("program", best.slug, own, begin, end, rule)

    def age_of(self, patient: int) -> tuple[bool | None, bool]:
        """Whether the patient is a child (None where nobody said) and whether 65 or more."""
        import datetime as dt

        for each in self.finding.values("patient.date_of_birth", patient):
            years = (self.told.written_on - dt.date.fromisoformat(str(each.value))).days / 365.25
            return years < 18, years >= 65
        for each in self.finding.values("patient.age_years", patient):
            years = float(str(each.value))
            return years < 18, years >= 65
        return None, False

    def said_child(self) -> bool | None:
        relative = self.finding.writing.relative
        if relative and relative.child:
            return True
        if self.writer == "patient" or (relative and relative.speaker_is in ("child", "spouse", "grandchild")):
            return False
        return True if re.search(r"(?i)\b(?:student|grader|kindergart\w+|toddler|infant|preschool\w*|my (?:son|daughter))\b", self.told.words) else None

    def concern(self, patient: int) -> None:
        """The sentences in which somebody tells what is the matter."""
        told = [p for p in self.told.passages if p.patient in (None, patient)]
        labelled = [p for p in told if p.zone == "label" and p.about("prose")]
        kept = [p for p in (labelled or told) if _tells(p.text) and not p.text.strip().endswith("?") and p.zone != "signature"]
        if not kept:
            return
        words = " ".join(_ended(" ".join(p.text.split())) for p in kept)[:_LONGEST_CONCERN]
        own = Passage(kept[0].text, kept[0].start, kept[0].zone, kept[0].asked, kept[0].where, patient if self.told.patients > 1 else None)
        self.finding.add("concern", words, own, 0, len(kept[0].text), "in these words")

    def asks(self) -> None:
        asked = [p for p in self.told.passages if p.text.strip().endswith("?") and len(p.text.split()) >= 4 and p.zone != "subject" and not re.search(r"(?i)^\W*(?:hi|hello|this week|hola)\b", p.text)]
        if asked:
            words = " ".join(" ".join(p.text.split()) for p in asked)[:_LONGEST_CONCERN]
            self.finding.add("asks", words, asked[0], 0, len(asked[0].text), "in these words")


_STRUCK: Final = re.compile(r"\??\W{0,5}(?:strike|scratch|ignore|delete|disregard|remove|leave) (?:that|it|this|off)\b", re.I)
"""Words that take back what stands before them."""
_LISTS_PAPERS: Final = re.compile(r"(?i)attach|upload|enclos|\bfiles?\b|documents|papers\b|paperwork|included")
"""Labels behind which nothing but papers stands."""
_DENIED: Final = re.compile(
    r"(?i)\b(?:it was(?:n't| not)|was(?:n't| not)|is(?:n't| not)|not|never had|thought (?:it|he|she|i)(?:'d)? (?:was|had)|ruled out|afraid it was|no (?:sign of|history of)?) ?(?:a |an |any |another |my |the )?(?:stroke|concussion|seizure|heart attack|fracture|surgery|MS|parkinson\w*)\b|"
    r"\b(?:freestyle|swim\w*|back|breast|golf|tennis) stroke\b|\bthe stroke, the\b|\bstroke of\b|\bpelvic (?:ring|fracture|x-?ray|girdle fracture)\b|fractured pelvis|\bheart attack\b"
)
"""Words for an ailment that somebody says they have not, or that mean something else."""


_HAD: Final = re.compile(r"(?i)\b(?:had been|has been getting|was getting|gets|getting|currently|already|through our old|at school|in school|used to|home health|previous\w*)\b")
"""Words of how often somebody is treated elsewhere, or was."""
_NOW: Final = re.compile(r"(?i)\b(?:(?:so|and|but) now|now (?:he|she|they|the)|wants|orders?|ordered)\b")
"""Words with which a sentence turns from what was to what is ordered."""


def _not_clinical(passage: Passage) -> bool:
    labelled = passage.zone == "label" and passage.about(
        "insurance", "member", "group", "organization", "referrer", "address", "city", "email", "phone", "my name", "patient name", "name",
        "npi", "claim", "authorization", "office phone", "office fax", "contact phone", "availability", "form", "written on",
    )  # fmt: skip
    return labelled or passage.zone == "signature"


def _clinical(text: str) -> str:
    """Without names of organizations and people, which are full of clinical words: "Marietta Hand Center"."""
    from firstvisit.steps.intake.understanding.values import names

    def blank(match: re.Match[str]) -> str:
        return " " * len(match[0]) if names.is_organization(match[0]) and len(match[0].split()) > 1 and not re.match(r"(?:Speech|Occupational|Physical|Hand|Work|Pelvic|Functional|Home|Low|Driving|Balance|Sensory|Feeding|Voice|PT|OT)\b", match[0]) else match[0]

    text = re.sub(r"\b[A-Z][\w'’&.-]*(?: (?:of |the |and |& )?[A-Z][\w'’&-]*){1,5}", blank, text)
    return re.sub(r"(?i)\b(?:pediatrician|neurologist|orthopedist|hand surgeon|pelvic specialist|no falls|denies falls)\b", lambda m: " " * len(m[0]), text)


def _tells(text: str) -> bool:
    return bool(re.search(
        r"(?i)\b(?:pain|hurt\w*|surgery|stroke|fell|falls?|trouble|difficult\w*|can't|cannot|won't|doesn't|isn't|not|diagnos\w*|delay\w*|injur\w*|burn\w*|weak\w*|dizz\w*|autism|adhd|parkinson\w*|stutter\w*|replac\w*|repair\w*|swollen|swelling|"
        r"concussion|need\w*|voice|speech|handwriting|pencil|walk\w*|balance|arthritis|splint|sounds?|words|eat\w*|leak\w*|ms\b|sclerosis|vision|fractur\w*|broke\w*|strain\w*|sprain\w*|tear|torn|therapy|residents|students|testing|tartamud\w*|dolor(?:es)?\b|duele\w*|operaci[oó]n|operar\w+|cirug[ií]a|ca[ií]da|se cay[oó]|me ca[ií]|lesi[oó]n|lastim\w+|derrame|no pued[eo]|le cuesta|hinchad\w+|mareos?|debilidad|terapia|vertigo|swallow\w*|memory|\bPT\b|\bOT\b)", text
    ))  # fmt: skip


def _ended(sentence: str) -> str:
    """A sentence with its stop, so that a subject and what follows do not run together."""
    return sentence if sentence[-1:] in ".!?:;," else f"{sentence}."
