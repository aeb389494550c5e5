"""When somebody can come: half days of the week, from their words. Pure.

A sentence is cut into pieces at commas and joints. In each piece days and times of day are marked, and the piece is one of
three things: when they can come, when they cannot, or about something else (a discharge, a call, office hours). What is said
for days and what is said for times is put together at the end, over everything that was said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEK: Final = frozenset(DAYS[:5])
BOTH: Final = frozenset({"am", "pm"})
_AM: Final = frozenset({"am"})
_PM: Final = frozenset({"pm"})
_NOON: Final = 12.0

_NAMES: Final = {
    "mon": r"mondays?|mons?|lunes", "tue": r"tuesdays?|tues?|martes", "wed": r"wednesdays?|weds?|mi[eé]rcoles",
    "thu": r"thursdays?|thurs?|thu|jueves", "fri": r"fridays?|fris?|viernes", "sat": r"saturdays?|sats?|s[aá]bados?",
    "sun": r"sundays?|suns?|domingos?",
}  # fmt: skip
_DAY: Final = re.compile("|".join(rf"(?P<{day}>\b(?:{names})\b)" for day, names in _NAMES.items()), re.I)
_DAY_BEFORE: Final = "|".join(rf"\b(?:{names})" for names in _NAMES.values())
_SHORT: Final = frozenset({"mon", "mons", "wed", "weds", "fri", "fris", "sat", "sats", "sun", "suns", "tue", "thu"})
"""Also words of their own ("we sat in the sun"): days only beside another mark, or with a capital letter."""
_LISTED: Final = re.compile(r"\s*(?:[,/&+]|\band\b|\bor\b|\bto\b|-|–)?\s*", re.I)
_OR_ELSE: Final = re.compile(r"\s*,\s*(?:or(?: else)?|o)\s*(?:on )?", re.I)
_RANGE: Final = re.compile(r"\s*(?:-|–|—|to|through|thru|a|al|hasta(?: el)?)\s*", re.I)
_INITIALS: Final = re.compile(r"(?<![\w&-])(?:M[-/ ,&]?T[uh]?[-/ ,&]?W[-/ ,&]?(?:Th|R)(?:[-/ ,&]?F)?|M[-/ ,&]{0,3}W(?:[-/ ,&]{0,3}F)?|M ?(?:[-–]|thru|through|to) ?(?:F|R|Th)|T(?:u|ue)?[-/ &]{0,3}(?:Th|R))(?![\w&])")
_WHOLE_WEEK: Final = re.compile(r"\b(?:(?:any|every|each) (?:other )?(?:week ?)?days?\b(?: of the week)?|all (?:week)?days|weekdays?|all week|daily|cualquier (?:otro )?d[ií]a|todos los d[ií]as|entre semana)\b", re.I)
_WEEKEND: Final = re.compile(r"\bweekends?\b|\bfin(?:es)? de semana\b", re.I)
_NIGHTS: Final = re.compile(r"\bweek ?nights?\b", re.I)

_HALF: Final = re.compile(
    r"(?P<am>\bmornings?\b|\bforenoons?\b|\bfirst thing\b|\bma[nñ]anas?\b|(?<=\d)\s?a\.?m\b\.?|(?-i:\bAM\b))|"
    r"(?P<pm>\bafternoons?\b|\bevenings?\b|\bnights?\b|\btardes?\b|\bnoches?\b|\blunch ?(?:hour|time|break)s?\b|\blater? in the day\b|(?<=\d)\s?p\.?m\b\.?|(?-i:\bPM\b))", re.I
)  # fmt: skip
_BESIDE_A_DAY: Final = re.compile(r"\s(?:(am)|(pm))\b", re.I)

_NUMBERS: Final = {word: n for n, word in enumerate("zero one two three four five six seven eight nine ten eleven twelve".split())} | {
    word: n for n, word in enumerate("cero una dos tres cuatro cinco seis siete ocho nueve diez once doce".split())
}
_NOTED: Final = {
    "noon": 12.0, "midday": 12.0, "mediodía": 12.0, "mediodia": 12.0, "lunch": 12.0, "lunchtime": 12.0, "school": 14.0, "class": 14.0, "classes": 14.0,
    "kindergarten": 13.0, "preschool": 12.0, "dismissal": 15.0, "work": 16.0, "dinner": 18.0, "nap": 14.0, "naptime": 14.0, "almuerzo": 13.0, "escuela": 14.0,
    "trabajo": 16.0, "trabajar": 16.0, "breakfast": 8.0,
}  # fmt: skip
_HOUR: Final = rf"(?:(?:las?|el|la|about|around|like|\w+ gets (?:out|off|home)(?: from \w+)? (?:at|around))\s)?(?P<{{0}}>\d{{{{1,2}}}}(?:[:h.]\d\d| (?:00|15|30|45)\b)?(?:\s?[ap]\.?m\b\.?|\s?o'?clock)?|(?:{'|'.join(_NUMBERS)})(?:[- ](?:thirty|fifteen|forty[- ]?five|forty|y media))?(?:\s?[ap]\.?m\b|\s?o'?clock)?|{'|'.join(_NOTED)})(?![\w/-])"
_FIRST_HOUR: Final = _HOUR.format("low").removesuffix(r"(?![\w/-])") + r"(?![\w/])"
_BETWEEN: Final = re.compile(rf"\b(?:between|from|entre|de)\s+{_FIRST_HOUR}\s*(?:and|to|till?|until|-|–|y|a|hasta)\s*{_HOUR.format('high')}", re.I)
_FROM_TO: Final = re.compile(rf"\b{_FIRST_HOUR}\s*(?:to|till?|until|-|–)\s*{_HOUR.format('high')}", re.I)
_BEFORE: Final = re.compile(rf"\b(?P<not>(?:not?|nothing|never|no)\s+)?(?:before|until|till?|by|prior to|up to|no later than|antes de|hasta|earlier than)\s+{_HOUR.format('hour')}", re.I)
_AFTER: Final = re.compile(rf"\b(?P<not>(?:not?|nothing|never)\s+)?(?:after|from|past|starting (?:at|from)|beginning at|any ?time after|despu[eé]s de|a partir de|desde|later than)\s+{_HOUR.format('hour')}", re.I)
_OR_LATER: Final = re.compile(rf"\b{_HOUR.format('hour')}\s*(?:or|and|y|o)?\s*(?P<which>later|after|onwards?|beyond|earlier|before)\b", re.I)
_AFTER_THAT: Final = re.compile(r"\b(?:any ?time )?after (?:that|then)\b(?! (?:he|she|i|we|they)\b)|\bfrom (?:then|there) on\b|\bdespu[eé]s de eso\b", re.I)
_AN_HOUR: Final = re.compile(rf"\b(?:until|till?|at|to|by|hasta)\s+{_HOUR.format('hour')}", re.I)
_NOT_UNTIL: Final = re.compile(rf"(?:n['’]t|\bnot|\bnever|\bno)\b(?:\s+[\w'’]+){{0,6}}?\s+(?:until|till?|['’]til|before|antes de|hasta)\s+{_HOUR.format('hour')}(?! (?:years?|months?|weeks?|days?|hours?|more)\b)", re.I)
"""Words that deny what is before an hour: "doesn't get out of school till two", "can't be there before ten"."""
_FREE_AT: Final = re.compile(
    rf"\b(?:gets? (?:out|off|home|back|done|him|her|them)|(?:is|are|'s|’s) (?:out|done|home|over|off)|lets? out|pick\w* (?:him|her|them|up)|ends?|finish\w*|sal(?:e|go|imos))\b(?:\s\w+){{0,4}}?\s(?:at|by|around|a)\s+{_HOUR.format('hour')}", re.I
)  # fmt: skip

_AGO: Final = re.compile(r"(?i)\b(?:ago|last (?:week|month|year)|yesterday)\W*$")
_GREETING: Final = re.compile(r"(?i)\b(?:good (?:morning|afternoon|evening|night|day)|buen[oa]s (?:d[ií]as|tardes|noches)|top of the morning|morning,? (?:this|it)'?s?)\b|^\W*(?:morning|afternoon|evening)\b(?=[,.!]|\s+(?:this|my|it's|i'm|everyone|all|there|to|team)\b)")
_THIS_ONE: Final = re.compile(r"(?i)\b(?:this|next|last|past|by|since|until|till|yesterday|tomorrow|coming|following|pr[oó]ximo|este|pasado|desde)\s+$")
_ITS_DATE: Final = re.compile(r"(?i),?\s+(?:the |el )?(?:\d{1,2}(?:st|nd|rd|th)?\b(?!\s?(?:[ap]\.?m|:|o'?clock|or|to|-|–))|(?:first|second|third|fourth|fifth|\w+th|\w+first|\w+second|\w+third)\b(?! thing)|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? \w+)")

_EXCEPT: Final = re.compile(r"(?i)\b(?:except(?:ing|ed)?(?: for)?|excluding|apart from|aside from|other than|besides|anything but|anytime but|(?<=(?:day|ing|oon|ime) )but|but not|just not|and not|only not|not(?: on| the)?|no(?: on)?|never(?: on)?|excepto|menos|salvo|forget|avoid|skip)\s+(?:on |for |the |a |an |el |los |las |en |por la |in the )*$")
_NOT_THEN: Final = re.compile(r"(?i)\s(?:no|not)\b(?! (?:problem|issue|matter|earlier|later|before|after))(?=\W*(?:$|[,.;]))")
_CANNOT: Final = re.compile(
    r"(?i)\b(?:can ?not|can['’]?t|couldn['’]?t|won['’]?t|don['’]?t|doesn['’]?t|isn['’]?t|aren['’]?t|not (?:available|free|good|possible|great|able|home|around|here)|unavailable|no good|(?:is|are|['’]s) (?:out(?! (?:at|by|of|around)\b)|bad|tough|hard|difficult|booked|full|taken|tricky|short)|(?:\w*days?|mon|tues?|wed|thurs?|fri)(?:['’]s| is| are) (?:the|my|our|his|her|their|an?)\b(?! (?:only|one|ones|best|better|good|great|perfect|easiest|day|days)\b)|impossible|no puedo|no podemos|imposible|useless|sleepy|tired|cranky|worse|wiped)\b"
)
_BUSY: Final = re.compile(
    r"(?i)\b(?:i|he|she|we|they|who|wife|husband|mom|mother|dad|father|daughter|son|kid|yo|[ée]l|ella)(?:['’](?:s|m|re|ve|ll)| am| is| are| has| have| do| does)?(?: \w+){0,2}? (?:works?|working|teach\w*|babysit\w*|volunteers?|naps?|sleeps?|busy|dialysis|on shift|shifts?|school|class|classes|camp|daycare|church|kindergarten|meetings?|light duty|pre-?k|preschool|trabajo|trabaja|got (?:his|her|their) own)\b(?! (?:best|well|great|fine|for|from home))|"
    r"\b(?:dialysis|chemo|church|practice|rehearsal|work|school|daycare|class|trabaj\w+|clases?|escuela)\b(?: \w+){0,2} (?:on|every|in the|at|de|en|por)\b"
)  # fmt: skip
_TAKEN: Final = re.compile(
    rf"(?i)\b(?:{_DAY_BEFORE.replace(chr(92) + 'b', '')})\b(?: (?:mornings?|afternoons?|evenings?|nights?))?,?"
    r"(?:(?:['’]s| is| are) (?!(?:[\w'’]+ ){0,4}(?:good|great|fine|best|better|ok|okay|perfect|open|free|eas(?:y|ier|iest)|ideal|possible|available|wonderful|preferred|off|when|days?|work\w*|quiet\w*|only|one|probably|also)\b)\w"
    r"| (?:i|he|she|we|they|my \w+|his \w+|her \w+)(?:['’](?:s|m|re|ve))? (?!(?:[\w'’]+ ){0,5}(?:can|could|would|will|off|free|home|open|available|nothing|only|prefer\w*|best|better|like|need|want|works?)\b)[a-z])"
)
"""A day with what takes place on it: "Mondays he visits his grandma", "Wednesday is Bible study"."""
_OFF_WORK: Final = re.compile(r"(?i)\b(?:i|he|she|we|they)(?:['’]m|['’]s|['’]re| am| is| are)? (?:do(?:n['’]t| not)|does(?:n['’]t| not)|not) work(?:ing)?\b(?! (?:for|well|with|best)\b)")
_STRONG: Final = re.compile(
    r"(?i)\b(?:let (?:me|us|him|her|them) (?:come|do)|(?:put|book) (?:me|us|him|her|them) (?:down |in )?(?:for|on)|descans[oa]|available|availability|free|prefer\w*|ideal\w*|works? (?:best|well|great|fine|better|for|with|too)|(?:is|are|['’]s|would be|be) (?:\w+ ){0,2}(?:good|great|fine|best|better|perfect|ok|okay|easiest|easier|quiet\w*|open|wonderful|amazing)|(?:can|could|able to) (?:\w+ ){0,2}(?:do|come|make|bring|get (?:there|in|him|her|them)|be there|drive)|off on|i['’]?m off|i am off|(?:am|is|are|have|has|get|gets|['’](?:m|s|re|ve)) off (?:on )?(?:mon|tues?|wed|thu|thurs|fri|sat|sun|wednes|satur)(?:days?)?|suits?|best (?:time|day)s?|sweet spot|puedo|podemos|estoy (?:con|en casa)|(?:i am|i['’]m|we['’]re|we are|he['’]s|she['’]s) home|home (?:with|at)|i have (?:him|her|them)|(?:all|any|either|both|that|those) works?|nothing (?:before|after|until)|is when|(?:is|are) the only (?:days?|times?|ones?)|(?:i|we|he|she|they)(?:['’]d| would|['’]ll)? (?:need|want|like|prefer)|(?:is|are|am|['’](?:s|m|re)) in on|bring (?:him|her|them)|mejor|prefer\w*|disponible|libre|me (?:queda|conviene)|nos (?:queda|conviene))\b|mornings? (?:are|is|work)|afternoons? (?:are|is|work)|evenings? (?:are|is|work)"
)
_WEAK: Final = re.compile(r"(?i)\b(?:best|better|good|great|fine|please|only|any|works?|open|off|home with|like|love|usually|mostly|preferably|s[oó]lo|solamente|cualquier|bring|drive|schedule|book|put us|ideally|suit|when|times?|hours|horario|visits?|telehealth|video|in person|same)\b")
_ELSEWHERE: Final = re.compile(
    r"(?i)\b(?:call\w*|phone|ring|reach\w*|text|voicemail|messages?|discharg\w*|surger\w*|operat\w*|appointments?|meeting|(?:going|goes|go|comes?|coming|came|went|send\w*|sent|get|gets) (?:\w+ )?home|leav\w*|seen|saw|sees|fell|falls?|happened|accident|crash|since|yesterday|today|tomorrow|tonight|ago|faxed|submitted|started|starts?|began|begins?|stroke|was|were|had|did|check(?:ed|up)|came off|comes off|hours|closed|closes|opens|in the office|back in|answer|expect\w*|deadline|due|vacation|away|aide|leaves|move|moving|hearing|hospital|until then|after that|for now|gonna|going to|supposed|already|last|submit|cast|church|seminar|arriv\w*)\b"
)
_JOINT: Final = re.compile(r"(?i)[.;!?\n]+(?=\s|$|[\"'”)])|,?\s(?:but(?! not\b)|though|although|because|cause|pero|porque|so|as|(?<!\bis\s)when|while|cuando|and then|that['’]s)\s|,|\s(?:and|y)\s(?=(?:i|he|she|we|they|only|estoy)\b)|\s(?=(?:i|he|she|we|they) (?:can(?:no)?t|can[’\']t|won[’\']?t|works?)\b|(?:shes|hes|she[’\']s|he[’\']s) (?:at|in|out)\b)|\s[-–—]{1,2}\s(?=[a-z])|\s/\s?/\s|\s?[()]\s?")
_FILLER: Final = re.compile(r"(?i)\b(?:x|(?:she|he|they|mom|dad) (?:says?|said|prefers?)|and|or|y|o|u|e|on|in|the|a|at|el|la|los|las|por|en|de|then|also|maybe|either|mostly|preferably|only|just|any|please|all day|day|days?|um+|uh+|well|oh|yeah|yes|no problem|okay|ok|early|late|best|usually|ideally|like|i guess|any ?time|time|every|each|both|same|today|tomorrow|we|do|i|ma'am|sir|thanks?|thank you|really|some|should|say|let['’]s|or so)\b|[^\w]")


class Mark(NamedTuple):
    """Words about days or times of day. `days` or `halves` is None where the words say nothing of them."""

    start: int
    end: int
    days: frozenset[str] | None
    halves: frozenset[str] | None
    out: bool = False


@dataclass(frozen=True, slots=True)
class Coming:
    """What one stretch of words says: on these days, in these halves, they can (or, `out`, cannot) come. None: not said.
    `sure`: it was asked for, or says in so many words that it is about coming; `alone`: it was
    not asked for, and the rest of its sentence is about something else."""

    start: int
    end: int
    days: frozenset[str] | None
    halves: frozenset[str] | None
    out: bool
    sure: bool = True
    alone: bool = False


def coming(text: str, *, asked: bool) -> list[Coming]:
    """What `text` says of when somebody can come, in its order. `asked`: the words answer to that very question or label."""
    blank = lambda match: " " * len(match[0])  # noqa: E731  offsets must stay
    text = _GREETING.sub(blank, text)
    said: list[Coming] = []
    for sentence in _sentences(text):
        pieces = list(_pieces(text, *sentence))
        last: int | None = None
        elsewhere = False
        aims_elsewhere = any(not marks and _of_else(text[start:end]) for start, end, marks in pieces)
        for start, end, marks in pieces:
            words = text[start:end]
            if not marks:
                elsewhere = bool(_AGO.search(words))
                continue
            bare = not _FILLER.sub("", _without(words, start, marks)).strip()
            plain = _NOT_UNTIL.sub(blank, _OFF_WORK.sub(blank, words))
            sure = any(shape.search(words) for shape in (_STRONG, _FREE_AT, _OFF_WORK, _NOT_UNTIL))
            against = bool(_CANNOT.search(plain)) or (bool(_BUSY.search(plain) or _TAKEN.search(plain)) and not sure)
            aside = bool(_ELSEWHERE.search(words)) and not (sure or (asked and bare))
            if (aside and not against) or (bare and elsewhere and not asked):
                continue  # "Three weeks ago, a Sunday"
            elsewhere = False
            if bare and last is not None and said[last].out is False and not any(mark.out for mark in marks):
                said[last:] = _grouped(text, [*_again(said[last:]), *marks])
                continue
            if not (bare or asked or sure or against or _WEAK.search(words) or any(mark.out for mark in marks)):
                continue
            if asked and not bare and not sure and not against and re.match(r"(?i)\s*(?:he|she|they|it|that)\b", words):
                continue  # the reason behind it
            if against:
                said += [Coming(m.start, m.end, m.days, m.halves, out=True) for m in _merged(marks)]
                last = None
                continue
            before = len(said)
            clear = bare or asked or sure
            said += (replace(each, sure=each.out or clear, alone=bare and not asked and aims_elsewhere) for each in _grouped(text, marks))
            last = next((n for n in range(before, len(said)) if not said[n].out), last)
    return said


def half_days(said: Iterable[Coming]) -> dict[str, int]:
    """Half days ("mon_am") in which they can come, each with the number of the stretch that says so.

    Days without a time take the times said without a day; times without any day are every weekday's; of a whole day and
    half of it the half holds. What they cannot is taken off; only what they cannot is no answer. What is not sure counts
    only where nothing surer was said; days beside something else only where nobody says when they can come.
    """
    told = list(said)
    free = [(n, each) for n, each in enumerate(told) if not each.out]
    free = [(n, each) for n, each in free if each.sure and not each.alone] or [(n, each) for n, each in free if each.sure] or free
    alone = [(n, each) for n, each in free if each.days is None and each.halves]
    close = [(n, each) for n, each in alone if len(each.halves or ()) == 1] or alone
    loose = frozenset(half for _, each in close for half in each.halves or ())
    halved = [each.days for _, each in free if each.days and each.halves and len(each.halves) == 1]
    found: dict[str, int] = {}
    for n, each in free:
        if each.days is None:
            continue
        for day in each.days:
            if each.halves is None and any(day in days and len(days) <= len(each.days) for days in halved):
                continue  # "any weekday ... Mondays in the morning"
            for half in each.halves or (loose if len(loose) == 1 else BOTH):
                found.setdefault(f"{day}_{half}", n)
    if not any(each.days for _, each in free):
        for n, each in close:
            for day in WEEK:
                for half in each.halves or ():
                    found.setdefault(f"{day}_{half}", n)
    for each in told:
        if each.out:
            for day in each.days or DAYS:
                for half in each.halves or BOTH:
                    if each.days is not None or len(each.halves or BOTH) == 1:
                        found.pop(f"{day}_{half}", None)
    return {key: found[key] for key in sorted(found, key=lambda key: (DAYS.index(key[:3]), key[4:]))}


def _of_else(words: str) -> bool:
    """Whether a piece without days tells something that has nothing to do with coming."""
    return len(words.split()) >= _FEWEST_WORDS and not _STRONG.search(words) and not _WEAK.search(words)


_FEWEST_WORDS: Final = 4


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    begin = 0
    for match in re.finditer(r"(?<![ap]\.m)(?<!\b[ap])[.;!?\n]+(?=\s|$|[\"'”)])", text, re.I):
        yield begin, match.start()
        begin = match.end()
    yield begin, len(text)


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int, list[Mark]]]:
    """The sentence cut at commas and joints, but never inside a list of days."""
    marks = list(_marks(text, start, end))
    begin = start
    cuts = [m for m in _JOINT.finditer(text, start, end) if not any(k.start < m.end() and m.start() < k.end for k in marks)]
    for n, cut in enumerate([*cuts, None]):
        stop = cut.start() if cut is not None else end
        if cut is not None and cut[0].strip() == ",":
            rest = text[cut.end() : cuts[n + 1].start() if n + 1 < len(cuts) else end]
            here = [k for k in marks if begin <= k.start < stop]
            there = [k for k in marks if cut.end() <= k.start < cut.end() + len(rest)]
            if here and there and not _FILLER.sub("", text[here[-1].end : there[0].start]).strip():
                continue  # "Monday, Wednesday", "Tuesdays, mornings"
        yield begin, stop, [k for k in marks if begin <= k.start < stop]
        begin = cut.end() if cut is not None else stop


def _marks(text: str, start: int, end: int) -> Iterator[Mark]:
    found: list[Mark] = []

    def add(begin: int, stop: int, days: frozenset[str] | None, halves: frozenset[str] | None) -> None:
        if not any(begin < each.end and each.start < stop for each in found):
            found.append(Mark(begin, stop, days, halves))

    for match in _BETWEEN.finditer(text, start, end):
        add(match.start(), match.end(), None, _from_to(match["low"], match["high"]))
    for match in _FREE_AT.finditer(text, start, end):
        add(match.start("hour"), match.end(), None, _later(match["hour"]))
    for match in _NOT_UNTIL.finditer(text, start, end):
        add(match.start("hour"), match.end(), None, _later(match["hour"]))
    for match in _AFTER_THAT.finditer(text, start, end):
        hours = list(_AN_HOUR.finditer(text, start, match.start()))
        if hours:
            add(match.start(), match.end(), None, _later(hours[-1]["hour"]))
    for match in _BEFORE.finditer(text, start, end):
        add(match.start(), match.end(), None, _later(match["hour"]) if match["not"] else _earlier(match["hour"]))
    for match in _AFTER.finditer(text, start, end):
        if match[0].lower().startswith(("from", "past", "desde")) and _NOTED.get(match["hour"].lower(), _NOON) != _NOON:
            continue  # "home from work"
        add(match.start(), match.end(), None, _earlier(match["hour"]) if match["not"] else _later(match["hour"]))
    for match in _OR_LATER.finditer(text, start, end):
        earlier = match["which"].lower() in ("earlier", "before")
        add(match.start(), match.end(), None, _earlier(match["hour"]) if earlier else _later(match["hour"]))
    for match in _FROM_TO.finditer(text, start, end):
        told = re.search(r"(?i)[ap]\.?m\b|:|noon|o'?clock|mediod", match[0]) or not match["low"].isdigit()
        if told or re.search(rf"(?i)(?:{_DAY_BEFORE})\s*$", text[start : match.start()]):
            add(match.start(), match.end(), None, _from_to(match["low"], match["high"]))
    for match in _NIGHTS.finditer(text, start, end):
        add(match.start(), match.end(), WEEK, _PM)
    for match in _INITIALS.finditer(text, start, end):
        add(match.start(), match.end(), _by_initials(match[0]), None)
    for match in _WHOLE_WEEK.finditer(text, start, end):
        add(match.start(), match.end(), WEEK, None)
    for match in _WEEKEND.finditer(text, start, end):
        add(match.start(), match.end(), frozenset({"sat", "sun"}), None)
    named = list(_DAY.finditer(text, start, end))
    for match in named:
        day = str(match.lastgroup)
        if _THIS_ONE.search(text[start : match.start()]) or _ITS_DATE.match(text, match.end()):
            continue
        add(match.start(), match.end(), frozenset({day}), None)
        if beside := _BESIDE_A_DAY.match(text, match.end()):
            add(beside.start(1 if beside[1] else 2), beside.end(), None, _AM if beside[1] else _PM)
    for match in _HALF.finditer(text, start, end):
        if _THIS_ONE.search(text[start : match.start()]):
            continue
        add(match.start(), match.end(), None, _AM if match["am"] else _PM)
    yield from _ranged(text, [each for each in sorted(found) if not _alone(text, each, found)], start)


def _alone(text: str, mark: Mark, marks: list[Mark]) -> bool:
    """Whether a short word only looks like a day: no capital and no other mark beside it."""
    word = text[mark.start : mark.end]
    if word.lower() not in _SHORT or word[0].isupper():
        return False
    beside = (text[min(mark.end, each.end) : max(mark.start, each.start)] for each in marks if each is not mark)
    return not any(_LISTED.fullmatch(gap) for gap in beside)


def _ranged(text: str, marks: list[Mark], begin: int) -> Iterator[Mark]:
    """Two days with "to" between them are all days between; marks behind "not" and "except" are out."""
    at, out, last = 0, False, begin
    while at < len(marks):
        mark = marks[at]
        if at + 1 < len(marks):
            after = marks[at + 1]
            single = all(each.days is not None and len(each.days) == 1 for each in (mark, after))
            if single and _RANGE.fullmatch(text[mark.end : after.start]):
                first, final = (DAYS.index(next(iter(each.days or ()))) for each in (mark, after))
                span = range(first, final + (7 if final < first else 0) + 1)
                mark = Mark(mark.start, after.end, frozenset(DAYS[n % 7] for n in span), None)
                at += 1
        joined = not _FILLER.sub("", text[last : mark.start]).strip() and "," not in text[last : mark.start]
        out = bool(_EXCEPT.search(text[begin : mark.start]) or _NOT_THEN.match(text, mark.end)) or (out and joined and mark.days is not None)
        last = mark.end
        yield mark._replace(out=out)
        at += 1


def _grouped(text: str, marks: list[Mark]) -> list[Coming]:
    """Each group of days takes the halves up to the next group; halves before all days are for those without their own.

    "Saturday, or Friday in the afternoon" are two groups; a longer list ends in ", or" as it goes on.
    """
    said = [Coming(m.start, m.end, m.days, m.halves, out=True) for m in marks if m.out]
    marks = [each for each in marks if not each.out]
    groups: list[tuple[Mark, list[Mark]]] = []
    days = sum(each.days is not None for each in marks)
    leading: list[Mark] = []
    for mark in marks:
        if mark.days is None:
            (groups[-1][1] if groups else leading).append(mark)
        elif groups and not groups[-1][1] and not mark.halves and (days > 2 or not _OR_ELSE.fullmatch(text[groups[-1][0].end : mark.start])):
            day = groups[-1][0]
            groups[-1] = (Mark(day.start, mark.end, (day.days or frozenset()) | mark.days, day.halves), [])
        else:
            groups.append((mark, []))
    if not groups:
        return [*_merged_halves(leading), *said]
    for day, halves in groups:
        own = [each for each in halves if each.halves] or [each for each in leading if each.halves]
        both = frozenset(half for each in own for half in each.halves or ()) | (day.halves or frozenset())
        start = min([day.start, *(each.start for each in own)])
        end = max([day.end, *(each.end for each in own)])
        said.append(Coming(start, end, day.days, both or None, out=False))
    return said


def _merged_halves(marks: list[Mark]) -> list[Coming]:
    halves = frozenset(half for each in marks for half in each.halves or ())
    return [Coming(marks[0].start, marks[-1].end, None, halves, out=False)] if marks else []


def _merged(marks: list[Mark]) -> list[Mark]:
    """What they cannot: days and halves of one piece belong together."""
    days = frozenset(day for each in marks for day in each.days or ())
    halves = frozenset(half for each in marks for half in each.halves or ())
    return [Mark(marks[0].start, marks[-1].end, days or None, halves or None)]


def _again(said: list[Coming]) -> list[Mark]:
    return [Mark(each.start, each.end, each.days, each.halves, each.out) for each in said]


def _without(words: str, start: int, marks: list[Mark]) -> str:
    for mark in marks:
        words = words[: mark.start - start] + " " * (mark.end - mark.start) + words[mark.end - start :]
    return words


def _by_initials(text: str) -> frozenset[str]:
    if re.fullmatch(r"M ?(?:[-–]|thru|through|to) ?(?:F|R|Th)", text):
        return WEEK if text.endswith("F") else frozenset(DAYS[:4])
    letters = re.findall(r"Th|Tue?|[MTWRF]", text)
    return frozenset({"M": "mon", "T": "tue", "Tu": "tue", "Tue": "tue", "W": "wed", "Th": "thu", "R": "thu", "F": "fri"}[each] for each in letters)


def _clock(said: str) -> float:
    """The hour of the day; without am or pm one to six are in the afternoon."""
    said = said.lower().strip()
    if said in _NOTED:
        return _NOTED[said]
    half = re.search(r"([ap])\.?m\b", said)
    number = re.match(r"\d{1,2}", said)
    hour = float(number[0]) if number else float(_NUMBERS.get(re.split(r"[\s-]", said)[0], 0))
    minutes = re.search(r"[:h. ](\d\d)", said)
    hour += int(minutes[1]) / 60 if minutes else 0.5 if re.search(r"thirty|media", said) else 0
    if half:
        return hour % 12 + (12 if half[1] == "p" else 0)
    return hour + 12 if hour < 7 else hour


def _earlier(said: str) -> frozenset[str]:
    return _AM if _clock(said) <= _NOON + 1 else BOTH


def _later(said: str) -> frozenset[str]:
    return _PM if _clock(said) >= _NOON else BOTH


def _from_to(low: str, high: str) -> frozenset[str]:
    begin, end = _clock(low), _clock(high)
    if re.search(r"(?i)p\.?m", high) and not re.search(r"(?i)[ap]\.?m", low) and begin < end - _NOON:
        begin += _NOON if begin + _NOON < end else 0
    halves = {half for half, there in (("am", begin < _NOON), ("pm", end > (_NOON + 1 if begin < _NOON else _NOON))) if there}
    return frozenset(halves) or BOTH
