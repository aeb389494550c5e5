"""What the practice says of itself, collection by collection: its words on screen and the fields of an entry.

A new field of a shape is one line here; a test holds that none is missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from firstvisit.practice.capabilities import CAPABILITIES
from firstvisit.practice.checks import EXCLUSION_FACTS
from firstvisit.web.staff.practice.fields import Field
from firstvisit.web.ui.words import PAYER_KINDS, SETTINGS

DISCIPLINES: Final = {"OT": "OT", "PT": "PT", "SLP": "Speech"}
KNOWN: Final = {"yes": "yes", "no": "no", "not_stated": "not stated"}
ORDER_RULES: Final = {
    "not_required": "not required",
    "before_evaluation": "before the evaluation",
    "before_treatment": "before treatment",
}
STATUSES: Final = {"open": "open", "waitlist": "waitlist", "closed": "closed"}
EVENTS: Final = {
    "surgery": "surgery", "discharge": "discharge", "injury": "injury", "onset": "onset", "birth": "a birth",
    "iep": "school meeting", "other": "another event",
}  # fmt: skip
RESOURCES: Final = {"clinician": "clinician", "room": "room", "device": "device"}
PURPOSES: Final = {
    "email": "e-mail", "sms": "text messages", "fax": "fax", "phone": "telephone", "clearinghouse": "clearinghouse",
    "transcription": "transcription", "model": "language model", "hosting": "hosting", "backup": "backups",
    "other": "something else",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Section:
    """Fields that stand together under a heading."""

    title: str
    fields: tuple[Field, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Collection:
    """One kind of entry: its names, what its list shows and in which order, and the sections of its form."""

    name: str
    title: str
    one: str
    order: str
    sections: tuple[Section, ...]
    called: str = "name"
    single: bool = False

    @property
    def fields(self) -> tuple[Field, ...]:
        return tuple(field for section in self.sections for field in section.fields)


def _text(name: str, label: str, hint: str = "", wide: bool = False) -> Field:
    return Field(name, label, hint=hint, wide=wide)


_PHONE_HINT = "such as (608) 555-0140"
_SLUG = Field(
    "slug", "Short name", hint="made from the name when empty"
)
_AGES = (
    Field("age_from_months", "From age", "age", "empty: from birth"),
    Field("age_to_months", "Up to, not including", "age", "empty: no upper age"),
)
_POINT = (
    Field("latitude", "Latitude", "number", "empty: that of the ZIP code"),
    Field("longitude", "Longitude", "number", "empty: that of the ZIP code"),
)
_DISCIPLINES = Field("disciplines", "Therapies", "many", choices=DISCIPLINES)
_LANGUAGES = Field("languages", "Languages", "names", "with commas between")
_SITES = Field("sites", "Sites", "many", of="sites")

COLLECTIONS: Final[dict[str, Collection]] = {
    one.name: one
    for one in (
        Collection(
            "programs",
            "Programs",
            "program",
            "what we offer, in the order in which a program is looked for",
            (
                Section(
                    "What it is",
                    (
                        _SLUG,
                        _text("name", "Name"),
                        _text("public_name", "Name for families"),
                        _text("public_name_es", "Name for families, Spanish"),
                        _DISCIPLINES,
                        _SITES,
                        Field("settings", "Where", "many", choices=SETTINGS),
                        Field(
                            "accepts", "Other names senders use", "names", "with commas between"
                        ),
                        *_AGES,
                        Field("minutes", "Minutes of a first visit", "number", mode="numeric"),
                        Field("order_rule", "Order", "choice", choices=ORDER_RULES),
                        Field("general", "Takes whatever is ordinary in its therapies and ages", "yes"),
                    ),
                ),
                Section(
                    "Can we take more?",
                    (
                        Field("status", "Status", "choice", choices=STATUSES),
                        Field(
                            "status_until",
                            "Until",
                            "date",
                            "the last day; open from the next day on",
                            input="date",
                        ),
                        _text("status_reason", "Why", wide=True),
                    ),
                    "leads are judged again when this changes",
                ),
                Section(
                    "What it needs",
                    (
                        Field("skills", "Skills", "names", "a clinician at each site has each of them"),
                        Field(
                            "equipment",
                            "Equipment",
                            "names",
                            "a room or device at each site has each of them",
                        ),
                        Field(
                            "icd_prefixes",
                            "Diagnoses",
                            "names",
                            "beginnings of ICD-10-CM codes: S66, G56.0",
                            wide=True,
                        ),
                    ),
                ),
                Section(
                    "By when a first visit must happen",
                    (
                        Field(
                            "windows",
                            "Windows",
                            "rows",
                            wide=True,
                            columns=(
                                Field("since", "Since", "many", "none: since it arrived", choices=EVENTS),
                                Field("first_day", "From day", "number", mode="numeric"),
                                Field("last_day", "To day", "number", mode="numeric"),
                                Field("business_days", "Business days", "yes"),
                                Field("urgent", "Matter of safety", "yes"),
                                Field("ask_if_missing", "Ask for the date", "yes"),
                            ),
                        ),
                    ),
                    "the first that fits counts; an empty row is left out",
                ),
                Section(
                    "What rules it out",
                    (
                        Field(
                            "exclusions",
                            "Exclusions",
                            "rows",
                            wide=True,
                            columns=(
                                Field("code", "Short name"),
                                Field(
                                    "fact",
                                    "Fact",
                                    "choice",
                                    choices={
                                        fact: fact.replace("_", " ") for fact in sorted(EXCLUSION_FACTS)
                                    },
                                ),
                                Field("equals", "Is", "value"),
                                Field("text", "Reason in words"),
                                Field("instead", "Our program instead", "choice", of="programs"),
                            ),
                        ),
                    ),
                    "age and setting stand above; who pays and who somebody is may rule out nobody",
                ),
                Section("Where this comes from", (Field("source", "Source", "text", wide=True),)),
            ),
        ),
        Collection(
            "not_offered",
            "Not offered",
            "service we do not offer",
            "what people ask for and we do not do, with where we refer them",
            (
                Section(
                    "What is asked for",
                    (
                        _SLUG,
                        _text("name", "Name"),
                        Field(
                            "accepts", "Other names senders use", "names", "with commas between"
                        ),
                        _text("text", "Why not", "words that a family can be told", wide=True),
                        Field("places", "Where we refer to", "many", of="places", wide=True),
                    ),
                ),
            ),
        ),
        Collection(
            "sites",
            "Sites and hours",
            "site",
            "each with its hours, holidays and area; clocks of leads run in them",
            (
                Section(
                    "Where it is",
                    (
                        _SLUG,
                        _text("name", "Name"),
                        _text("street", "Street"),
                        _text("city", "City"),
                        _text("state", "State", "two letters"),
                        Field("postal_code", "ZIP code", mode="numeric"),
                        Field("phone", "Phone", hint=_PHONE_HINT, input="tel"),
                        Field("fax", "Fax", input="tel"),
                        Field("zone", "Time zone", hint="empty: that of the ZIP code"),
                        *_POINT,
                    ),
                ),
                Section(
                    "Whom it serves",
                    (
                        Field("area_miles", "Area in miles", "number", "how far people live from the site"),
                        Field("home_area_miles", "Home visits in miles", "number", "empty: no smaller area"),
                        Field("area_zips", "ZIP codes inside whatever their distance", "names", wide=True),
                    ),
                ),
                Section(
                    "Hours",
                    (Field("hours", "Hours", "hours", wide=True),),
                    "8:00-12:00, 13:00-17:30; empty: closed",
                ),
                Section(
                    "Holidays",
                    (Field("holidays", "Holidays", "holidays", wide=True),),
                    "one a line: 12-25 Christmas Day; the day on which it is observed",
                ),
            ),
        ),
        Collection(
            "payers",
            "Payers",
            "payer",
            "who pays, in which network we are, what they want first; in the order of entry",
            (
                Section(
                    "Who it is",
                    (
                        _SLUG,
                        _text("name", "Name"),
                        Field("kind", "Kind", "choice", choices=PAYER_KINDS),
                        Field("also_called", "Other names", "lines", "one a line"),
                    ),
                ),
                Section(
                    "What they want",
                    (
                        Field("in_network", "We are in network", "choice", choices=KNOWN),
                        Field("order_required", "An order is required", "choice", choices=KNOWN),
                        Field(
                            "authorization_before_evaluation",
                            "Authorization before the evaluation",
                            "choice",
                            choices=KNOWN,
                        ),
                        Field(
                            "authorization_before_treatment",
                            "Authorization before treatment",
                            "choice",
                            choices=KNOWN,
                        ),
                        Field(
                            "authorization_days",
                            "Answers a request within, days",
                            "number",
                            "calendar days, by rule or contract",
                            mode="numeric",
                        ),
                        Field("authorization_urgent_hours", "An urgent one within, hours", "number", mode="numeric"),
                        Field("as_of", "As of", "date", input="date"),
                        Field("source", "Source", "text", "where this was read, or who said it", wide=True),
                    ),
                    "not stated is not no",
                ),
                Section(
                    "How we ask",
                    (
                        _text("connector", "Connector", "its short name; empty: by phone or portal"),
                        _text("payer_id", "Payer id", "its id at the connector"),
                        _text("phone", "Phone for providers", _PHONE_HINT),
                        _text("portal", "Portal", "its address"),
                    ),
                    "who is asked about benefits, and where a person looks",
                ),
            ),
        ),
        Collection(
            "resources",
            "Clinicians, rooms, devices",
            "clinician, room or device",
            "who and what can be booked, in the order of entry",
            (
                Section(
                    "Who or what",
                    (
                        _SLUG,
                        _text("name", "Name"),
                        Field("kind", "Kind", "choice", choices=RESOURCES),
                        _SITES,
                        _DISCIPLINES,
                        Field("assistant", "Assistant: does not evaluate", "yes"),
                        Field("skills", "Skills", "names", "with commas between"),
                        Field("credentials", "Credentials", "names"),
                        _LANGUAGES,
                        Field("taxonomy", "Taxonomy code", hint="NUCC, ten letters and digits"),
                        Field("equipment", "Equipment", "names", "of a room or device"),
                        Field("payers", "Payers", "many", of="payers", wide=True),
                    ),
                ),
                Section(
                    "Hours",
                    (Field("hours", "Hours", "hours", wide=True),),
                    "all empty: whenever the site is open",
                ),
            ),
        ),
        Collection(
            "places",
            "Other places",
            "other place",
            "where we refer to, in the order of entry; checked again every so often",
            (
                Section(
                    "Who they are",
                    (
                        _SLUG,
                        _text("name", "Name"),
                        Field("phone", "Phone", hint=_PHONE_HINT, input="tel"),
                        Field("postal_code", "ZIP code", mode="numeric"),
                        *_POINT,
                        Field("verified_on", "Last checked on", "date", input="date"),
                    ),
                ),
                Section(
                    "Whom they take",
                    (
                        _DISCIPLINES,
                        Field(
                            "programs",
                            "Only these programs",
                            "names",
                            "empty: whatever is ordinary in its therapies",
                        ),
                        *_AGES,
                        _LANGUAGES,
                        Field("area_miles", "Area in miles", "number"),
                        Field("area_zips", "ZIP codes inside whatever their distance", "names"),
                        Field("note", "Good to know", "text", "waiting time, whom to ask for", wide=True),
                    ),
                ),
            ),
        ),
        Collection(
            "queues",
            "Queues",
            "queue",
            "lists of work, in the order of entry",
            (
                Section(
                    "Queue",
                    (
                        _SLUG,
                        _text("name", "Name"),
                        Field("site", "Site", "choice", "none: every site's", of="sites"),
                    ),
                ),
            ),
        ),
        Collection(
            "staff",
            "Staff",
            "account",
            "everybody who may sign in, by name; those who left at the end",
            (
                Section(
                    "Who",
                    (
                        _text("name", "Name"),
                        Field("email", "E-mail address", hint="with it they sign in", input="email"),
                        Field("role", "Role", "choice", of="roles"),
                        Field(
                            "resource", "Is the clinician", "choice", "own cases are theirs", of="resources"
                        ),
                        Field("sites", "Sites", "many", "none: every site", of="sites"),
                        Field("queues", "Queues", "many", of="queues"),
                    ),
                ),
            ),
        ),
        Collection(
            "roles",
            "Roles",
            "role",
            "what people may do, as sets that you change",
            (
                Section(
                    "Role",
                    (
                        _SLUG,
                        _text("name", "Name"),
                        Field("capabilities", "They may", "many", choices=CAPABILITIES, wide=True),
                    ),
                ),
            ),
        ),
        Collection(
            "agreements",
            "Vendor agreements",
            "vendor agreement",
            "vendors that see patients’ data; without an agreement in force a connector stays off",
            (
                Section(
                    "Vendor",
                    (
                        _SLUG,
                        _text("vendor", "Vendor"),
                        Field("purposes", "What for", "many", choices=PURPOSES, wide=True),
                        Field(
                            "signed_on",
                            "Agreement signed on",
                            "date",
                            "business associate agreement",
                            input="date",
                        ),
                        _text("signed_by", "Signed by"),
                        Field(
                            "valid_until",
                            "Valid until",
                            "date",
                            "empty: until somebody ends it",
                            input="date",
                        ),
                        _text("contact", "Contact"),
                        Field("note", "Note", "text", wide=True),
                    ),
                    "45 CFR 164.504(e)",
                ),
            ),
            called="vendor",
        ),
        Collection(
            "identity",
            "The practice itself",
            "identity",
            "as it signs its messages",
            (
                Section(
                    "Name and address",
                    (
                        _text("name", "Name"),
                        _text("legal_name", "Legal name"),
                        _text("address", "Address", wide=True),
                        Field("phone", "Phone", hint=_PHONE_HINT, input="tel"),
                        Field("email", "E-mail address", input="email"),
                        _text("npi", "NPI of the practice", "ten digits"),
                        _text("tax_id", "Tax id", "such as 12-3456789"),
                        Field(
                            "home_site",
                            "Home site",
                            "choice",
                            "what is said of no site counts here",
                            of="sites",
                        ),
                    ),
                ),
                Section(
                    "Promises",
                    (
                        Field(
                            "answers_within_minutes",
                            "We answer within, business minutes",
                            "number",
                            "said on public pages",
                            mode="numeric",
                        ),
                        Field(
                            "retention_years",
                            "Records are kept, years",
                            "number",
                            "state law differs",
                            mode="numeric",
                        ),
                        Field(
                            "check_again_days",
                            "Payers and places are checked again after, days",
                            "number",
                            "from then on they want a look",
                            mode="numeric",
                        ),
                    ),
                ),
            ),
            single=True,
        ),
    )
}
"""In the order of the line above each page."""
