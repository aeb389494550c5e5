"""From a JSON body to a Referral: everything that is wrong with it at once, or the record with its evidence.

The body has the shape of the published referral schema, and beside it lists where the schema has one (`events`,
`payers`, `frequencies`; the schema's single one comes first), diagnoses as objects ({code, side, words}) beside bare
codes, `consents` ([{channel, given, wording, at}]), and the fields of `record.Referral` that the schema does not
have. null, "" and an empty list say nothing and are the same as leaving the field out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from typing import Any

from firstvisit.kernel.errors import BadInput, Problem
from firstvisit.referral import fields, vocabulary
from firstvisit.referral.fields import Read
from firstvisit.referral.record import Channel, Referral

MOST_PROBLEMS = 50
"""A body of nonsense is answered with this many problems, not with a list as long as itself."""

MOST_ENTRIES = {"diagnoses": 25, "events": 20, "payers": 5, "frequencies": 5, "consents": 10}
MOST_CHOICES = 50
"""For lists of fixed words, counted before repeated words are dropped."""


def read_record(
    body: Mapping[str, object],
    *,
    channel: Channel,
    today: dt.date,
    item: str | None,
    known_programs: Collection[str] | None,
) -> Referral:
    """The Referral that `body` states, normalised, with evidence for each stated value.

    `body` is what the JSON parser returned; anything else than an object is refused like any wrong field.
    `channel` is how it really reached us and is what the record says; a `channel` in the body must be one the
    schema knows and is otherwise read over. `today` bounds dates. `item` is the id of the received item that
    the evidence points to. `known_programs` are the slugs the practice offers; None accepts any slug.

    Evidence stands under the record's own path ("patient.date_of_birth", "events.0.date", "diagnoses.0.code";
    "disciplines" for a list of fixed words) and names the place in the body ("$.patient.date_of_birth").

    Raises BadInput with every problem found (at most 50), each under its path in the body ("event.date",
    "diagnoses.1", "body" for the whole), and nothing else whatever the body is. No message repeats a value.
    """
    return _Reading(today, item, known_programs).record(body, channel)


class _Reading:
    """One body on its way; collects problems, evidence and what is stated.

    Parts stay plain dicts until the end, where pydantic builds the whole record in one call: that is faster
    than a call for each part, and the hundred parts of a full record are most of the work.
    """

    __slots__ = ("evidence", "item", "known_programs", "problems", "today")

    def __init__(self, today: dt.date, item: str | None, known_programs: Collection[str] | None) -> None:
        self.today = today
        self.item = item
        self.known_programs = known_programs
        self.problems: list[Problem] = []
        self.evidence: dict[str, dict[str, str | None]] = {}

    def record(self, body: object, channel: Channel) -> Referral:
        if not isinstance(body, Mapping):
            raise BadInput([Problem("body", "The referral must be a JSON object, written { ... }.")])
        stated: dict[str, Any] = {}
        for name, value in body.items():
            if value is None:
                continue
            if (read := fields.TOP.get(name)) is not None:
                self.put(stated, name, value, read)
            elif (columns := _PARTS.get(name)) is not None:
                found = self.columns(value, columns, name, f"$.{name}", name)
                if found:
                    stated[name] = found
            elif (special := _SPECIAL.get(name)) is not None:
                special(self, stated, value)
            elif name not in _WITH_PARTNER:
                self.wrong(_named(name), _UNKNOWN.get(name, _NO_SUCH_FIELD))
            if len(self.problems) >= MOST_PROBLEMS:
                raise BadInput(self.problems[:MOST_PROBLEMS])
        self.entries(stated, body, "event", "events", fields.EVENT, ("kind",))
        self.entries(stated, body, "payer", "payers", fields.PAYER, ())
        self.entries(stated, body, "frequency", "frequencies", fields.FREQUENCY, ())
        self.entries(stated, body, None, "consents", fields.CONSENT, ("channel", "given", "wording"))
        self.agree(stated)
        if self.problems:
            raise BadInput(self.problems[:MOST_PROBLEMS])
        return Referral.model_validate({"channel": channel, "evidence": self.evidence, **stated})

    def wrong(self, path: str, message: str) -> None:
        self.problems.append(Problem(path, message))

    def put(self, into: dict[str, Any], name: str, value: object, read: Read) -> None:
        """Read the body's field `name` into `into`, and note where it stood or what is wrong with it."""
        try:
            kept = read(value, self.today)
        except ValueError as error:
            self.wrong(name, str(error))
            return
        if kept is not None:
            into[name] = kept
            self.evidence[name] = {"item": self.item, "place": f"$.{name}"}

    def columns(
        self, value: object, columns: Mapping[str, Read], path: str, place: str, record_path: str
    ) -> dict[str, Any]:
        """An object of simple values, normalised."""
        found: dict[str, Any] = {}
        if not isinstance(value, Mapping):
            self.wrong(path, f"This must be an object with fields such as {', '.join(list(columns)[:3])}.")
            return found
        today, item, evidence = self.today, self.item, self.evidence
        for name, each in value.items():
            if each is None:
                continue
            read = columns.get(name)
            if read is None:
                self.wrong(f"{path}.{_named(name)}", f"No such field; the fields are {', '.join(columns)}.")
                if len(self.problems) >= MOST_PROBLEMS:
                    break
                continue
            # `put`, written out: this is the one loop that every value of a referral passes.
            try:
                kept = read(each, today)
            except ValueError as error:
                self.wrong(f"{path}.{name}", str(error))
                continue
            if kept is not None:
                found[name] = kept
                evidence[f"{record_path}.{name}"] = {"item": item, "place": f"{place}.{name}"}
        for name, beside in fields.EXTENSIONS.items():
            behind = vocabulary.extension(str(value[name])) if name in found and beside in columns else None
            if behind is not None and found.setdefault(beside, behind) == behind:
                evidence[f"{record_path}.{beside}"] = {"item": item, "place": f"{place}.{name}"}
        return found

    def entries(
        self,
        stated: dict[str, Any],
        body: Mapping[str, object],
        single: str | None,
        many: str,
        columns: Mapping[str, Read],
        needed: tuple[str, ...],
    ) -> None:
        """The entries of a list of objects and of its single partner, which comes first."""
        sources: list[tuple[object, str, str]] = []
        if single is not None and body.get(single) is not None:
            sources.append((body[single], single, f"$.{single}"))
        listed = self.listed(body.get(many), many, MOST_ENTRIES[many])
        sources += [(value, f"{many}.{n}", f"$.{many}[{n}]") for n, value in enumerate(listed)]
        rows: list[dict[str, Any]] = []
        for value, path, place in sources:
            before = len(self.problems)
            found = self.columns(value, columns, path, place, f"{many}.{len(rows)}")
            if not found or len(self.problems) > before:
                continue
            missing = [name for name in needed if name not in found]
            for name in missing:
                self.wrong(f"{path}.{name}", "This is needed here; enter it, or leave out the whole entry.")
            if not missing:
                rows.append(found)
        if rows:
            stated[many] = tuple(rows)

    def listed(self, value: object, path: str, most: int) -> list[Any]:
        """`value` if it is a list of at most `most` entries; [] when nothing is stated or it is not."""
        if value is None:
            return []
        if not isinstance(value, list | tuple):
            self.wrong(path, "This must be a list, written [ ... ].")
            return []
        if len(value) > most:
            self.wrong(path, f"This list has too many entries; send at most {most}.")
            return []
        return list(value)

    def choices(self, value: object, path: str, name: str, read: Read) -> tuple[str, ...] | None:
        """A list of fixed words, each once, in the order stated."""
        found: dict[str, None] = {}
        for n, each in enumerate(self.listed(value, path, MOST_CHOICES)):
            try:
                word = read(each, self.today)
            except ValueError as error:
                self.wrong(f"{path}.{n}", str(error))
            else:
                if isinstance(word, str):
                    found[word] = None
        if not found:
            return None
        self.evidence[name] = {"item": self.item, "place": f"$.{path}"}
        return tuple(found)

    def channel(self, stated: dict[str, Any], value: object) -> None:
        # Checked like any field, and dropped: the caller knows how it really came.
        try:
            fields.CHANNEL(value, self.today)
        except ValueError as error:
            self.wrong("channel", str(error))

    def discipline(self, stated: dict[str, Any], value: object) -> None:
        stated["disciplines"] = self.choices(value, "discipline", "disciplines", fields.DISCIPLINE)

    def documents(self, stated: dict[str, Any], value: object) -> None:
        stated["documents"] = self.choices(value, "documents", "documents", fields.DOCUMENT)

    def availability(self, stated: dict[str, Any], value: object) -> None:
        if isinstance(value, str):
            self.put(stated, "availability", value, fields.AVAILABILITY_WORDS)
        else:
            stated["availability"] = self.choices(value, "availability", "availability", fields.AVAILABILITY)

    def diagnoses(self, stated: dict[str, Any], value: object) -> None:
        """Bare codes, or objects of code, side and words; a repetition is kept once."""
        found: dict[tuple[str, ...], dict[str, Any]] = {}
        for n, each in enumerate(self.listed(value, "diagnoses", MOST_ENTRIES["diagnoses"])):
            path, place, at = f"diagnoses.{n}", f"$.diagnoses[{n}]", f"diagnoses.{len(found)}"
            row: dict[str, Any]
            if isinstance(each, Mapping):
                row = self.columns(each, fields.DIAGNOSES, path, place, at)
                if row.keys() == {"side"}:
                    self.wrong(path, "This names a side and nothing else; enter the code or the words too.")
                    continue
            else:
                try:
                    code = fields.DIAGNOSIS(each, self.today)
                except ValueError as error:
                    self.wrong(path, str(error))
                    continue
                row = {"code": code} if code else {}
                if row:
                    self.evidence[f"{at}.code"] = {"item": self.item, "place": place}
            if row:
                found.setdefault(tuple(f"{name}={row[name]}" for name in sorted(row)), row)
        if found:
            stated["diagnoses"] = tuple(found.values())

    def attribution(self, stated: dict[str, Any], value: object) -> None:
        """{kind, heard_of_us, first: touch, last: touch}; a touch holds its click ids beside its other fields."""
        if not isinstance(value, Mapping):
            self.wrong("attribution", "This must be an object with fields such as kind, first, last.")
            return
        plain = {name: each for name, each in value.items() if name not in ("first", "last")}
        found = self.columns(plain, fields.ATTRIBUTION, "attribution", "$.attribution", "attribution")
        for name in ("first", "last"):
            if value.get(name) is None:
                continue
            path, place = f"attribution.{name}", f"$.attribution.{name}"
            touch = self.columns(value[name], _TOUCH, path, place, path)
            clicks = {click: touch.pop(click) for click in fields.CLICK_IDS if click in touch}
            if touch or clicks:
                found[name] = {**touch, "click_ids": clicks}
        if found:
            stated["attribution"] = found

    def not_known(self, stated: dict[str, Any], value: object) -> None:
        stated["not_known"] = self.choices(value, "not_known", "not_known", fields.SLUG)

    def program(self, stated: dict[str, Any], value: object) -> None:
        self.put(stated, "program", value, fields.SLUG)
        slug = stated.get("program")
        if slug is None or self.known_programs is None or slug in self.known_programs:
            return
        # Loaded here only: nearly every referral names a program that is known.
        import difflib

        known = sorted(self.known_programs)
        near = difflib.get_close_matches(slug, known, n=3, cutoff=0.5) or known[:3]
        of = f"the nearest of {len(known)} are" if len(known) > len(near) else "there are"
        known_ones = f"{of} {', '.join(near)}" if near else "none is offered yet"
        self.wrong("program", f"This practice has no such program; {known_ones}. Leave it out if unsure.")

    def agree(self, stated: dict[str, Any]) -> None:
        """What two fields say about the same thing must fit."""
        patient = stated.get("patient", {})
        if "date_of_birth" in patient and "age_years" in patient:
            born, today = patient["date_of_birth"], self.today
            age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
            # A year of grace: the age may have been written down before the last birthday, or rounded.
            if abs(age - patient["age_years"]) > 1:
                message = "The age and the date of birth do not agree; correct one or leave out the age."
                self.wrong("patient.age_years", message)
        answers: dict[str, bool] = {}
        for consent in stated.get("consents", ()):
            channel, given = consent["channel"], consent["given"]
            if answers.setdefault(channel, given) != given:
                self.wrong("consents", f"These say both yes and no to {channel}; keep the answer that holds.")


_PARTS: dict[str, Mapping[str, Read]] = {
    "patient": fields.PATIENT,
    "contact": fields.CONTACT,
    "referrer": fields.REFERRER,
    "ordering": fields.CLINICIAN,
    "organization": fields.ORGANIZATION,
}
_TOUCH: Mapping[str, Read] = {**fields.TOUCH, **fields.CLICK_IDS}
_SPECIAL: dict[str, Callable[[_Reading, dict[str, Any], object], None]] = {
    "discipline": _Reading.discipline,
    "documents": _Reading.documents,
    "availability": _Reading.availability,
    "diagnoses": _Reading.diagnoses,
    "program": _Reading.program,
    "attribution": _Reading.attribution,
    "not_known": _Reading.not_known,
    "channel": _Reading.channel,
}
_WITH_PARTNER = frozenset({"event", "events", "payer", "payers", "frequency", "frequencies", "consents"})
_NO_SUCH_FIELD = "There is no such field; remove it or check its spelling."
_UNKNOWN = {"additional_records": "Further patients stand beside the first record, not inside another one."}


def takes(path: str) -> bool:
    """Whether a body may have a value at this path: "concern", "patient.first_name", "discipline[]", "payer.kind". Of
    lists of objects the single one is meant."""
    name, _, leaf = path.removesuffix("[]").partition(".")
    if not leaf:
        return name in fields.TOP or (name in _SPECIAL and name != "attribution")
    single = {"event": fields.EVENT, "payer": fields.PAYER, "frequency": fields.FREQUENCY}
    if name == "attribution":
        side, _, inner = leaf.partition(".")
        return leaf in fields.ATTRIBUTION or (side in ("first", "last") and inner in _TOUCH)
    return leaf in {**_PARTS, **single}.get(name, {})


def _named(name: object) -> str:
    """The name of a field nobody knows, fit for a message: short, printable, and not a whole sentence."""
    return "".join(c if c.isprintable() else "?" for c in str(name)[:40]) or "(empty name)"
