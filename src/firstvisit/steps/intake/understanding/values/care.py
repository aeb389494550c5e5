"""What is wanted: which therapy, evaluation or treatment, where, and how soon."""

from __future__ import annotations

import datetime as dt
import re
from typing import Final

from firstvisit.steps.intake.understanding.values.dates import days
from firstvisit.steps.intake.understanding.values.span import Span, apart

_DISCIPLINES: Final = {
    "OT": re.compile(
        r"occupational[ -]?therap\w*|occupational and (?:physical|speech)|\bOTR?\b(?!/L)|\bO\.T\.|(?-i:\bO T\b)|certified hand therapist|"
        r"terapia ocupacional|occupational(?= (?:eval|services|consult|,|and))",
        re.IGNORECASE,
    ),
    "PT": re.compile(
        r"physical[ -]?therap\w*|physical and (?:occupational|speech)|\bPT\b|\bP\.T\.|physiotherap\w*|terapia f[ií]sica|fisioterapia|"
        r"physical(?=,? (?:and|eval|or) (?:occupational|speech|eval))",
        re.IGNORECASE,
    ),
    "SLP": re.compile(
        r"speech(?:[- /]?(?:language|lang))?(?:,? and (?:language|feeding))?[- ]?(?:therap\w*|pathology|patholog\w+|eval\w*|assessment|services|referral|lessons)|"
        r"speech(?: therapist)?(?= (?:and (?:occupational|physical|OT|PT)|or (?:OT|PT)|for (?:my|his|her)))|speech(?= people\b| for both\b)|(?<=one for )speech\b|(?<=about )speech\b(?=[.,]|\s*$)|\bSLP\b|\bS\.?L\.?P\b|"
        r"terapia del? (?:habla|lenguaje)|fonoaudiolog\w*|logopeda|speech and language|\bI want speech\b|language evaluation|"
        r"(?<=occupational and )speech|(?<=physical and )speech|swallow(?:ing)? (?:therap\w*|eval\w*)|\bST\b(?= (?:eval|and|x|\d|for))|"
        r"(?<=\bOT, PT and )speech|(?<=\bOT, PT, and )speech|(?<=PT and )speech|(?<=OT and )speech|\bspeech (?=at home|once|twice)|stuttering therap\w*|voice therap\w*",
        re.IGNORECASE,
    ),
}  # fmt: skip
_TRADE: Final = re.compile(r"\s+(?:schools?|tech\w*|aides?|assistants?|students?|positions?|jobs?|degrees?|licen\w+|careers?|graduates?|programs? at|classmates?)\b", re.IGNORECASE)
"""Words that make of a therapy a trade to learn or to work in."""
_NOT_WANTED: Final = re.compile(
    r"(?:\b(?:my|his|her|their|our|your|previous|prior|former|last|past|old|the school|school|in-?patient|home|home health|a|the|an|current|another)\s+)$|"
    r"(?:already (?:has|have|had|gets?|getting|doing|in|sees)|used to (?:have|get|do)|(?:had|did|does|gets|tried|finished|completed|stopped|doing)\s+(?:some\s+|home\s+)?|"
    r"(?:discharged|graduated) from (?:\w+ )?|not |no |instead of |rather than |than |don't need )$", re.IGNORECASE
)  # fmt: skip
_PERSON_AFTER: Final = re.compile(r"^\s*(?:discharged|told|said|says|recommend\w*|thinks|suggested|named|who|at (?:school|the hospital)|Dr|notes|here\b|last (?:year|spring|fall)|in (?:the )?(?:past|hospital|20\d\d)|ended|ends|before\b|years? ago)", re.IGNORECASE)
_WANTED: Final = re.compile(
    r"(?:need\w*|arrang\w*|want\w*|look\w* for|refer\w*|order\w*|evaluat\w*|eval|recommend\w*|for|require\w*|request\w*|start\w*|get|into|about|schedul\w*|says?|said|prescri\w*|script|discipline|service|benefit from|necesit\w*|quier\w*|would like|like|suggest\w*|outpatient|interested in|do|offer|with)\W+(?:\w+\W+){0,5}$",
    re.IGNORECASE,
)


def disciplines(text: str) -> list[Span[tuple[str, bool]]]:
    """Therapies named in `text`, each with whether they are plainly wanted. Credentials behind a name, therapists spoken
    of as people, and therapy that was, is elsewhere or is not wanted are passed over."""
    found = []
    for name, shape in _DISCIPLINES.items():
        for match in shape.finditer(text):
            word = match[0]
            if re.fullmatch(r"ot|pt|slp|st|otr", word) and not text.islower():
                continue  # small letters among capitals are rarely the therapy: "st" is a street
            before, after = text[max(0, match.start() - 60) : match.start()], text[match.end() : match.end() + 40]
            if _is_somebody(word, before, after) or _in_a_name(word, before, after):
                continue
            if _TRADE.match(after):
                continue
            wanted = bool(_WANTED.search(before)) or bool(re.match(r"\s*(?:eval|evaluation|consult|referral|order|and (?:treat|eval))", after, re.I))
            if _NOT_WANTED.search(before) and not (wanted and re.search(r"\b(?:a|an|the|home|in-?home)\s+$", before, re.I)):
                continue
            if _PERSON_AFTER.match(after) and not wanted:
                continue
            found.append(Span(match.start(), match.end(), (name, wanted)))
    return apart(found)


def _is_somebody(word: str, before: str, after: str) -> bool:
    """ "Marisa Kent, PT, DPT" and "my OT said": a person and not a therapy that is wanted."""
    if re.fullmatch(r"[A-Z./]{2,5}", word) and re.search(r"[A-Z][\w'’-]+,?\s+(?:[A-Z]{2,5},\s*)*$", before) and (
        re.match(r"\s*(?:,|$|\n|/|\||-|\))", after)
    ):
        return bool(re.search(r"[a-z],?\s+(?:[A-Z./]{2,5},\s*)*$", before)) and not re.search(r"(?:Service|Need|Discipline|for|needs?|Therapy|Interest)\w*:?\s*$", before)
    return bool(re.search(r"\b(?:I am|I'm|I’m|as) (?:a|an|the|his|her) (?:\w+ )?$", before, re.I)) and not re.search(r"looking", before)


def _in_a_name(word: str, before: str, after: str) -> bool:
    """Part of an organization's name: "Summit Ridge Physical Therapy"."""
    if not word[:1].isupper() or word.isupper():
        return False
    return bool(re.search(r"(?:[A-Z][\w'’&-]+\s+)$", before)) and not re.search(
        r"(?:Outpatient|Pediatric|Service|Discipline|Need|For|Hand|Adult|Needs|Requesting|Type|Interest|Refer\w*|Order\w*|and|And|Request)\W*$", before
    ) and not re.match(r"\s*(?:evaluation|eval)", after, re.I)


_BOTH: Final = re.compile(
    r"\beval(?:uation|uate|s)?\.?\s*(?:&|and|/|\+|-|y)\s*(?:to\s+)?treat(?:ment|s)?\b|\bevaluate\s+(?:and|&)\s+treat\b|\be\s?&\s?t\b|"
    r"evaluación y tratamiento|evaluar y tratar|\bassess(?:ment)? (?:and|&) treat\w*|\beval/tx\b|eval(?:uation)? (?:and|&|\+) (?:tx|therapy|ongoing)", re.I
)  # fmt: skip
_EVALUATION: Final = re.compile(r"\beval(?:uation|uated|uate|s)?\b\.?|\bassess(?:ment|ed)\b|evaluaci[oó]n|\bevaluar\b|\bscreening evaluation\b", re.I)
_TREATMENT: Final = re.compile(r"\b(?:treatment only|treat only|continue (?:treatment|therapy)|ongoing (?:therapy|treatment))\b", re.I)
_EVALUATION_ELSE: Final = re.compile(
    r"(?:(?:last year|previous|prior|old|past|school|recent|psych\w*|neuropsych\w*|hearing|audiolog\w*|medical|vision|sleep|driving|20\d\d)['’]?s?\s+(?:\w+\s+){0,2}|"
    r"(?:his|her|the|their|copy of|my notes and her|a)\s+(?:\w+\s+){0,1})$", re.I
)  # fmt: skip


def services(text: str) -> list[Span[str]]:
    """ "evaluation", "treatment" or both, where somebody wants it; a question about evaluations is no wish."""
    found = [Span(m.start(), m.end(), "evaluation_and_treatment") for m in _BOTH.finditer(text)]
    found += [Span(m.start(), m.end(), "treatment") for m in _TREATMENT.finditer(text)]
    for match in _EVALUATION.finditer(text):
        before, after = text[max(0, match.start() - 40) : match.start()], text[match.end() : match.end() + 40]
        if re.match(r"\s*(?:from|in (?:19|20|\d|the past|last|january|february|march|april|may|june|july|august|september|october|november|december)|done|was|were|(?:that |which )?(?:we|i|he|she|they|somebody|someone) (?:did|had|got|have|do|made|wrote)|by (?:the|a|our)|report|results|last|is attached|attached|showed|and was|takes?)", after, re.I):
            continue
        if re.search(r"(?:last year|previous|prior|old|past|recent|psych\w*|neuropsych\w*|hearing|audiolog\w*|medical|driving|20\d\d|copy of)['’]?s?\s+(?:\w+\s+){0,2}$", before, re.I):
            continue
        if re.search(r"(?:how|does|what|when|should|is|much|long)\b[^.?!]*$", before, re.I) and re.match(r"[^.!]*\?", after):
            continue
        found.append(Span(match.start(), match.end(), "evaluation"))
    return apart(found)


_SETTINGS: Final = {
    "telehealth": r"tele-?(?:health|therapy|medicine|visit|practice)s?|virtual(?:ly)? (?:visit|session|therapy|appointment|eval\w*|speech|PT|OT)s?|(?:do|be|meet|sessions?|therapy|visits?|it|prefer|everything) (?:\w+ )?(?:online|virtual(?:ly)?)|online (?:sessions?|therapy|visits?|speech|PT|OT|appointments?)|by video|video (?:visit|session|call)s?|over zoom|via zoom|remote(?:ly)? (?:session|visit|therapy)s?|por video(?:llamada)?",
    "home": r"(?:need\w*|want\w*|arrange|order\w*|get|for|looking for|request\w*|prefer\w*|like)\W+(?:\w+\W+){0,3}?home (?:OT|PT|speech|therapy|occupational|physical)\b|(?:OT|PT|SLP|speech|therapy|therapist|visits?|sessions?|evaluation|someone|somebody|come|comes|see \w+|treat\w*|services|it|done|prefer\w*|location:|setting:|where:)\s+(?:\w+\s+){0,4}?(?:at|in|to) (?:the |our |my |his |her |your |their |patient'?s? )?(?:home|house)\b|in-home|in home (?:OT|PT|speech|therapy|eval\w*)|home (?:visit|based|eval\w*|safety)s?|home-based|mobile (?:therapist|PT|OT|therapy)|homebound|(?:come|comes|came|somebody|someone) (?:out )?to (?:us|me|him|her|our place|my place|the apartment|her apartment|his apartment)\b|a domicilio|en (?:la )?casa",
    "school": r"(?:at|in|on) (?:the |our |his |her |their )?(?:school(?!\s+(?:he|she|they|but|it|for|twice|once|\d|right|already|now|so))|campus|preschool|daycare)(?:,|\.|;| please|$| during| and| on| building| site| setting)|school[- ]based (?:OT|PT|SLP|speech|services|therapy)|on campus|push-?in",
    "clinic": r"(?:in|at|to|come to) (?:the |your |our )?(?:(?!my\b|his\b|her\b|their\b|doctor|dr\b|a\b|another\b)\w+ )?(?:clinic|office)\b|in[- ]person|outpatient clinic|in[- ]clinic|clinic visits?",
}
_SETTING: Final = tuple((name, re.compile(rf"\b(?:{shape})", re.I)) for name, shape in _SETTINGS.items())
_ALREADY: Final = re.compile(r"(?:home (?:health|therapy|care)|IEP|already|gets?|has|had|receiv\w*|currently|fell|falls?|burn\w*|lives?|living|habl\w*|give|offer|provide|here|stays?|safe|safety|goes?|doing|works?|can't|cannot|trouble|struggl\w*)\b[^.]{0,30}$", re.I)


def settings(text: str) -> list[Span[str]]:
    """Where care is wanted. Where somebody lives, fell or is treated already is not said as a wish and is passed over."""
    found = []
    for name, shape in _SETTING:
        for match in shape.finditer(text):
            before = text[max(0, match.start() - 40) : match.start()]
            if name in ("school", "home") and _ALREADY.search(before):
                continue
            if name in ("telehealth",) and re.search(r"\b(?:not|no|don't|instead of|rather than|other than)\b[^.]{0,15}$", before, re.I):
                continue
            if name == "clinic" and (re.search(r"\b(?:getting|hard|can't|cannot|not|difficult|trouble|from|called|calling|seen|front desk|your)\b[^.]{0,25}$", before, re.I)):
                continue
            found.append(Span(match.start(), match.end(), name))
    return apart(found)


_TIMINGS: Final = (
    ("later", r"(?:no|not in (?:a|any)|not a|no (?:big|real|great|particular)|not (?:in )?(?:a|any) (?:big|real|great|particular)) (?:rush|hurry)|after the (?:holidays|new year|summer|wedding)|not urgent|(?<!not )(?<!free )(?<!available )(?<!him )(?<!her )(?<!me )whenever|(?:next|in the) (?:year|quarter|fall|spring|summer|winter|semester|school year)|starting (?:in )?(?:the )?(?:fall|spring|summer|winter|august|next quarter|next year)|Q[1-4] start|in (?:two|three|2|3|four|4|six|6|several|a few|a couple of) months|just (?:looking|exploring|asking|gathering|curious)|(?:next|capacity from|from) (?:quarter|August|September)|no tengo prisa|(?:away|traveling|off|out of town|gone) (?:[\w ]{1,30})?(?:until|till)|routine follow"),
    ("within_month", r"(?:with)?in (?:about |the next |roughly |around )?(?:a |one |2|two|3|three|4|four|the next |next |a few |couple of |a couple of |few |30|thirty|2-3|2 to 3|two to three|three or four|14|21|20|10 ?-? ?14)\s*(?:or (?:so|two|three|four)\s)?(?:business )?(?:weeks?|month|days)|(?:this|next|in the next) month\b|(?:next|first) available|within (?:the |a )?month|(?:next|a|the next|in a|within a)? ?(?:couple|few) (?:of )?weeks|routine\b(?! care)|(?:dentro de|en) (?:unas|dos|tres) semanas|este mes|(?:two|three|2|3|four|4|2-3) weeks or so|before the (?:school year|semester|holidays)|by (?:the )?(?:end of|mid) (?:the |this )?month"),
    ("asap", r"\ba\.?s\.?a\.?p\b|(?<!as )soon as (?:possible|you (?:can|have|'ve)|you've got|we can|there(?:'s| is))|as (?:soon|early|quickly) as (?:possible|you (?:can|have)|we can|there(?:'s| is))|right away|immediately|\burgent(?:ly)?\b(?!\s*care)|(?<!not )\bstat\b|(?:sooner|earlier) the better|this week(?! only)|(?:with)?in (?:the next )?(?:one |1 |a )week|within (?:24|48|72|3|three|5|five|7|seven|two|2)(?:\s*-\s*\d+)? ?(?:hours|hrs|days|business days)|by (?:next week|monday|tuesday|wednesday|thursday|friday|the end of (?:the|this) week)|next week\b|earliest (?:possible|available|appointment|opening)|first (?:opening|thing you have)|soonest|lo antes posible|lo m[aá]s pronto|cuanto antes|urgente|esta semana|can you see (?:him|her|me|us|them) sooner|quickly|emergent|(?:before|right after|on|upon) discharge|rush\b(?<!no rush)"),
)  # fmt: skip
_TIMING: Final = tuple((name, re.compile(rf"\b(?:{shape})", re.I)) for name, shape in _TIMINGS)
_NOT_URGENT: Final = re.compile(r"(?:not|no|isn't|n't|nothing|don't|less|is it|wait|call(?: me| us)?(?: back)?|text me|reply)\s*(?:\w+\s+){0,2}$", re.I)
_ABOUT_ELSE: Final = re.compile(r"(?:surgery|operation|appointment|discharged?|see (?:the|her|his|my) (?:surgeon|doctor)|vacation|birthday|meeting|answer|expect|ends?|follow[- ]?up|finish\w*|done|over|writing|sending|fax\w*|fell|fallen|twice|times|happened|been|moved?|return(?:s|ing)?|hearing|report)\b[^.!?\n]{0,30}$", re.I)


def timings(text: str) -> list[Span[str]]:
    """How soon care is wanted, in the record's words."""
    found = []
    for name, shape in _TIMING:
        for match in shape.finditer(text):
            before = text[max(0, match.start() - 40) : match.start()]
            if name == "asap" and _NOT_URGENT.search(before):
                continue
            if _ABOUT_ELSE.search(before) and name != "later":
                continue
            found.append(Span(match.start(), match.end(), name))
    return apart(found)


def timing_of_day(day: dt.date, written_on: dt.date) -> str | None:
    """How soon a first visit on `day` is: within ten days at once, within five weeks a month, else later."""
    ahead = (day - written_on).days
    if ahead < 0:
        return None
    return "asap" if ahead <= 10 else "within_month" if ahead <= 35 else "later"


_STARTS: Final = re.compile(r"\b(?:start(?:ing)?|begin(?:ning)?|capacity|openings?)\s+(?:in|from|around|by|sometime in)\s+(?:early |mid-?|late )?(january|february|march|april|may|june|july|august|september|october|november|december)\b(?! \d)", re.I)
_MONTHS: Final = "january february march april may june july august september october november december".split()


def starts(text: str) -> Span[int] | None:
    """The month in which somebody wants to begin, 1 to 12."""
    match = _STARTS.search(text)
    return Span(match.start(), match.end(), _MONTHS.index(match[1].lower()) + 1) if match else None


def timing_of_month(month: int, written_on: dt.date) -> str | None:
    """How soon the next such month is; None for the month that runs."""
    ahead = (month - written_on.month) % 12
    return None if ahead == 0 else "within_month" if ahead == 1 and written_on.day >= 15 else "later"


__all__ = ["days", "disciplines", "services", "settings", "starts", "timing_of_day", "timing_of_month", "timings"]
