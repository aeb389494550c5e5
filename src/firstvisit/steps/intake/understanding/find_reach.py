"""Phones, e-mail, addresses and how somebody wants to be reached: whose each one is decides its neighbourhood. Pure."""

from __future__ import annotations

import re
from typing import Final

from firstvisit.reference import zips
from firstvisit.steps.intake.understanding.confidence import HARDLY, THRESHOLD
from firstvisit.steps.intake.understanding.finding import Finding, rule_of
from firstvisit.steps.intake.understanding.passages import Passage
from firstvisit.steps.intake.understanding.values import addresses, contact_points, methods, names, payers
from firstvisit.steps.intake.understanding.values.names import NAME
from firstvisit.steps.intake.understanding.values.people_words import RELATIVE
from firstvisit.steps.intake.understanding.values.span import Span

_FAX: Final = re.compile(r"(?:\b(?:fax\w*|fx)(?: (?:number|no|#|is|at|to))*|\bF)\s*(?:is|:|at|#|number)?\s*$", re.I)
_MINE: Final = re.compile(r"\b(?:my|me|i'm|i am|i’m|reach me|call me|us|ours?|text me|mine|this number|i can be|mi)\b[^.;]{0,28}$", re.I)
_PATIENTS: Final = re.compile(r"\b(?:his|her|their|patient'?s?|pt'?s?|he's at|she's at|claimant'?s?|student'?s?|client'?s?|cell|home|lives)\b[^.;]{0,28}$", re.I)
_OFFICE: Final = re.compile(r"(?:\b(?:office|clinic|tel|telephone|ph|main|direct|desk|ext|our|line|work|school|unit|floor|voice|P|T|O)\b(?:['’]s)?[.: #]*(?:phone|number|line|ph|is)?[.: ]*)$", re.I)
_RATHER: Final = re.compile(r"(?i)\b(?:rather|prefer\w*|better|best)\b[^.?!]{0,40}\b(?:e-?mail|text|call|phone)\b")
_ALSO: Final = re.compile(r"(?i)\b(?:fine|works|okay|ok|good|great)\b")
_SOMEBODY_ELSE: Final = re.compile(rf"(?i)\b(?:my|his|her|our) (?:{RELATIVE})\b(?! is)[^.;?!]{{0,80}}$|\bmy (?:{RELATIVE})\b [A-Z]\w+[^.;?!]{{0,80}}$")
"""Another relative whose number follows."""
_FOR_YOU: Final = re.compile(r"(?i)\b(?:yours|for you|and you|(?:do i|can i|could i|i) (?:have|get|need) (?:yours|your)|your (?:own |direct |best |office )?(?:number|contact|phone|line|callback|extension|info\w*)|(?:call|reach|contact|ring) you)\b(?!['’]re)")
_NOT_TO_USE: Final = re.compile(r"(?i)\b(?:don['’]?t|do not|never|not) (?:use|try|call|dial|bother with)\b[^.?!]{0,40}$")
"""A number is said so that nobody calls it: "don't use the house, it's ..."."""
_RELATIVES_PHONE: Final = re.compile(rf"\b(?:{RELATIVE}|parent|guardian|legal guardian|caregiver|emergency contact)\b[^.;\n]{{0,60}}$", re.I)
_AT_WORK: Final = re.compile(r"(?i)\b(?:office|work|desk|main|switchboard|company)\b[^.;|]{0,20}$")
"""Before a number under a mail: where whoever writes it works."""
_OTHER_DESK: Final = re.compile(r"(?i)\b(?:billing|after[- ]hours|appointments?|records|emergenc\w+|answering service|scheduling line|pharmacy|toll[- ]free)\W*$")
"""Numbers of a signature that reach somebody else than whoever signs."""
_ELSE: Final = re.compile(r"\b(?:alternate|secondary|back-?up|adjuster|carrier|insurance|payer|pharmacy|pcp|attorney|lawyer|records|questions)\b[^.;\n]{0,40}$", re.I)


class Reach:
    """Finds ways to reach people."""

    def __init__(self, finding: Finding) -> None:
        self.finding = finding
        self.told = finding.told
        self.writer = finding.writing.writer
        self.under = " ".join(each.text for each in self.told.passages if each.zone == "signature")
        """The lines under a letter."""
        self.body_office = self._office_in_body()
        """Whether a clinician's own number stands beside their name in the letter; it goes before that of whoever signs."""
        self.owner = "patient"
        self.last_kin = self.kin_before = False
        """Whose labels are being read: a bare "Phone" belongs to whoever was named last."""

    def _office_in_body(self) -> bool:
        return any(
            m.role == "clinician" and m.passage.zone not in ("signature", "subject") and contact_points.phones(m.passage.view.text)
            for m in self.finding.mentions
        )

    def find(self) -> None:
        before = ""
        self.last_kin = False
        for passage in self.told.passages:
            self.named_last(passage)
            self.owner = _owner(passage, self.owner)
            for span in contact_points.marked(passage.view.text):
                self.phone(passage, span, before)
            for mail in contact_points.emails(passage.text):
                self.email(passage, mail, before)
            before = passage.text
            self.method(passage)
        self.sender()
        self.places()

    def named_last(self, passage: Passage) -> None:
        """Keep whether a relative was the last whom a professional named: "Mom is Rebecca. She's at ..." is mom's number."""
        if passage.first or passage.zone == "label":
            self.last_kin = False
        named = [m for m in self.finding.mentions if m.passage is passage and m.role in ("relative", "patient", "clinician")]
        self.kin_before, self.last_kin = self.last_kin, named[-1].role == "relative" if named else self.last_kin

    def mine(self, leaf: str, passage: Passage, span: Span[str], rule: str, in_view: bool = True) -> None:
        """The writer's own phone or address goes where the writer stands in the record."""
        paths = {"patient": ("patient", "contact"), "relative": ("contact",), "organization": ("contact", "referrer"), "professional": ("referrer",)}[self.writer]
        for party in paths:
            self.at(f"{party}.{leaf}", passage, span, rule, in_view)

    def at(self, path: str, passage: Passage, span: Span[str], rule: str, in_view: bool = True) -> None:
        if in_view:
            self.finding.add_span(path, span, passage, rule)
        else:
            self.finding.add(path, span.value, passage, span.start, span.end, rule)

    def phone(self, passage: Passage, span: Span[str], earlier: str) -> None:
        text = passage.view.text
        start = max(text.rfind(mark, 0, span.start) for mark in ".;!?\n|") + 1
        before = text[max(start, span.start - 60) : span.start]
        if (_FAX.search(text[max(0, span.start - 16) : span.start]) or re.match(r"\s*\((?:f|fax)\)", text[span.end :], re.I)) or passage.about("office fax"):
            if self.writer in ("professional", "organization") or passage.about("office fax"):
                self.at("referrer.fax", passage, span, rule_of(passage))
            return
        if _ELSE.search(before) and not _MINE.search(before):
            return
        if passage.about("language") and passage.zone == "label":
            return  # the interpreter's
        rule = rule_of(passage)
        if passage.about("patient phone") and passage.zone == "label":
            self.of_patient(passage, span, rule)
        elif passage.about("office phone") and passage.zone == "label":
            self.at("referrer.phone", passage, span, rule)
        elif passage.about("contact phone") and passage.zone == "label":
            self.at("contact.phone", passage, span, rule)
        elif self.writer == "professional" and passage.about("referrer") and passage.zone == "label":
            self.at("referrer.phone", passage, span, rule)
        elif self.told.channel == "phone" and self.of_somebody_else(passage, text[: span.start]):
            return
        elif self.writer == "professional":
            self.professionals(passage, span, before, earlier, rule)
        elif self.writer == "relative" and re.search(r"\b(?:his|her|their|patient'?s?|mom's|dad's|mother's|father's)\s+(?:own |home |cell |direct )*(?:phone|number|cell|line|mobile)[^.;]{0,12}$|\b(?:hers|his)(?:['’]s| is)\W*$", before, re.I):
            self.of_patient(passage, span, rule)
        elif passage.zone == "signature" and self.writer in ("patient", "relative") and _AT_WORK.search(before if before.strip() else passage.question):
            if all(each.value == span.value for other in self.told.passages for each in contact_points.phones(other.view.text)):
                self.mine("phone", passage, span, rule)  # beside another number it is where they work: nobody refers from there
        elif (re.search(r"\b(?:dr|doctor|office|clinic|surgeon|school)\b[^.;]{0,40}$", before, re.I) or self.behind_clinician(passage, span)) and not _MINE.search(before):
            self.at("referrer.phone", passage, span, rule)
        elif self.told.channel != "phone" and passage.zone == "text" and _SOMEBODY_ELSE.search(text[: span.start]) and not _MINE.search(text[: span.start]):
            return  # "my aunt Voula is there all day, 727-555-0137"
        else:
            self.mine("phone", passage, span, rule)

    def of_somebody_else(self, passage: Passage, before: str) -> bool:
        """Whether "hers" or "his" is not the patient's, by the sex that was told; or a number is only there not to be used."""
        sexes = {str(each.value) for each in self.finding.values("patient.sex") if each.confidence >= THRESHOLD}
        said = re.search(r"(?i)\b(?:(hers)|(his))(?:['’]s| is)\W*$", before)
        other = said is not None and len(sexes) == 1 and sexes.isdisjoint({"female" if said[1] else "male"})
        return other or bool(_NOT_TO_USE.search(before))

    def behind_clinician(self, passage: Passage, span: Span[str]) -> bool:
        """Whether a number stands right behind a clinician's name and house: "Dr. Manos Stathakis (Gulf Spine, 727-555-0122)"."""
        start = passage.view.back(span.start, span.end)[0]
        named = [m for m in self.finding.mentions if m.passage is passage and m.end <= start]
        last = max(named, key=lambda m: m.end, default=None)
        return self.told.channel != "phone" and last is not None and last.role == "clinician" and start - last.end < 60

    def of_patient(self, passage: Passage, span: Span[str], rule: str) -> None:
        self.at("patient.phone", passage, span, rule)
        if self.writer == "patient":
            self.at("contact.phone", passage, span, rule)

    def professionals(self, passage: Passage, span: Span[str], before: str, earlier: str, rule: str) -> None:
        """Of a professional's letter or call: the office's own, a relative's or the patient's."""
        text = passage.view.text
        text_behind = text[span.end :]
        named = [m for m in self.finding.mentions if m.passage is passage and m.role in ("relative", "patient", "clinician")]
        last = max((m for m in named if m.end <= span.start), key=lambda m: m.end, default=None)
        if re.match(r"\s*\((?:p|o|ph|office|main|direct|t)\)", text_behind, re.I) or (_MINE.search(before) and not re.search(r"\bmy (?:patient|student)", before, re.I)) or (passage.zone == "answer" and _FOR_YOU.search(passage.question) and not last and not _RELATIVES_PHONE.search(before) and not re.search(r"(?i)\b(?:his|her|hers|patient'?s?|call (?:him|her|them|the))\b", before)):
            self.at("referrer.phone", passage, span, rule)
        elif passage.about("parent") or _RELATIVES_PHONE.search(before) or (last and last.role == "relative") or (
            self.told.channel == "phone" and not last and (self.kin_before or re.search(rf"(?i)\b(?:{RELATIVE}|guardian|caregiver)\b[^;]{{0,110}}$", text[: span.start])) and not re.search(r"(?i)\bpatient'?s?\b[^;]{0,40}$", text[: span.start])
        ):
            self.at("contact.phone", passage, span, rule)
        elif passage.zone == "label" and self.owner != "patient":
            self.at(f"{self.owner}.phone", passage, span, rule)
        elif passage.zone in ("signature", "sender") and passage.patient is None:
            if _OTHER_DESK.search(before):
                return
            direct = bool(re.search(r"(?i)\b(?:direct|cell|mobile)\b", self.under)) and not re.search(r"(?i)\b(?:direct|cell|mobile)\b\W*(?:line)?\W*$", before)
            earlier_one = self.told.channel != "phone" and any(each.rule == "signature" and each.value != span.value for each in self.finding.values("referrer.phone"))
            self.finding.add_span("referrer.phone", span, passage, "signature", HARDLY if direct or earlier_one or self.body_office else 0.0)
        elif (re.search(r"(?i)\b(?:reach(?:ed|able)?|contact(?:ed)?|call(?:ed)?)\b[^.;]{0,14}$", before) and not last and not re.search(r"(?i)\b(?:me|us|our|office|clinic)\b", before)) or _PATIENTS.search(before) or (last and last.role == "patient") or passage.patient is not None:
            self.at("patient.phone", passage, span, rule)
        elif _OFFICE.search(before) and not re.search(r"\b(?:Phone|Cell|Home)\W*$", before):
            self.at("referrer.phone", passage, span, rule)
        elif passage.about("contact phone"):
            self.at("contact.phone", passage, span, rule)
        elif passage.zone == "answer" and passage.first and passage.about("phone") and re.search(r"(?i)\b(?:patient|his|her|their|claimant|student|client|mr|mrs|ms|miss)\b", passage.question):
            self.at("patient.phone", passage, span, rule)
        elif names.is_organization(before) or re.search(r"(?:Clinic|Center|Associates|Office|Dr\.? \w+)\W+$", before) or (self.told.channel == "phone" and passage.about("phone") and re.search(r"(?i)\byour", passage.question)):
            self.at("referrer.phone", passage, span, rule)
        elif self.about_patient(passage, earlier) or passage.zone == "label":
            taken = self.finding.has("patient.phone")
            path = "referrer.phone" if passage.zone == "label" and taken else "patient.phone"
            self.finding.add_span(path, span, passage, rule, 0.0 if passage.zone == "label" else 0.05)
        else:
            self.finding.add_span("referrer.phone", span, passage, "guessed")

    def about_patient(self, passage: Passage, earlier: str) -> bool:
        """Whether a sentence goes on about the patient: "Lives at 12 Elm Street. Phone ..."."""
        return bool(re.search(r"(?i)\b(?:phone|cell|home|mobile|number)\b", passage.text[:40])) and bool(
            re.search(r"(?i)\b(?:lives?|DOB|born|he|she|his|her|patient|address|\d{5})\b", earlier)
        )

    def email(self, passage: Passage, span: Span[str], earlier: str) -> None:
        before = passage.text[max(0, span.start - 60) : span.start]
        rule = rule_of(passage)
        if passage.about("patient email") or (self.writer == "professional" and re.search(r"(?i)\bpatient'?s?\b[^.;]{0,25}$", before)):
            self.at("patient.email", passage, span, rule, False)
        elif passage.about("contact email") or (self.writer == "professional" and (_RELATIVES_PHONE.search(before) or passage.about("parent") or (self.told.channel == "phone" and (self.kin_before or self.last_kin)))):
            self.at("contact.email", passage, span, rule, False)
        else:
            self.mine("email", passage, span, rule, False)

    def sender(self) -> None:
        """The address a mail came from is the writer's; a machine's or an office's is nobody's own."""
        address = self.told.sender_email
        if not address or not self.told.passages or re.match(r"(?i)(?:no-?reply|do-?not-?reply|mailer|postmaster|notifications?)\b", address):
            return
        self.mine("email", self.told.passages[0], Span(0, 0, address), "sender", False)

    def method(self, passage: Passage) -> None:
        """How somebody wants to be reached; what they ask not to be done speaks for the other way."""
        text = passage.text
        if passage.about("contact method") and passage.zone == "label":
            shapes = (("sms", r"\btext|sms|texto|mensaje"), ("email", r"e-?mail|correo"), ("phone", r"phone|call|cell|tel|llamada"))
            found = [(match.start(), method, match) for method, shape in shapes if (match := re.search(shape, text, re.I))]
            if len(found) == 1:
                self.finding.add("contact.preferred_method", found[0][1], passage, found[0][2].start(), found[0][2].end(), "label")
            return
        rather = _RATHER.search(text)
        for method, wording in methods.wordings():
            match = wording.search(text)
            if match is None:
                continue
            if rather and match.end() <= rather.start() and _ALSO.search(match[0]):
                continue  # "text is fine too, but I'd rather have it in an e-mail"
            if method != "phone" and re.search(r"(?i)\b(?:not|don't|no|n't|can't)\s+(?:\w+\s+)?$", text[max(0, match.start() - 14) : match.start()]):
                continue
            if method == "phone" and re.search(r"(?i)call me (?:at|on|back)|please call|give me a call|call me any", match[0]):
                # Asking for a call is how everybody speaks; it settles nothing where they also text or write.
                self.finding.add("contact.preferred_method", method, passage, match.start(), match.end(), "some of its words")
                continue
            if self.writer == "professional" and method == "phone" and not re.search(r"text", match[0], re.I):
                continue
            self.finding.add("contact.preferred_method", method, passage, match.start(), match.end(), "in these words")
            break

    def places(self) -> None:
        """Where the patient lives: an address in somebody's signature, an office's or a school's town is not it."""
        for passage in self.told.passages:
            if (passage.zone in ("signature", "sender") and self.writer == "professional") or passage.zone == "subject" or (passage.about("organization", "referrer", "setting", "insurance", "secondary", "member", "prose") and passage.zone == "label" and not passage.about("prose")):
                continue
            rule = rule_of(passage)
            text = passage.view.text
            found = addresses.addresses(text)
            for each in found:
                first = next(part for part in (each.street, each.city, each.state, each.postal_code) if part)
                at = passage.view.back(first.start, first.end)[0]
                if self.not_home(passage, at):
                    continue
                # "by Olbrich Park, zip is 53704": what may be a person's name is no town, and the ZIP is one all the same.
                parts = ("postal_code",) if self.is_somebody(passage, at) else ("street", "city", "state", "postal_code")
                for name in parts:
                    part: Span[str] | None = getattr(each, name)
                    if part is not None:
                        less = 0.0 if each.street or each.postal_code or each.state or passage.about("address") else 0.04
                        self.finding.add_span(f"patient.{name}", part, passage, rule, less)
            if passage.about("zip", "address", "city", "state") and passage.zone == "label":
                self.labelled_place(passage)
            elif not any(each.postal_code for each in found):
                for zip in addresses.zips(text):
                    if (passage.about("address", "zip") or re.search(r"(?i)\b(?:zip(?: code)?(?: is)?|in|we're in|en|c[oó]digo(?: postal)?(?: es)?(?: el)?)\W*$", text[: zip.start])) and not self.not_home(passage, passage.view.back(zip.start, zip.end)[0]):
                        self.finding.add_span("patient.postal_code", zip, passage, rule)
                    elif zips.place(zip.value) is None or passage.about("authorization", "member", "claim", "insurance") or re.search(r"(?i)\b(?:auth\w*|claim|member|policy)\b", text[: zip.start]):
                        continue
                    elif re.fullmatch(r"\W*\d{5}\W*", text) or (re.search(r"[A-Za-z]\W+$", text[: zip.start]) and not re.search(r"[#:]|(?i:\bid|no|claim|group|number|code|box|auth\w*)\W*$|(?i:\b(?:id|member|policy|number)\b[^.]{0,30}$)", text[: zip.start])):
                        self.finding.add_span("patient.postal_code", zip, passage, "most of its words")
            self.bare_city(passage, found)
        self.town_said_apart()

    def town_said_apart(self) -> None:
        """Where only the ZIP is sure, its town if that is said too: "Ohio Street, Bangor. Oh four four oh one." """
        found = [each for each in self.finding.values("patient.postal_code") if each.confidence >= THRESHOLD]
        if self.told.patients > 1 or not found or any(each.confidence >= THRESHOLD for each in self.finding.values("patient.city")):
            return
        place = zips.place(str(found[0].value)[:5])
        for passage in self.told.passages if place else ():
            if place and (match := re.search(rf"\b{re.escape(place.city)}\b", passage.text, re.I)) and not self.is_somebody(passage, match.start()):
                self.finding.add("patient.city", place.city, passage, match.start(), match.end(), "follows from")
                return

    def bare_city(self, passage: Passage, found: list[addresses.Address]) -> None:
        """ "akron 44313" in small letters, and "Asheville. 28801." as an answer."""
        text = passage.text
        if not any(each.city for each in found):
            self.city_of_zip(passage)
        if passage.about("address") and passage.zone == "answer" and not any(each.city for each in found):
            match = re.match(rf"\W*(?i:(?:in|en|we're in|I'm in|estamos en|vivimos en|just|over in|out in|yes,?|we live in)\s+)*({NAME})\W*$", text)
            if match and names.is_name(match[1]):
                self.finding.add("patient.city", match[1], passage, match.start(1), match.end(1), "asked and answered")
        if passage.zone == "signature" and self.writer in ("patient", "relative") and (match := re.fullmatch(r"\s*([A-Z][a-z]+(?: [A-Z][a-z]+)?)(?:,\s*([A-Z]{2}))?\s*", text)):
            known = " ".join(str(each.value) for each in self.finding.found if each.path.endswith(("name", "first_name", "last_name")))
            if names.is_organization(match[1]):
                return
            if (match[1] not in known and not names.is_name(match[1])) or _is_city(match[1], known):
                self.finding.add("patient.city", match[1], passage, match.start(1), match.end(1), "most of its words")

    def city_of_zip(self, passage: Passage) -> None:
        """The words before a ZIP that are its town, whatever their capitals."""
        text = passage.view.text
        for zip in addresses.zips(text):
            place = zips.place(zip.value)
            if place is None or self.not_home(passage, passage.view.back(zip.start, zip.end)[0]):
                continue
            city = re.escape(place.city)
            before = re.search(rf"(?i)\b({city})[,.;]*\s+(?:{place.state}\b[,.]?\s+)?(?:(?:the )?zip(?: code)?(?: is|'s)?,?\s+)?$", text[: zip.start])
            match = before or re.compile(rf"(?i)[,.]?\s+(?:(?:in|that's|which is|it's)\s+)*({city})\b").match(text, zip.end)
            if match:
                self.finding.add_span("patient.city", Span(match.start(1), match.end(1), place.city), passage, "in these words")
                self.finding.add_span("patient.postal_code", zip, passage, "in these words")

    def labelled_place(self, passage: Passage) -> None:
        text = passage.text.strip()
        at = passage.text.find(text)
        if passage.about("zip") and (match := re.match(r"\d{5}", text)):
            self.finding.add("patient.postal_code", match[0], passage, at, at + 5, "label")
        elif passage.about("city") and (match := re.match(r"[A-Za-z][A-Za-z .'-]+?(?=,|$|\s+\d|\s+[A-Z]{2}\b)", text)):
            self.finding.add("patient.city", match[0], passage, at, at + len(match[0]), "label")
        elif passage.about("state") and re.fullmatch(r"[A-Za-z ]{2,20}", text):
            self.finding.add("patient.state", text, passage, at, at + len(text), "label")

    def is_somebody(self, passage: Passage, at: int) -> bool:
        """ "Inez Coltrane MD" is no town in Maryland."""
        if any(match.start() <= at < match.end() + 12 for match in payers.known_in(passage.text)):
            return True
        return any(mention.passage is passage and mention.start <= at < mention.end for mention in self.finding.mentions)

    def not_home(self, passage: Passage, at: int) -> bool:
        """A town of an office, a school or an employer."""
        before = passage.text[max(0, at - 70) : at]
        near = re.search(r"[^.;\n]*$", before)
        words = near[0] if near else before
        if re.search(r"(?i)\b(?:lives?|living|live|resides?|home|address|we're|we are|i'm|i am)\b", words):
            return bool(re.search(r"(?i)\b(?:used to|formerly|moving from)\b", words))
        if self.writer in ("professional", "organization") and re.search(r"(?i)\b(?:i'm|calling from|at|from|with)\b", words) and passage.about("address") is False and not passage.patient:
            return True
        return bool(re.search(r"(?i)\b(?:school|elementary|clinic|hospital|center|office|company|distribution|university|facility|charter|living|dr\.?|department|come to the)\b[^.;]*$", words))


def _owner(passage: Passage, before: str) -> str:
    if passage.zone != "label":
        return before
    if passage.about("patient name", "patient first", "dob", "patient phone"):
        return "patient"
    if passage.about("referrer", "organization", "npi", "office fax"):
        return "referrer"
    return "contact" if passage.about("parent") else before


def _is_city(word: str, known: str) -> bool:
    return word not in known and len(word.split()) == 1
