"""Addresses of the staff screens and of signing in."""

from __future__ import annotations

from typing import Final

from allauth.account import views as account
from allauth.mfa.recovery_codes import views as recovery
from django.urls import URLPattern, path
from django.views.generic import RedirectView

from firstvisit.web.staff.add.views import add, add_verb
from firstvisit.web.staff.audit.views import audit
from firstvisit.web.staff.authorization.views import authorization, authorization_file, authorization_verb
from firstvisit.web.staff.calendar.urls import urlpatterns as calendar
from firstvisit.web.staff.call.views import call_card, call_list, call_start, call_verb
from firstvisit.web.staff.card.views import lead_card
from firstvisit.web.staff.changes.views import changes
from firstvisit.web.staff.day_sheet.views import day_sheet, day_sheet_pdf
from firstvisit.web.staff.emr.views import emr, emr_card, emr_card_pdf, emr_verb
from firstvisit.web.staff.estimate.views import estimate_pdf, lead_estimate
from firstvisit.web.staff.events import views as events
from firstvisit.web.staff.events.sheet import sheet
from firstvisit.web.staff.find.views import find
from firstvisit.web.staff.imports import views as imports
from firstvisit.web.staff.inbox.urls import urlpatterns as inbox
from firstvisit.web.staff.item.views import item, item_verb
from firstvisit.web.staff.lead.views import lead, lead_verb, task_verb, undo_step
from firstvisit.web.staff.matches.views import match, match_verb, matches
from firstvisit.web.staff.medicare.views import lead_medicare
from firstvisit.web.staff.packet.views import packet, packet_pdf
from firstvisit.web.staff.payers import views as payers
from firstvisit.web.staff.people.views import lead_people
from firstvisit.web.staff.practice.urls import urlpatterns as practice
from firstvisit.web.staff.rules.urls import urlpatterns as rules
from firstvisit.web.staff.signin import views as signin
from firstvisit.web.staff.stated.views import lead_stated
from firstvisit.web.staff.supply.urls import urlpatterns as supply
from firstvisit.web.staff.texts import views as texts
from firstvisit.web.staff.today.views import today
from firstvisit.web.staff.treatment.one import treatment_visit
from firstvisit.web.staff.treatment.views import lead_treatment
from firstvisit.web.staff.unanswered.views import answer_visit, unanswered_visits
from firstvisit.web.staff.verification.reply import reply
from firstvisit.web.staff.verification.told import told_page
from firstvisit.web.staff.verification.views import verification
from firstvisit.web.staff.visit.views import lead_visit, next_times
from firstvisit.web.staff.visits_file.views import visits_file
from firstvisit.web.staff.ways_in import views as ways_in

_NOT_OFFERED: Final = (
    "account_signup",
    "account_email",
    "account_set_password",
    "account_reset_password",
    "account_email_verification_sent",
    "account_confirm_email",
    "account_reset_password_done",
    "account_confirm_login_code",
    "account_request_login_code",
)
"""Names that allauth looks up; each answers 404."""

urlpatterns: list[URLPattern] = [
    path("today", today, name="today"),
    path("add", add, name="add"),
    path("add/<slug:verb>", add_verb, name="add_verb"),
    *calendar,
    path("call", call_list, name="calls"),
    path("call/start", call_start, name="call_start"),
    path("call/<uuid:card>", call_card, name="call"),
    path("call/<uuid:card>/<slug:verb>", call_verb, name="call_verb"),
    path("leads/<str:code>", lead, name="lead"),
    path("leads/<str:code>/packet", packet, name="packet"),
    path("leads/<str:code>/packet.pdf", packet_pdf, name="packet_pdf"),
    path("day-sheet", day_sheet, name="day_sheet"),
    path("day-sheet.pdf", day_sheet_pdf, name="day_sheet_pdf"),
    path("leads/<str:code>/people", lead_people, name="lead_people"),
    path("leads/<str:code>/stated", lead_stated, name="lead_stated"),
    path("leads/<str:code>/estimate", lead_estimate, name="lead_estimate"),
    path("leads/<str:code>/estimate/<uuid:estimate>.pdf", estimate_pdf, name="estimate_pdf"),
    path("leads/<str:code>/emr-card", emr_card, name="emr_card"),
    path("leads/<str:code>/emr-card.pdf", emr_card_pdf, name="emr_card_pdf"),
    path("emr", emr, name="emr"),
    path("emr/<uuid:telling>", emr_verb, name="emr_verb"),
    path("leads/<str:code>/card", lead_card, name="lead_card"),
    path("leads/<str:code>/medicare", lead_medicare, name="lead_medicare"),
    path("visits/unanswered", unanswered_visits, name="unanswered_visits"),
    path("visits/unanswered/<uuid:number>", answer_visit, name="answer_visit"),
    path("visits/file", visits_file, name="visits_file"),
    path("leads/<str:code>/visit", lead_visit, name="lead_visit"),
    path("leads/<str:code>/treatment", lead_treatment, name="lead_treatment"),
    path("leads/<str:code>/treatment/<uuid:number>", treatment_visit, name="lead_treatment_visit"),
    path("leads/<str:code>/visit/next", next_times, name="next_times"),
    path("leads/<str:code>/told/<int:rank>/<str:discipline>", told_page, name="told"),
    path("leads/<str:code>/benefits/<uuid:check>", reply, name="benefits_reply"),
    path("leads/<str:code>/authorizations/<uuid:number>", authorization, name="authorization"),
    path(
        "leads/<str:code>/authorizations/<uuid:number>/files/<slug:form>",
        authorization_file,
        name="authorization_file",
    ),
    path(
        "leads/<str:code>/authorizations/<uuid:number>/<slug:verb>",
        authorization_verb,
        name="authorization_verb",
    ),
    path("leads/<str:code>/<slug:verb>", lead_verb, name="lead_verb"),
    path("tasks/<uuid:task>/<slug:verb>", task_verb, name="task_verb"),
    path("matches", matches, name="matches"),
    path("matches/<uuid:pair>", match, name="match"),
    path("matches/<uuid:pair>/<slug:verb>", match_verb, name="match_verb"),
    *inbox,
    path("items/<uuid:item>", item, name="item"),
    path("items/<uuid:item>/<slug:verb>", item_verb, name="item_verb"),
    path("imports", imports.imports, name="imports"),
    path("imports/<uuid:run>", imports.one, name="import"),
    path("imports/<uuid:run>/progress", imports.progress, name="import_progress"),
    path("imports/<uuid:run>/report.csv", imports.report_file, name="import_report"),
    path("imports/<uuid:run>/refused.csv", imports.refused_file, name="import_refused"),
    path("imports/<uuid:run>/<slug:verb>", imports.verb, name="import_verb"),
    path("undo/<uuid:step>", undo_step, name="undo"),
    path("find", find, name="find"),
    *rules,
    path("audit", audit, name="audit"),
    path("texts", texts.texts, name="texts"),
    path("texts/<slug:slug>", texts.text, name="text"),
    path("events", events.events, name="events"),
    path("events/guides", events.guides, name="guides"),
    path("events/<slug:slug>", events.setup, name="event_setup"),
    path("events/<slug:slug>/print", events.printed, name="event_printed"),
    path("events/<slug:slug>/sheet", sheet, name="event_sheet"),
    path("events/<slug:kind>/<slug:slug>/end", events.end, name="offer_end"),
    path("ways-in", ways_in.listing, name="ways_in"),
    path("ways-in/of/<uuid:way>", ways_in.seen_to, name="way_task"),
    path("ways-in/<slug:slug>", ways_in.one, name="way_in"),
    path("ways-in/<slug:slug>/tested", ways_in.tested, name="way_in_tested"),
    path("ways-in/<slug:slug>/<slug:verb>", ways_in.verb, name="way_in_verb"),
    path("verification", verification, name="verification"),
    path("payers", payers.payer_list, name="payers"),
    path("payers/<slug:slug>", payers.payer, name="payer"),
    path("changes", changes, name="changes"),
    *practice,
    *supply,
    path("account/login/", account.login, name="account_login"),
    path("account/logout/", account.logout, name="account_logout"),
    path("account/inactive/", account.account_inactive, name="account_inactive"),
    path("account/reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("account/password/change/", account.password_change, name="account_change_password"),
    path("account/2fa/", signin.account, name="mfa_index"),
    path("account/away", signin.away, name="away"),
    path("account/2fa/authenticate/", signin.Prompt.as_view(), name="mfa_authenticate"),
    path("account/2fa/reauthenticate/", signin.Confirm.as_view(), name="mfa_reauthenticate"),
    path("account/2fa/totp/activate/", signin.Enrol.as_view(), name="mfa_activate_totp"),
    path(
        "account/2fa/totp/deactivate/",
        RedirectView.as_view(pattern_name="mfa_index"),
        name="mfa_deactivate_totp",
    ),
    path("account/2fa/recovery-codes/", recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "account/2fa/recovery-codes/generate/",
        recovery.generate_recovery_codes,
        name="mfa_generate_recovery_codes",
    ),
    path(
        "account/2fa/recovery-codes/download/",
        recovery.download_recovery_codes,
        name="mfa_download_recovery_codes",
    ),
    *(path(f"account/not-offered/{name}/", signin.closed, name=name) for name in _NOT_OFFERED),
]
