"""Addresses of the staff screens and of signing in."""

from __future__ import annotations

from typing import Final

from allauth.account import views as account
from allauth.mfa.recovery_codes import views as recovery
from django.urls import URLPattern, path
from django.views.generic import RedirectView

from firstvisit.web.staff.audit.views import audit
from firstvisit.web.staff.changes.views import changes
from firstvisit.web.staff.item.views import item, item_verb
from firstvisit.web.staff.lead.views import find, lead, lead_verb, task_verb
from firstvisit.web.staff.signin import views as signin
from firstvisit.web.staff.today.views import today

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
    path("leads/<str:code>", lead, name="lead"),
    path("leads/<str:code>/<slug:verb>", lead_verb, name="lead_verb"),
    path("tasks/<uuid:task>/<slug:verb>", task_verb, name="task_verb"),
    path("items/<uuid:item>", item, name="item"),
    path("items/<uuid:item>/<slug:verb>", item_verb, name="item_verb"),
    path("find", find, name="find"),
    path("audit", audit, name="audit"),
    path("changes", changes, name="changes"),
    path("account/login/", account.login, name="account_login"),
    path("account/logout/", account.logout, name="account_logout"),
    path("account/inactive/", account.account_inactive, name="account_inactive"),
    path("account/reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("account/password/change/", account.password_change, name="account_change_password"),
    path("account/2fa/", signin.account, name="mfa_index"),
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
