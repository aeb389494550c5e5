"""What a person may do. Services check capabilities; roles are editable sets of them (design, section 7)."""

from __future__ import annotations

from typing import Final

CAPABILITIES: Final[dict[str, str]] = {
    "leads.see": "see own cases and the leads of own queues",
    "leads.see_site": "see every lead of own sites",
    "leads.work": "take, hand over, snooze and finish the work on a lead",
    "leads.overrule": "decide an outcome against the plan, with a reason",
    "identity.see": "see names, birth dates, phones, addresses",
    "identity.mask": "see decisions and log with identities masked until a reason is given",
    "narrative.see": "see what was written in the person's own words and clinical narrative",
    "insurance.see": "see payer and member numbers",
    "clinical.review": "judge red flags and unclear fits",
    "messages.send": "send a message to a person",
    "booking.book": "book, move and cancel visits",
    "leads.import": "bring leads in from a file",
    "items.resolve": "settle items in the inbox, sign one as not a lead",
    "partners.see": "see referring organizations and the status of what they sent",
    "outreach.edit": "set up events and guides, enter sign-up sheets",
    "texts.review": "sign that the Spanish of a public page says what its English says",
    "practice.see": "see programs, payers, hours and rules",
    "practice.edit": "change programs, payers, hours; draft rules",
    "rules.sign": "sign a draft of the rules so that it goes live",
    "payer_factor.switch": "switch a payer factor on, after reading the warning",
    "audit.see": "see who saw or changed what",
    "break_glass": "open one lead outside own scope for 60 minutes, with a reason",
    "people.merge": "merge two records of one person, or undo it",
    "people.erase": "erase a person after the retention check",
    "users.manage": "add, disable and reset users",
    "keys.manage": "rotate keys, manage API keys and connectors",
}
