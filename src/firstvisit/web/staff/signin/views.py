"""Signing in and one's own account: allauth's flows with our codes, without what we do not offer."""

from __future__ import annotations

from allauth.mfa.base.views import AuthenticateView, ReauthenticateView
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import ActivateTOTPView
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from firstvisit.journey import desk
from firstvisit.kernel import clock
from firstvisit.web.accounts import ConfirmCode, FirstCode, SignInCode
from firstvisit.web.middleware import actor_of
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
        "works": user.may("leads.work"),
        "away": desk.is_away(user, now=clock.now()),
        "minutes": settings.ENVIRONMENT.signoff_minutes,
    }
    return render(request, "staff/signin/account.html", context)


@require_POST
@screen("leads.work")
def away(request: HttpRequest) -> HttpResponse:
    """Say that one is away, or back: whoever is away is given nothing by the machine."""
    user, verb = staff(request), desk.come_back if request.POST.get("back") else desk.go_away
    verb(user, actor=actor_of(request))
    return HttpResponseRedirect(reverse("mfa_index"), status=303)


def closed(request: HttpRequest, **_: object) -> HttpResponse:
    """What allauth could do and we do not offer: sign-up, passwords by mail, other addresses."""
    raise Http404
