"""Names of the patient, the contact and the referrer, and what is said of the patient: birth, age, sex, language. Pure."""

from __future__ import annotations

import datetime as dt
import re
from typing import Final

from firstvisit.referral.names import person_name
from firstvisit.referral.vocabulary import LANGUAGES
from firstvisit.steps.intake.understanding.finding import Finding, rule_of
from firstvisit.steps.intake.understanding.parties import Mention
from firstvisit.steps.intake.understanding.passages import Passage
from firstvisit.steps.intake.understanding.values import dates, events, names, people_words
from firstvisit.steps.intake.understanding.values.dates import Day
from firstvisit.steps.intake.understanding.values.names import NAME
from firstvisit.steps.intake.understanding.values.people_words import OWN_WORD, RELATIVE
from firstvisit.steps.intake.understanding.values.span import Span
from firstvisit.steps.intake.understanding.values.spoken import view

_BORN: Final = re.compile(r"(?:\bborn\b|\bd\.?o\.?b\b|birth|nacid|naci[oó]|nacimiento|cumplea[nñ]os|\bbday\b|\bturn(?:s|ed|ing)? (?:\w+|\d+)\b)[^.;\n]{0,45}$", re.I)
_ALONE: Final = re.compile(r"(?i)(?:[^\w]|\b(?:it's|it is|that's|that is|his is|hers is|mine is|and|um+|uh+|so|well|oh|yes|yeah|sure|the|on|of|okay|es|el|his|hers|he|she)\b)*")
"""What may stand around a day that is said by itself."""
_ROW: Final = re.compile(r"\W*(?:(?:and|um+|uh+|it's|so|okay|yes|yeah|sure|his|hers|mine)\W+)*\d{1,2}[\s,.-]{1,3}\d{1,2}(?:st|nd|rd|th)?[\s,.-]{1,3}(?:(?:19|20)\d\d|\d\d)\W*")
_LONG_AGO: Final = 365 * 2
_LAST_NAME: Final = re.compile(rf"(?i:\b(?:last name|family name|surname|apellido)(?:'s|’s| is| es|,|:)*\s+(?:is\s+)?)({NAME})")
_FIRST_NAME: Final = re.compile(rf"(?i:\b(?:first name|nombre)(?:'s|’s| is|,|:)*\s+)({NAME})")


class People:
    """Finds people; the spelling of names that somebody spelled out holds for all of them."""

    def __init__(self, finding: Finding) -> None:
        self.finding = finding
        self.told = finding.told
        self.writing = finding.writing
        self.spellings = [span.value for span in names.spelled(self.told.words)]

    def find(self) -> None:
        self.labelled()
        self.answered()
        self.mentioned()
        self.undersigned()
        self.spelled_alone()
        self.last_name()
        for passage in self.told.passages:
            self.birth(passage)
            self.confirmed(passage)
        self.only_day()
        for passage in self.told.passages:
            self.age(passage)
        self.sex()
        self.language()
        self.relationship()

    def name(self, party: str, name: str, passage: Passage, start: int, end: int, rule: str, less: float = 0.0) -> None:
        """Note a whole name as the patient's, the contact's or the referrer's."""
        spelled = names.corrected(name, self.spellings)
        rule = "spelled out" if any(each.near and each.near in name.split() for each in self.spellings) else rule
        if party != "patient":
            self.finding.add(f"{party}.name", _without_title(spelled), passage, start, end, rule, less)
            return
        titled = re.search(r"(?i)\b(?:mr|mrs|ms|miss|mister)\.?\s+$", passage.text[:start])
        try:
            parts = person_name(re.sub(rf"^{names.TITLE}\s+", "", spelled))
        except ValueError:
            return  # nothing but a title: no name
        if titled and parts.last is None:
            self.finding.add("patient.last_name", parts.first, passage, start, end, rule, less)
            return
        if parts.first:
            self.finding.add("patient.first_name", _first_only(parts.first), passage, start, end, rule, less)
        if parts.last:
            self.finding.add("patient.last_name", parts.last, passage, start, end, rule, less)
        if self.writing.writer == "patient":
            self.finding.add("contact.name", f"{_first_only(parts.first or '')} {parts.last or ''}".strip(), passage, start, end, rule, less)

    def me(self) -> str:
        """The party that the one who writes is."""
        return {"patient": "patient", "professional": "referrer"}.get(self.writing.writer, "contact")

    def labelled(self) -> None:
        """Names behind labels; "name" alone is the writer's where the patient has a label of their own."""
        topics = [topic for passage in self.told.passages if passage.zone in ("label", "signature") for topic in passage.asked]
        mine = self.writing.writer == "patient"
        own_label = bool({"my name", "parent"} & set(topics))
        has_patient = "patient name" in topics or "patient first" in topics
        for passage in self.told.passages:
            if passage.zone not in ("label", "signature"):
                continue
            text = passage.text.strip()
            at = passage.text.find(text)
            if passage.about("patient name"):
                self.label_name("patient", passage)
            elif passage.about("my name"):
                self.label_name(self.me(), passage)
            elif passage.about("parent"):
                self.label_name("contact", passage)
                self.own_word(passage)
            elif passage.about("name"):
                party = self.me() if self.writing.writer in ("professional", "organization") and not own_label and (has_patient or self.writing.writer == "organization") else "patient" if mine or own_label or (not has_patient and self.writing.relative is None and self.writing.own is None) else self.me()
                self.label_name(party, passage, less=0.0 if mine or has_patient or own_label else 0.1)
            elif passage.about("patient first", "first") and _plain_name(text) and (mine or not passage.about("first")):
                self.finding.add("patient.first_name", text, passage, at, at + len(text), "label")
            elif passage.about("patient last", "last") and _plain_name(text) and (mine or not passage.about("last")):
                self.finding.add("patient.last_name", text, passage, at, at + len(text), "label")
            elif passage.about("referrer"):
                self.label_name("referrer", passage)
        self.two_labels()
        self.whole_contact()

    def two_labels(self) -> None:
        """First and last name behind two labels, of somebody who is not the patient."""
        said = {topic: p for p in self.told.passages for topic in ("first", "last") if p.zone == "label" and p.about(topic)}
        if self.writing.writer != "patient" and len(said) == 2 and not self.finding.has(f"{self.me()}.name"):
            first, last = said["first"], said["last"]
            if _plain_name(first.text.strip()) and _plain_name(last.text.strip()):
                self.finding.add(f"{self.me()}.name", f"{first.text.strip()} {last.text.strip()}", first, 0, len(first.text), "label")

    def whole_contact(self) -> None:
        """First and last name behind two labels are one contact where the patient writes."""
        first, last = self.finding.values("patient.first_name"), self.finding.values("patient.last_name")
        if self.writing.writer == "patient" and first and last and not self.finding.has("contact.name"):
            self.finding.found.append(
                type(first[0])("contact.name", f"{first[0].value} {last[0].value}", 0.95, first[0].place, first[0].quote, "label")
            )

    def label_name(self, party: str, passage: Passage, less: float = 0.0) -> None:
        """The name at the beginning of a label's value; "my son, Joaquin Medina" is Joaquin Medina."""
        text = passage.text
        lead = re.match(rf"\s*(?:(?:my|mi|our)\s+(?:\w+\s+)?(?i:{RELATIVE})\s*[,:]?\s*)?(?:{names.TITLE}\s+)?", text)
        begin = lead.end() if lead else 0
        match = re.compile(rf"({NAME}(?:, [A-Z][\w'’-]+(?: [A-Z]\.?)?(?=\s*(?:$|[;(|-]|\d|,\s*\d)))?)").match(text, begin)
        if match is None and (small := re.compile(r"([a-z][a-z'’-]+(?: [a-z][a-z'’.-]+){1,2})\s*$").match(text, begin)):
            self.name(party, small[1].title(), passage, small.start(1), small.end(1), "label", less)
            return
        if match is None:
            return
        name = match[1].strip(" ,.")
        if names.is_organization(name) and len(name.split()) > 2:
            return
        if party == "referrer" and not names.is_name(names.without_credentials(names.trimmed(name))[0] or name):
            return  # a therapy, a department or "none" behind a label that also asks for people
        name = names.without_credentials(name)[0]
        if party == "patient" and len(re.findall(r"[A-Z]", name)) == len(re.sub(r"[ .]", "", name)) and len(name) <= 5:
            return  # initials only, for privacy
        self.name(party, name, passage, match.start(1), match.start(1) + len(name), rule_of(passage), less)

    def answered(self) -> None:
        """Bare names as answers. "Name?" asks for the patient, whoever calls."""
        for passage in self.told.passages:
            if passage.zone == "text" and _LAST_NAME.search(passage.text) and _FIRST_NAME.search(passage.text):
                self.parts(passage)
            if passage.zone != "answer":
                continue
            if not passage.first:
                self.parts(passage) if passage.about("patient name", "name") else None
                continue
            if passage.about("patient name") or (passage.about("name") and not passage.about("my name")):
                party = "patient"
            elif passage.about("my name"):
                party = self.me() if self.writing.writer != "patient" else "patient"
            else:
                continue
            if any(mention.passage is passage for mention in self.finding.mentions if mention.role in ("patient", "self", "relative")):
                continue
            match = re.match(rf"\W*(?i:(?:yes|yeah|sure|okay|ok|it's|it’s|it is|that's|he's|she's|um|uh|so|oh|of course|student is|patient is|the name is|name is|and|es|se llama|I'm|i am|my name is|full name is)[, ]*)*(?:{names.TITLE}\s+)?({NAME})", passage.text)
            if match and match.start(1) < 40:
                name = names.trimmed(match[1])
                whole = re.match(rf"\W*({re.escape(name)} [A-Z][\w'’-]+)\W*$", self.after(passage)) if name and " " not in name else None
                if whole and names.is_name(whole[1]):
                    following = self.next_of(passage)
                    self.name(party, whole[1], following, following.text.find(whole[1]), following.text.find(whole[1]) + len(whole[1]), "asked and answered")
                elif name and names.is_name(name) and not re.match(r"(?i)(?:mom|dad|mother|father)\b", name):
                    start = passage.text.find(name, match.start(1))
                    if party == "patient" and " " not in name and re.search(r"(?i)\b(?:last name|surname|apellido)", passage.question) and not re.search(r"(?i)\bfirst", passage.question):
                        self.finding.add("patient.last_name", names.corrected(name, self.spellings), passage, start, start + len(name), "asked and answered")
                    elif not any(m.passage is passage and m.start <= start < m.end for m in self.finding.mentions):
                        self.name(party, name, passage, start, start + len(name), "asked and answered")
            self.parts(passage)

    def next_of(self, passage: Passage) -> Passage:
        """The passage behind `passage`; itself where it is the last."""
        at = self.told.passages.index(passage)
        return self.told.passages[min(at + 1, len(self.told.passages) - 1)]

    def after(self, passage: Passage) -> str:
        """The words behind `passage` in the same answer."""
        following = self.next_of(passage)
        return following.text if following is not passage and not following.first else ""

    def parts(self, passage: Passage) -> None:
        """ "Last name Brennan" beside a first name."""
        for path, shape in (("patient.last_name", _LAST_NAME), ("patient.first_name", _FIRST_NAME)):
            if (match := shape.search(passage.text)) and names.is_name(match[1]):
                spelled = names.corrected(names.trimmed(match[1]), self.spellings)
                self.finding.add(path, spelled, passage, match.start(1), match.end(1), "asked and answered")

    def mentioned(self) -> None:
        """Names with a role in the sentence they stand in."""
        mentions = self.finding.mentions
        for mention in mentions:
            passage = mention.passage
            party = None
            if mention.role == "patient":
                party = "patient"
            elif mention.role == "self":
                party = self.me()
                if " " not in mention.name and self.finding.has("patient.first_name") and party == "patient":
                    continue  # what somebody is called when they ring; their full name was asked later
                if party == "contact" and re.match(r"(?i)it['’]?s\b", passage.text[max(0, mention.start - 5) : mention.start]) and not passage.about("my name"):
                    continue  # "It's Sophie": whoever it is about, not who calls
                if party == "referrer" and any(m.role == "clinician" and m.passage.zone != "signature" for m in mentions):
                    continue  # whoever orders goes before whoever writes
            elif mention.role == "relative":
                party = self.relative(mention)
            elif mention.role == "clinician":
                self.clinician(mention)
                continue
            if party is None:
                continue
            name = self.fuller(mention, mentions)
            less = 0.05 if passage.zone == "subject" or (mention.rule == "named in a sentence" and passage.about("referrer")) else 0.0
            self.name(party, name, passage, mention.start, mention.end, mention.rule, less)
            if mention.role == "self" and mention.at and party == "referrer":
                self.finding.add("referrer.organization", mention.at, passage, mention.end, mention.end, "said of oneself")
            self.parts(passage) if party == "patient" else None

    def relative(self, mention: Mention) -> str | None:
        """Whose name it is that stands beside a word for a relative: the contact's where somebody else writes, the
        patient's where the writer speaks of their own relative."""
        before = mention.passage.text[max(0, mention.start - 40) : mention.start]
        if re.search(rf"(?i)\b(?:my|our|mi)\s+(?:[\w-]+\s+){{0,3}}(?:{RELATIVE})\b[^.]*$", before):
            return "patient" if self.writing.writer == "relative" else None
        if self.writing.writer == "professional":
            self.own_word(mention.passage, mention)
            return "contact"
        if self.writing.writer == "relative" and mention.passage.zone in ("text", "signature", "answer") and people_words.own_relationship(mention.word):
            self.own_word(mention.passage, mention)
            return "contact"
        return None

    def fuller(self, mention: Mention, mentions: list[Mention]) -> str:
        """An initial is completed by another mention of the same last name."""
        first, _, last = mention.name.partition(" ")
        if len(first.rstrip(".")) == 1 and last:
            for other in mentions:
                if other.name.endswith(last) and len(other.name.split()[0].rstrip(".")) > 1:
                    return other.name
        return mention.name

    def clinician(self, mention: Mention) -> None:
        """Who ordered or referred; the writer's own credentials count where nobody else is named."""
        passage = mention.passage
        text = passage.text
        if re.search(r"(?i)\b(?:dentist|therapist|ask(?:ed)? for|is this|trying to reach|speak (?:to|with)|appointment with|hi|hello|dear|thank you|thanks)\W+(?:Dr\.?\s*)?$", text[: mention.start]):
            return
        own = passage.zone == "signature" and self.writing.writer == "professional"
        spelled = names.corrected(mention.name, self.spellings)
        other = [m for m in self.finding.mentions if m.role == "clinician" and m.name != mention.name and m.passage.zone != "signature"]
        if own and any(m.word or "dr" in m.passage.text.lower() for m in other):
            return
        fuller = self.full_clinician(text, mention, spelled)
        self.finding.add("referrer.name", fuller, passage, mention.start, mention.end, rule_of(passage, "named in a sentence"))
        if mention.word:
            self.finding.add("referrer.credential", mention.word, passage, mention.end, mention.end + len(mention.word) + 2, "in these words")
        if mention.at:
            at = text.find(mention.at, mention.end)
            self.finding.add("referrer.organization", mention.at, passage, at, at + len(mention.at), "named in a sentence")

    def full_clinician(self, text: str, mention: Mention, name: str) -> str:
        """ "Dr. Cho, Evelyn Cho" is Evelyn Cho."""
        if " " not in name:
            match = re.search(rf"([A-Z][\w'’-]+ {re.escape(name)})\b", text[mention.end : mention.end + 40])
            if match and names.is_name(match[1]):
                return match[1]
            whole = {m.name for m in self.finding.mentions if m.role in ("clinician", "self") and len(m.name.split()) > 1 and m.name.split()[-1] == name}
            whole |= {full for p in self.told.passages if p.zone == "signature" and (line := re.match(rf"\s*(?:{names.TITLE}\s+)?({NAME})", p.text)) and (full := names.without_credentials(names.trimmed(line[1]))[0]) and len(full.split()) > 1 and full.split()[-1] == name}
            if len(whole) == 1:
                return whole.pop()
        return name

    def undersigned(self) -> None:
        """Whoever signs a letter or stands in its From line writes it."""
        party = self.me()
        told = self.told
        signed = [p for p in told.passages if p.zone == "signature" and p.text.strip()]
        sender = (told.sender_name or "").strip().strip("\"'")
        sender_first = sender.split()[0] if sender else ""
        for n, passage in enumerate(signed[:3]):
            match = re.match(rf"\s*(?:{names.TITLE}\s+)?({NAME})(?=\s*(?:,|$|\||-|–|\(|\n|[-–] \d))", passage.text)
            if match and not passage.asked and (n == 0 or len(match[1].split()) >= 2) and names.is_name(match[1]):
                name = names.trimmed(match[1])
                if party == "referrer" and (
                    self.finding.has("referrer.name") or any(m.role == "clinician" and m.passage.zone != "signature" for m in self.finding.mentions)
                ):
                    break
                if name:
                    self.name(party, name, passage, match.start(1), match.start(1) + len(name), "signature", 0.0 if len(name.split()) > 1 else 0.1)
                break
        if not sender or not told.passages or not names.is_name(names.trimmed(sender)) or names.is_organization(sender):
            return
        if party == "referrer" and self.finding.has("referrer.name"):
            return
        clean = re.sub(r"\s*\(.*?\)|,.*$", "", names.trimmed(re.sub(rf"^{names.TITLE}\s+", "", sender)))
        if len(clean.split()) >= 2 or not self.finding.has(f"{party}.name"):
            known = self.finding.values("patient.first_name")
            if party == "patient" and known and sender_first.lower() not in str(known[0].value).lower():
                return
            self.name(party, clean, told.passages[0], 0, 0, "sender", 0.0 if len(clean.split()) > 1 else 0.2)

    def spelled_alone(self) -> None:
        """ "O-S-E-I, Kwame": the first name behind letters that spell the last."""
        for passage in self.told.passages:
            for span in names.spelled(passage.text):
                after = re.match(rf",\s*({NAME})", passage.text[span.end :])
                last = self.finding.values("patient.last_name")
                if after and last and str(last[0].value).lower() == span.value.letters.lower() and names.is_name(after[1]):
                    self.finding.add("patient.first_name", after[1], passage, span.end, span.end + after.end(), "spelled out")

    def last_name(self) -> None:
        """The patient's last name where only their first is known yet: said with it elsewhere ("Ines, she's nine. Ines
        Duarte"), behind its letters ("I-N-E-S, Duarte") or as "last name Duarte"."""
        first = self.finding.values("patient.first_name")
        if not first or self.finding.has("patient.last_name") or self.told.patients > 1:
            return
        name = re.escape(str(first[0].value))
        for passage in self.told.passages:
            for shape, rule in (
                (re.compile(rf"\b{name} ({NAME})"), "said of the patient"),
                (re.compile(rf"\b{name}\b[^.?!]{{0,30}}?,? (?:[A-Z][-, ]+){{2,}}[A-Z],? ({NAME})"), "spelled out"),
                (_LAST_NAME, "asked and answered"),
            ):
                match = shape.search(passage.text)
                last = names.trimmed(match[1]) if match else ""
                if match and last and names.is_name(last) and len(last.split()) <= 2:
                    self.finding.add("patient.last_name", names.corrected(last, self.spellings), passage, match.start(1), match.start(1) + len(last), rule)
                    return

    def birth(self, passage: Passage) -> None:
        text = passage.view.text
        asked = passage.about("dob")
        for span in dates.days(text, self.told.written_on, birth=True, in_a_row=asked or bool(re.search(r"(?i)\bborn\b|\bd\.?o\.?b\b|birth|\bnac", text)) or (self.told.channel == "phone" and bool(_ROW.fullmatch(text)))):
            before = text[max(0, span.start - 50) : span.start]
            cued = bool(_BORN.search(before)) or bool(re.match(r"\s*\(?(?:dob|birth)", text[span.end :], re.I))
            day = span.value
            if not day.year_said or day.date > self.told.written_on:
                continue
            if cued or (asked and not _says_else(before)):
                rule = rule_of(passage, "said of the patient") if asked else "said of the patient"
                self.finding.add_span("patient.date_of_birth", _iso(span), passage, rule)
            elif (passage.about("name", "patient name") and re.fullmatch(r"\W*(?:(?:[A-Z][-. ]+){2,}[A-Z]?)?\W*", text[: span.start] + text[span.end :])) or re.fullmatch(rf".*\b(?:I'm|I am|this is|name is)\s+{NAME},?\s+(?:[A-Za-z][-. ]){{2,}}[A-Za-z]\W+", text[: span.start]):
                self.finding.add_span("patient.date_of_birth", _iso(span), passage, "asked and answered", 0.03)
            elif (self.beside_name(passage, text, span.start) and not _says_else(before)) or (
                self.told.channel == "phone" and _ALONE.fullmatch(text[: span.start] + text[span.end :]) and (self.told.written_on - day.date).days > 60
            ):
                self.finding.add_span("patient.date_of_birth", _iso(span), passage, "named in a sentence")

    def only_day(self) -> None:
        """Of a call the one day of long ago that belongs to nothing else that happened."""
        if self.told.channel != "phone" or self.finding.has("patient.date_of_birth") or self.told.patients > 1:
            return
        left = []
        for passage in self.told.passages:
            for span in dates.days(passage.view.text, self.told.written_on, birth=True):
                old = (self.told.written_on - span.value.date).days > _LONG_AGO
                if span.value.year_said and old and not _says_else(passage.view.text[max(0, span.start - 50) : span.start]) and not events.events(passage.view.text, [], self.told.written_on):
                    left.append((span, passage))
        if len({span.value.date for span, _ in left}) == 1:
            self.finding.add_span("patient.date_of_birth", _iso(left[0][0]), left[0][1], "named in a sentence")

    def confirmed(self, passage: Passage) -> None:
        """ "January 12th, 1953?" - "That's right." """
        if passage.zone != "answer" or not re.match(r"(?i)\W*(?:yes|yeah|yep|correct|that's (?:right|correct|it)|right|uh-huh|exactly|sí)\b", passage.text):
            return
        for span in dates.days(view(passage.question).text, self.told.written_on, birth=True):
            if span.value.year_said and (self.told.written_on - span.value.date).days > 365 and any(p.about("dob") for p in self.told.passages):
                self.finding.add("patient.date_of_birth", span.value.date.isoformat(), passage, 0, len(passage.text), "asked and answered")

    def beside_name(self, passage: Passage, text: str, at: int) -> bool:
        """Whether a date stands right behind the patient's name, a sex or an age: "Rosemary Whitacre, F, 08/21/1963"."""
        return bool(re.search(rf"(?:^|\s|\*)({NAME})\s*(?:,|-|–|\(|\s|:|\|)+(?:(?:F|M|female|male|she|he|\d+ ?(?:yo|y/o))\W+)?$", text[:at])) and bool(
            any(m.passage is passage and m.role in ("patient", "self") for m in self.finding.mentions)
            or passage.about("patient name", "name")
            or re.match(rf"\s*{NAME}\s*(?:,|-|–)", text)
        )

    def age(self, passage: Passage) -> None:
        text = passage.view.text
        for span in dates.ages(text):
            before = text[max(0, span.start - 30) : span.start]
            if re.search(r"(?i)\b(?:for|last|past|since|about|over|after|grade|room|apt|x|in|within)\s*$", before) and not re.search(r"old|y/o", text[span.start : span.end + 5], re.I):
                continue
            if self.writing.writer == "relative" and re.search(r"(?i)\bI(?:'m| am)\s*$", before):
                continue
            rule = rule_of(passage, "said of the patient") if passage.about("age") else "said of the patient"
            if not self.fits(span.value, passage):
                continue  # a number that only looks like an age
            self.finding.add_span("patient.age_years", span, passage, rule)
        if passage.about("age") and not dates.ages(text) and (match := re.match(r"\s*(\d{1,3})\s*(?:years?|yrs?|a[nñ]os|$|,|\.|y/?o)", text, re.I)):
            self.finding.add("patient.age_years", int(match[1]), passage, match.start(1), match.end(1), rule_of(passage))
        elif passage.about("age") and (match := re.match(r"\s*(\d{1,2})\s*(?:months?|mos?)\b", text, re.I)):
            self.finding.add("patient.age_years", int(match[1]) // 12, passage, match.start(1), match.end(1), rule_of(passage))

    def fits(self, age: int, passage: Passage) -> bool:
        """Whether a number said in a call is near the age that the birth date gives, or stands beside a word for an age."""
        births = self.finding.values("patient.date_of_birth", passage.patient or 0)
        if self.told.channel != "phone" or not births or passage.about("age") or re.search(r"(?i)\b(?:years?|yrs?|months?)[- ]?old|\bage[ds]?\b|\ba[nñ]os\b", passage.view.text):
            return True
        return any(abs((self.told.written_on - dt.date.fromisoformat(str(each.value))).days / 365.25 - age) < 2 for each in births)

    def sex(self) -> None:
        """Stated, told by the word for a relative, or plain from how the patient is spoken of."""
        for passage in self.told.passages:
            if passage.about("sex") and (match := re.match(r"\W*(f|female|femenino|m|male|masculino|woman|man|girl|boy|mujer|hombre)\b", passage.text, re.I)):
                self.finding.add("patient.sex", _sex(match[1]), passage, match.start(1), match.end(1), "label")
            for match in re.finditer(r"\b(?:\d+[- ](?:year|month)s?[- ]old|\d+ ?y/?o|a|an|the|this|elderly|young|nice|pleasant)\s+(?:(?:right|left)[- ]handed )?(girl|boy|woman|man|female|male|gentleman|lady)\b|,\s*(F|M|female|male)\b\s*(?:,|\d|\)|$|;)", passage.text, re.I):
                if self.writing.writer in ("professional", "relative"):
                    word = match[1] or match[2]
                    self.finding.add("patient.sex", _sex(word), passage, match.start(), match.end(), "said of the patient")
            for match in re.finditer(r"\b(Mr|Mrs|Ms|Miss)\b\.?\s+[A-Z]", passage.text):
                known = {str(each.value).lower() for path in ("patient.last_name", "patient.first_name") for each in self.finding.values(path)}
                following = passage.text[match.end() - 1 :].split()
                if following and any(word.strip(".,?").lower() in known for word in following[:3]) and self.writing.writer != "patient":
                    self.finding.add("patient.sex", "male" if match[1] == "Mr" else "female", passage, match.start(), match.end(), "said of the patient")
        relative = self.writing.relative
        said = self.writing.passage or (self.told.passages[0] if self.told.passages else None)
        if relative and relative.sex and said is not None:
            for word in (word for word, each in people_words.RELATIVES.items() if each.sex == relative.sex and each.speaker_is == relative.speaker_is):
                if match := re.search(rf"\b{word}\b", said.text, re.I):
                    self.finding.add("patient.sex", relative.sex, said, match.start(), match.end(), "said of the patient")
                    break
        if not self.finding.has("patient.sex") and self.writing.writer in ("relative", "professional") and self.told.patients == 1:
            self.pronouns()
        if not self.finding.has("patient.sex") and self.writing.writer == "patient":
            for passage in self.told.passages:
                if match := re.search(r"\bI(?:'m| am| was)? (?:just )?(?:had a baby|gave birth|\d+ weeks pregnant|pregnant|breastfeeding|post-?partum)|\bI am a (woman|man|female|male)\b|\bmy (?:c-section|hysterectomy|pregnancy)\b|\b(?:my )(?:prostatectomy|prostate)\b", passage.text, re.I):
                    sex = _sex(match[1]) if match[1] else "male" if "prosta" in match[0].lower() else "female"
                    self.finding.add("patient.sex", sex, passage, match.start(), match.end(), "said of the patient")

    def pronouns(self) -> None:
        """He or she, in sentences in which nobody else is named."""
        counts: dict[str, list[tuple[Passage, re.Match[str]]]] = {"male": [], "female": []}
        for passage in self.told.passages:
            others = [m for m in self.finding.mentions if m.passage is passage and m.role in ("clinician", "relative")]
            asked_of_another = passage.about("referrer") and passage.zone == "answer"
            if others or asked_of_another or (re.search(rf"(?i)\b(?:doctor|teacher|surgeon|nurse|mom|dad|mother|father|caregiver|{'' if self.writing.writer == 'professional' else 'zzz|'}{OWN_WORD})\b", passage.text) and self.writing.writer == "professional"):
                continue
            if re.search(r"(?i)\b(?:doctor|dr|surgeon|teacher|pediatrician|neurologist|therapist|nurse|adjuster)\b", passage.text):
                continue
            for match in re.finditer(r"\b(?:(he|him|his|he's)|(she|her|hers|she's))\b", passage.text, re.I):
                counts["male" if match[1] else "female"].append((passage, match))
        male, female = len(counts["male"]), len(counts["female"])
        if max(male, female) and min(male, female) * 4 <= max(male, female):
            sex = "male" if male > female else "female"
            passage, match = counts[sex][0]
            self.finding.add("patient.sex", sex, passage, match.start(), match.end(), "follows from", 0.0 if min(male, female) == 0 else 0.1)

    def language(self) -> None:
        for passage in self.told.passages:
            if wish := re.search(r"(?i)\b(?:en español|habla (?:usted )?español|hablamos español|solo español|no hablo inglés|in spanish,? please|spanish interpreter|speaks? spanish)\b", passage.text):
                self.finding.add("patient.language", "Spanish", passage, wish.start(), wish.end(), "in these words")
            if passage.about("language") and passage.zone == "label" and (match := re.match(rf"\W*({'|'.join(LANGUAGES)})\b", passage.text, re.I)):
                self.finding.add("patient.language", match[1].title() if match[1] != "American Sign Language" else match[1], passage, match.start(1), match.end(1), "label")
                continue
            for span in people_words.languages(passage.text):
                if re.search(r"(?i)\band english\b|english and|\balso speaks? english", passage.text):
                    continue
                self.finding.add("patient.language", span.value, passage, span.start, span.end, "in these words")

    def own_word(self, passage: Passage, mention: Mention | None = None) -> None:
        """The contact's relationship from the word beside a name or in a label: "Mom: Kirsten", "Kenji (father)"."""
        if self.writing.writer == "relative" and self.writing.own:
            return
        word = mention.word if mention else next(iter(re.findall(rf"\b({OWN_WORD})\b", f"{passage.text} {passage.question}", re.I)), "")
        if (own := people_words.own_relationship(word)) and not (mention is None and re.search(r"parent.*guardian|/", passage.question, re.I) and own in ("parent", "guardian")):
            start = mention.start if mention else 0
            self.finding.add("contact.relationship", own, passage, max(0, start - len(word) - 1), start, "in these words")

    def relationship(self) -> None:
        writing = self.writing
        passage = writing.passage or (self.told.passages[0] if self.told.passages else None)
        if passage is None:
            return
        if writing.writer == "patient":
            if self.finding.has("patient.first_name") or self.finding.has("patient.phone"):
                self.finding.add("contact.relationship", "self", passage, 0, len(passage.text), "follows from")
        elif writing.writer == "relative":
            own = writing.own or (writing.relative.speaker_is if writing.relative else None)
            if writing.relative and writing.own in ("child", "sibling", "spouse") and writing.relative.speaker_is not in (writing.own, "partner"):
                own = writing.relative.speaker_is
            if own:
                self.finding.add("contact.relationship", own, passage, 0, len(passage.text), "said of oneself" if writing.own else "follows from")


def _iso(span: Span[Day]) -> Span[str]:
    return Span(span.start, span.end, span.value.date.isoformat())


def _says_else(before: str) -> bool:
    return bool(re.search(r"(?i)\b(?:injur\w*|surgery|accident|discharg\w*|since|on|meeting|doi|dos|onset|fell|last seen|date of (?:injury|surgery|loss)|submitted|expires?|effective|operat\w+|diagnosed|iep)\W*(?:\w+\W+){0,2}$", before)) and not _BORN.search(before)


def _sex(word: str) -> str:
    return "female" if word.lower()[0] in "f" or word.lower() in ("woman", "girl", "lady", "mujer") else "male"


def _plain_name(text: str) -> bool:
    return bool(re.fullmatch(r"[^\W\d_][\w'’. -]{0,60}", text))


def _first_only(first: str) -> str:
    """Without middle names that are only an initial: "Gerald R." is Gerald."""
    words = first.split()
    while len(words) > 1 and re.fullmatch(r"[A-Z]\.?", words[-1]) and len(words[0].rstrip(".")) > 1:
        words.pop()
    return " ".join(words)


def _without_title(name: str) -> str:
    return re.sub(rf"^{names.TITLE}\s+", "", name)
