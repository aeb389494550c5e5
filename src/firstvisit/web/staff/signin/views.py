"""Signing in and one's own account: allauth's flows with our codes, without what we do not offer."""

from __future__ import annotations

from allauth.mfa.base.views import AuthenticateView, ReauthenticateView
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import ActivateTOTPView
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from firstvisit.web.accounts import ConfirmCode, FirstCode, SignInCode
from firstvisit.web.staff.screen import screen, staff


class Prompt(AuthenticateView):  # type: ignore[misc]
    """The code after the password."""

    form_class = SignInCode


class Confirm(ReauthenticateView):  # type: ignore[misc]
    """The code once more before something important."""

    form_class = ConfirmCode


class Enrol(ActivateTOTPView):  # type: ignore[misc]
    """Setting up the authenticator app."""

    form_class = FirstCode


@require_GET
@screen()
def account(request: HttpRequest) -> HttpResponse:
    """One's own account: name, role, how one signs in."""
    user = staff(request)
    kinds = set(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    context = {
        "role": user.role.name,
        "totp": Authenticator.Type.TOTP in kinds,
        "codes": Authenticator.Type.RECOVERY_CODES in kinds,
        "minutes": settings.ENVIRONMENT.signoff_minutes,
    }
    return render(request, "staff/signin/account.html", context)


def closed(request: HttpRequest, **_: object) -> HttpResponse:
    """What allauth could do and we do not offer: sign-up, passwords by mail, other addresses."""
    raise Http404
