"""What nobody who wants care would say, and what everybody who wants it does. Pure.

Offers name therapies, records requests name patients and birth dates, patients in care name their shoulder: words of the
trade tell nothing. What tells is who wishes for what.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final


def _any(*shapes: str) -> re.Pattern[str]:
    return re.compile(r"(?<![\w])(?:" + "|".join(shapes) + ")", re.IGNORECASE)


_CARE: Final = r"(?:therap\w*|terapia|P\.?T\b|O\.?T\b|S\.?L\.?P\b|rehab\w*|eval\w*|assess\w*|treat(?:ed|ment)\b|seen\b|splint\w*|speech|new appointment|first appointment|an? (?:appointment|opening|slot)|in with|set up|signed up|established|started)(?! (?:records?|notes|chart|leads|jobs?|positions?)\b)"
_NOT_MOVING: Final = r"(?:(?!\b(?:move|cancel\w*|resched\w*|change|switch(?! to)|copies|copy|copia|records|expediente|bill\w*|refill\w*|leads?|notes|forms?|paperwork|volunteer\w*|hours|placement|acquir\w*|invest\w*|sell\w*|hiring|resume|cambiar|mover|cancelar|trabajo|empleo|school for)\b)[^.?!\n]){0,50}?"
WISH: Final = _any(
    rf"(?:i|i'm|i'd|i've|we|we're|we'd|he|he's|she|she's|they|who|(?:my|our) \w+|mom|dad|patient|pt|student|client|resident)\b{_NOT_MOVING}\b(?:needs?|wants?|would like|'d like|like to|looking (?:for|to)|look for|hop(?:e|ing) (?:for|to)|interested in|should (?:get|have|see|start)|trying to (?:get|find|set)|supposed to (?:get|have|start|see)|(?:was|were|been|got|is|being) (?:referred|told|sent|prescribed|ordered)|could use|ask\w* (?:about|for)|(?<!the )schedul(?:e|ing)|have (?:a|an) (?:referral|order|script|prescription)|help with|qualif\w+)\b{_NOT_MOVING}\b{_CARE}",
    rf"(?:recommend\w*|advis\w+|prescrib\w+|suggest\w*|order(?:ed|ing)?|would benefit from|candidate for|appropriate for)\b{_NOT_MOVING}\b{_CARE}", r"can be reached at|(?:patient|family|parent|mother|father|daughter|son)(?:'s)? (?:phone|cell|number|would like)",
    rf"(?:need|needs|want|looking for|looking to (?:get|start|set)|would like|interested in|seeking|requesting)\b (?:an? |some |outpatient |to |get |start |begin |schedule |home |pediatric |new )*{_CARE}(?! (?:jobs?|positions?|records|notes|leads|patients|practices))",
    r"(?:please|pls|kindly) (?:evaluate|eval|see|assess|treat|schedule (?:this|the|him|her|for|a)|contact (?:the )?(?:patient|family|parent|him|her|me))", r"eval(?:uate|uation)? (?:and|&|/|\+) ?(?:tx|treat)\w*", r"(?:referral|referring|refer|order|script|rx|prescription) (?:for|to|from) (?!(?:our|your) (?:product|service))(?:\w+ ){0,4}(?:therap\w*|PT|OT|SLP|speech|eval\w*|you)\b",
    r"(?:referring|i'?d like to refer|we'?d like to refer|i am referring|would like to refer)", r"(?:do|can|are|would|will) you (?:guys |all |folks )?(?:do|take|takes|taking|treat|see|accept|accepting|work with|offer|help|have (?:any )?(?:openings?(?! for (?:an? )?(?:PT |OT |rehab |therapy )?(?:tech|aide|assistant|student|job|position))|availability|room|space|someone|anyone|a wait))\b(?! (?:credit|checks|applications|interns|students|volunteers|minutes|interest|time|a minute))", r"new patients?\b(?! (?:volume|leads?|a month|per|every|growth|acquisition|flow))",
    r"(?:doctor|surgeon|pediatrician|teacher|neurologist|hospital|school|nurse|PCP|ortho\w*) (?:\w+ ){0,3}(?:wants?|says?|said|told|recommend\w*|suggest\w*|sent|order\w*|wrote|refer\w*|thinks?)\b[^.?!\n]{0,60}(?:therap\w*|PT|OT|speech|you|eval\w*)\b", r"(?:get|getting|set) (?:him|her|me|us|them|my \w+) (?:in|started|set up|signed up|scheduled|on (?:the|your) (?:list|waitlist))\b", r"(?:want|like) to (?:come (?:back|in)|try your|switch to you|be seen|get seen|start|resume (?:therapy|PT|OT))",
    r"(?:necesit\w+|quier[oe]|quisiera|busc\w+|me (?:mandaron|refirieron)|recomend\w+|mandaron|refiri\w+|orden para)\b(?:(?!\b(?:cambiar|mover|cancelar|trabajo|empleo|copia|expediente)\b)[^.?!\n]){0,60}(?:terapia|cita|evaluaci.n|consulta)", r"reason for (?:referral|visit)\s*[:\-]", r"our (?:PT|OT|SLP|therapist|speech \w+) (?:is|are|left|quit|retired|going|has)\b", r"(?:need|looking for|want) (?:someone|somebody|a therapist|an? (?:OT|PT|SLP)|coverage|a (?:PT|provider)|services)\b[^.?!\n]{0,60}(?:days?|schools?|building|residents|students|kids|employees|workers|hours)", r"(?:send|quote|what is|what are) (?:us |me )?(?:her|your|the) (?:hourly )?rates?\b",
)  # fmt: skip
"""A wish for care, one's own or for somebody: also an order, and a house that needs a therapist."""
FIRST: Final = _any(
    r"first (?:visit|appointment|session|time|eval\w*)", r"(?:intake|initial|OT|PT|speech|handwriting) (?:eval\w*|appointment)\b", r"(?<!at my )(?<!since my )(?<!after my )(?<!from my )(?<!during my )(?<!following my )evaluation(?! (?:on|last|was|report|in (?:january|february|march|april|may|june|july|august|september|october|november|december)))", r"new patient", r"never been", r"(?:start|starts|starting|begin)\b[^.?!\n]{0,20}(?:PT|OT|therapy|monday|tuesday|wednesday|thursday|friday|next)", r"primera (?:cita|vez)",
)  # fmt: skip
"""Who has not been seen yet is no patient in care, whatever they move."""
_DAY: Final = r"(?:(?:mon|tues|wednes|thurs|fri|satur)days?|tomorrow|today|tonight|this (?:week|afternoon|morning)|next week|\d{1,2}(?::\d\d)? ?(?:am|pm|o'?clock)?\b|(?:nine|ten|eleven|noon|one|two|three|four|five)\b)"
PLAIN: Final = (
    ("vendor", _any(
        r"(?:exclusive|qualified|free|guaranteed|booked|hot|verified|first (?:\d+|five|ten)) (?:\w+ ){0,2}(?:leads?|evaluation requests|patients?|referrals)\b", r"leads (?:free|then|for|per|a month|each)", r"pay[- ]per[- ]\w+|pay per booked|per (?:booked|lead)\b", r"(?:practices|clinics|providers|offices|businesses) (?:just )?like (?:yours|you)", r"unsubscribe|manage (?:your )?preferences|you(?:'re| are) receiving this|view (?:this|in) (?:\w+ )?browser|read online|in this issue|this week:", r"reply (?:with )?[\"']?STOP",
        r"(?:ten|15|fifteen|10|20|twenty|five|5|a few|couple of|quick) minutes (?:on|this|next|thursday|monday|tuesday|wednesday|friday|to (?:show|chat|talk|discuss|connect))", r"(?:on|in) your calendar", r"circl\w+ back on", r"our (?:[\w-]+ ){0,3}(?:platform|software|solution|tool|app|AI|scribe|agency|catalog|pricing|clients|team of experts|technology)\b", r"page (?:one|two|three|\d) (?:of|on) google", r"(?:cut|reduce|save|boost|increase|double|grow) (?:\w+ ){0,3}(?:charting|documentation|costs?|no-?shows|caseload|revenue|referrals|bookings|visits|collections|denials)\b", r"book a (?:call|demo|meeting|time)|schedule a (?:\w+ )?demo|calendly",
        r"press (?:one|two|nine|\d)\b", r"(?:business|google) (?:listing|profile)", r"(?:domain|mailbox|password|account|storage)\b[^.\n]{0,30}(?:expir\w*|suspend\w*|full|verify|locked|limited|renew)", r"(?:short|brief|quick|minute|customer) survey|this is not a sales call|political poll", r"working capital|line of credit|pre-?approved|funding (?:for|of) ", r"(?:updated?|new|change of) (?:bank|payment|remittance|ACH|wire)", r"CEUs?\b|contact hours|webinar", r"(?:car|auto|extended|vehicle'?s?) warranty", r"you(?:'ve| have) (?:won|been selected)|claim your (?:prize|reward)", r"(?:kindly )?(?:click|open) (?:the |this |here|on )(?:link|attachment|document|below|button)?[^.\n]{0,30}(?:verify|password|invoice|view|log ?in|release|confirm)",
        r"(?:aumente|haga crecer|promocione) (?:sus?|tu) ", r"posicionamiento (?:web|en google)", r"(?:we|i) (?:offer|provide|sell|supply|represent)\b[^.\n]{0,60}(?:to|for) (?:clinics|practices|offices|therapists|providers|businesses)", r"(?:vendor|wholesale|bulk) (?:pricing|account|discount)", r"(?:cleaning|janitorial|linen|shredding|payroll|waste|insurance verification|billing|transcription|marketing|web ?site|design|IT) (?:services?|company|support) (?:for|to|quote|in your)", r"(?:electric|energy|utility|internet|phone) (?:bill|rate|supplier|provider)s? (?:for your|is|could|rate|savings)",
    )),
    ("records_request", _any(
        r"cop(?:y|ies) of\b[^.\n]{0,50}(?:records?|notes|evaluations|charts?|files?|billing|reports)\b", r"(?:complete|entire|full|certified|any and all)\b[^.\n]{0,30}(?:chart|file|records?|billing)\b", r"(?:records?|notes|chart|evaluations)\b[^.\n]{0,80}(?:disability (?:claim|determination|hearing|case)|date of loss|subpoena|settlement|lawsuit|litigation|deposition|(?:claim|audit) review|social security|life insurance)", r"(?:disability (?:claim|determination|hearing)|subpoena|deposition|lawsuit|litigation)\b[^.\n]{0,80}(?:records?|notes|chart|evaluations)", r"(?:request|requesting|requests|need|send|release|obtain|fax|pull|get)\b[^.\n]{0,30}\b(?:medical |therapy |treatment |PT |OT |his |her |my )(?:\w+ )?records\b", r"medical records (?:department|dept|request)", r"records (?:request|department|retrieval|clerk|custodian)", r"(?:fill out|complete|sign|need)\b[^.\n]{0,40}\b(?:FMLA|short[- ]term disability|jury|disability) (?:form|paperwork|papers|letter)", r"(?:copia|copias|copies) (?:de|del)\b[^.\n]{0,40}(?:expediente|historial|notas|registros)", r"itemized (?:statement|bill|receipt)s?\b", r"release of information",
    )),
    ("job_seeker", _any(
        r"(?:my|attached|enclosed|a|updated) (?:\w+ )?(?:resume|r.sum.|CV)\b", r"(?:are|is) (?:you|y'all|your clinic|there)(?: guys)? (?:hiring|any jobs?|a job)", r"(?:job|position|opening|vacancy|employment|internship|externship|per diem|PRN|full-time|part-time)\b[^.\n]{0,40}(?:posted|listed|available|opportunit\w*|application|as a |for a (?:PT|OT|COTA|PTA|SLP|tech|aide|front))", r"apply(?:ing)? (?:for|to) (?:the|a|your|an)\b[^.\n]{0,40}(?:job|position|opening|role|desk|aide|assistant|tech|internship)", r"(?:observation|volunteer|shadowing|clinical|fieldwork) (?:hours|placement|rotation|site|student)", r"(?:shadow|volunteer|intern|work) (?:at|with|for|in) your (?:clinic|office|practice|team)", r"(?:i am|i'm) (?:a |an )?(?:\w+ )?(?:PT|OT|DPT|COTA|PTA|SLP|SLPA|therapist|therapy student|tech|aide)\b[^.\n]{0,60}(?:looking for (?:a )?(?:work|job|position|hours|full|part|per|new)|seeking|moving to|relocat\w+|new grad\w*)", r"busco (?:trabajo|empleo)|(?:est.n|tienen) (?:contratando|vacantes)|mi (?:curr.culum|hoja de vida)",
    )),
    ("wrong_number", _any(
        r"wrong number", r"misdial\w*", r"n.mero equivocado", r"(?:this|that|you)(?: is|'re| are)?(?:n'?t| not) (?:the )?[\w' ]{0,25}(?:on \w+|pharmacy|dentist|vet|bank|pizza|salon|school|garage|store|restaurant)\b", r"is (?:this|that) (?:the )?(?:\w+(?:'s)? ){0,3}(?:pharmacy|dentist|pizza|vet|bank|DMV|church|salon|library|garage|tire|hardware|restaurant|animal hospital|police|water department|cable company)", r"(?:is|are) my (?:prescription|prescriptions|order|pizza|car|laundry|glasses|package|meds|pills|tires) ready", r"(?:therapy|PT|appointment|massage|treatment|evaluat\w*)\b[^.\n]{0,20} (?:for|on) (?:my|our|a|the) (?:dog|cat|horse|puppy|kitten|parrot|goldfish|hamster|goat|truck|car)\b", r"(?:table|reservation) for (?:two|three|four|\d)", r"(?:i )?(?:got|had|have) a (?:missed )?call from this number", r"shut up,? \w+", r"refrigerator (?:is )?running", r"(?:large|medium) (?:pepperoni|cheese|pizza)", r"oil change|my transmission|my muffler", r"sorry,? (?:i )?(?:must have|i've got|thought (?:this|you)|dialed)", r"farmacia\b",
    )),
    ("misdirected", _any(
        r"(?:came|sent|faxed|delivered|arrived|went) (?:\w+ ){0,3}(?:by mistake|in error|to us by|to the wrong)", r"(?:received|got|getting)\b[^.\n]{0,40}(?:by mistake|in error|meant for|not (?:ours|our|for us))", r"(?:not|isn'?t|aren'?t|no longer) (?:our|a|one of our) (?:patient|client|resident)s?\b(?! of yours)", r"(?:not|isn'?t|never been) (?:a )?patients? (?:here|of ours)", r"(?:take|remove) (?:us|me|our (?:number|fax|office))\b[^.\n]{0,20}(?:off|from) (?:your|the|this)", r"refill (?:my|a|the|request|on|for)|(?:my|the|a) refill", r"(?:donat\w+|raffle|silent auction|fundraiser|sponsor(?:ship)?|girl scout)\b", r"lost (?:dog|cat|phone|keys)", r"(?:candidate|vote|campaign|ballot)\b[^.\n]{0,30}(?:for|on|this|november)", r"(?:results|labs?) (?:for|from|of) (?:my|the) (?:blood|MRI|x-?ray|labs?|biopsy)",
    )),
    ("patient_in_care", _any(
        r"(?:i|we|he|she|my \w+|mom|dad) (?:see|sees|work with|works with|am seeing|is seeing|(?:have|has|come|comes)(?: for)? (?:PT |OT |speech |therapy |an? (?:appointment|session|visit) )?with) (?!PT|OT|SLP)(?-i:[A-Z])[a-z]+\b[^.?!\n]{0,40}" + _DAY, r"(?:i|he|she|we)(?:'m| am|'s| is|'re| are) on the (?:schedule|books|calendar)", r"(?:\d(?:st|nd|rd|th)|second|third|fourth|fifth|sixth|last|next|regular|usual|standing|remaining) (?:visit|session|appointment|PT appointment|OT appointment)s?\b(?! (?:available|opening|you have))", r"running (?:a (?:bit|little) |about (?:\w+ )?(?:minutes )?)?late|(?:ten|five|fifteen|twenty|\d+) minutes late|stuck in traffic|going to be late|gonna be late",
        r"(?:can'?t|cannot|won'?t|not going to|not gonna|unable to) (?:be able to )?(?:make|keep|come in|be (?:there|in))\b[^.?!\n]{0,30}(?:it|appointment|session|" + _DAY + r")", r"(?:move|push|switch|change|reschedule|bump|swap|cancel|skip)\b[^.?!\n]{0,40}\b(?:appointment|appt|session|visit|slot|time|it)\b[^.?!\n]{0,30}" + _DAY, r"(?:cancel|reschedule|skip|miss)\b[^.?!\n]{0,30}" + _DAY, r"(?:the|my|her|his|those|these) (?:band |home |hand |new |balance )?exercises (?:you|she|he|that|are|is|from|sheet|gave|\w+ gave)", r"(?:print|send|lost|resend)\b[^.?!\n]{0,25}(?:exercise|home program|exercises|HEP)", r"(?:already|currently|been) (?:a patient|a client|in therapy with you)",
        r"(?:signed|returning|faxed|faxing|sent)\b[^.?!\n]{0,70}(?:plan of care|POC|recert\w*|progress (?:report|note)|re-?certification)", r"(?:plan of care|POC|recert\w*|certification)\b[^.?!\n]{0,60}(?:signed|signature|back to you|returned|faxed|attached|enclosed|good for)", r"(?:my|the|a|this|last|our) (?:bill|balance|statement|copay|co-pay|invoice|charge|superbill|EOB)\b[^.?!\n]{0,60}(?:wrong|twice|shows?|says|question|was|came|paid|owe|why|from|for|don'?t|received)", r"(?:question|calling|call|question is|confused|problem)\b[^.?!\n]{0,20}\b(?:about|on|with)\b[^.?!\n]{0,15}\b(?:bill|balance|statement|charge|invoice|superbill)\b", r"(?:charged|billed) (?:me )?(?:twice|for|again|the wrong|my)", r"pay my (?:bill|balance|copay)", r"left (?:my|her|his)\b[^.?!\n]{0,30}(?:there|at|in|behind)",
        r"(?:cambiar|cancelar|mover|reprogramar)\b[^.?!\n]{0,30}(?:cita|sesi.n)", r"(?:voy a llegar|llego|llegar.) tarde|no (?:puedo|podr.|voy a poder) (?:ir|llegar|asistir)", r"(?:mi|la) (?:cuenta|factura)\b[^.?!\n]{0,40}(?:cobr\w+|mal|error|por qu.)", r"(?:discharged?|graduat\w+|finish\w*) (?:from|with) (?:your|therapy|PT|OT)",
    )),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Plain:
    """What a text plainly is when it is no referral: how many unlike signs say so, how many of them say so alone, and the
    place of the first."""

    sort: str
    signs: int
    alone: int
    start: int
    end: int


def plain_sort(text: str) -> Plain | None:
    """The sort with most signs; None where there is none. Whoever has not been seen yet is no patient in care, unless most of
    what they say is of one."""
    best: Plain | None = None
    new = bool(FIRST.search(text))
    listed, _ = _listed()
    for sort, shape in PLAIN:
        alone = list(shape.finditer(text))
        hits = sorted((*alone, *listed[sort].finditer(text)), key=lambda hit: hit.start())
        count = len({hit[0].lower() for hit in hits})
        if hits and not (sort == "patient_in_care" and new and count < _MOST) and (best is None or count > best.signs):
            best = Plain(sort, count, len({hit[0].lower() for hit in alone}), hits[0].start(), hits[0].end())
    return best


_MOST: Final = 3


@cache
def _listed() -> tuple[dict[str, re.Pattern[str]], re.Pattern[str]]:
    """The signs kept as data, by sort, and the words of care."""
    data: dict[str, list[str]] = tomllib.loads(Path(__file__).with_name("kinds.toml").read_text("utf-8"))
    signs = {sort: re.compile(r"(?<![\w])(?:" + "|".join(shapes) + ")", re.IGNORECASE) for sort, shapes in data.items()}
    return signs, signs.pop("care")


_ENOUGH_TO_TELL: Final = 12
"""Words from which on a text that never speaks of care is about something else."""


def speaks_of_care(text: str) -> bool:
    """Whether a text has a word of health, therapy or coming in, or is too short to have one."""
    return len(re.findall(r"[^\W\d_]{2,}", text)) < _ENOUGH_TO_TELL or bool(_listed()[1].search(text))


def wishes(text: str) -> int:
    """How many unlike wishes for care stand in `text`. Words that offer, ask for papers, look for work or speak of a visit
    already made are no wish, whatever therapies they name: "I need forty hours of observing a physical therapist"."""
    listed, _ = _listed()
    others = [hit.span() for sort, shape in PLAIN for each in (shape, listed[sort]) for hit in each.finditer(text)]
    return len(
        {
            hit[0].lower()
            for hit in WISH.finditer(text)
            if not any(begin < hit.end() and hit.start() < end and not _NEEDS.search(text[end : hit.end()]) for begin, end in others)
        }
    )


_NEEDS: Final = _any(r"needs?\b", r"wants?\b", r"like\b", r"looking\b", r"interested\b", r"hop(?:e|ing)\b", r"necesit\w+", r"quier\w+", r"busc\w+", r"refer\w*", r"order\w*", r"prescri\w*")
