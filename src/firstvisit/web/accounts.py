"""Signing in: by e-mail address and password, then a code; every success and failure is in the audit log."""

from __future__ import annotations

import base64
import os
import time
import uuid
from datetime import timedelta
from typing import Any, Final

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa import signals as mfa_signals
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from firstvisit.journey.verbs import LEASE
from firstvisit.kernel import addresses, audit, clock, leases, rates
from firstvisit.kernel.audit import Actor
from firstvisit.kernel.blind import token
from firstvisit.kernel.seal import NONCE, ring
from firstvisit.practice.models import User

FRESH_SECONDS: Final = 300
"""A password typed this recently need not be typed again before a change of the second factor."""
CODE_TRIES: Final = 8
CODE_WINDOW: Final = timedelta(minutes=15)
_PLACE: Final = b"mfa_authenticator:data"


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """No sign-up, no password by mail; accounts are made by an administrator."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "E-mail address and password do not fit together. Check both.",
        "incorrect_password": "This is not your password. Type it again.",
        "too_many_login_attempts": "Too many tries. Wait 15 minutes, then try again.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Axes counts failures by the name under which it finds the person: the field `login` of the form."""
        credentials.setdefault("login", str(credentials.get("email", "")).strip().lower())
        user: User | None = super().authenticate(request, **credentials)
        return user

    def reauthenticate(self, user: User, password: str) -> bool:
        """Check the password of the person who is signed in."""
        again = self.authenticate(self.request, email=user.email, password=password)
        return again is not None and again.pk == user.pk

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Whoever signed in a moment ago is not asked for the password again."""
        records = get_authentication_records(self.request, self.request.user)
        if records and time.time() - records[-1]["at"] < FRESH_SECONDS:
            return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    def get_client_ip(self, request: HttpRequest) -> str:
        return _address(request) or "0.0.0.0"


class SecondFactor(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets of authenticator apps and recovery seeds rest encrypted under a key of the key file."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "This code is not right. Enter the code that the app shows now.",
    }

    def encrypt(self, text: str) -> str:
        nonce = os.urandom(NONCE)
        return base64.b64encode(nonce + _cipher().encrypt(nonce, text.encode(), _PLACE)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        data = base64.b64decode(encrypted_text)
        return _cipher().decrypt(data[:NONCE], data[NONCE:], _PLACE).decode()

    def can_delete_authenticator(self, authenticator: Any) -> bool:
        """Where the second factor is demanded only an administrator takes it away (`user reset-mfa`)."""
        return not settings.SECOND_FACTOR


class LimitedCode:
    """A code may be tried eight times in a quarter of an hour, and each code counts once."""

    user: User

    def clean_code(self) -> str:
        now = clock.now()
        if not rates.within(
            token("code tries", str(self.user.pk)), limit=CODE_TRIES, per=CODE_WINDOW, now=now
        ):
            raise ValidationError("Too many codes were tried. Wait 15 minutes, then try again.")
        code: str = super().clean_code()  # type: ignore[misc]
        used = token("code used", str(self.user.pk), "".join(code.split()))
        if not rates.within(used, limit=1, per=timedelta(minutes=2), now=now):
            raise ValidationError("This code was used already. Wait for the next one.")
        return code


class SignInCode(LimitedCode, AuthenticateForm):  # type: ignore[misc]
    """The code after the password."""


class ConfirmCode(LimitedCode, ReauthenticateForm):  # type: ignore[misc]
    """The code once more before something important."""


class FirstCode(LimitedCode, ActivateTOTPForm):  # type: ignore[misc]
    """The first code of a new authenticator app."""


def listen() -> None:
    """Write an audit row for whatever happens to a sign-in; safe to call twice."""
    for signal, receiver in (
        (user_logged_in, _signed_in),
        (user_logged_out, _signed_out),
        (user_login_failed, _failed),
        (mfa_signals.authenticator_added, _factor_added),
        (mfa_signals.authenticator_removed, _factor_removed),
        (mfa_signals.authentication_failed, _code_failed),
    ):
        signal.connect(receiver, dispatch_uid=receiver.__name__)


def _signed_in(request: HttpRequest | None = None, user: User | None = None, **_: Any) -> None:
    _note(request, user, "signed_in")


def _signed_out(request: HttpRequest | None = None, user: User | None = None, **_: Any) -> None:
    if user is not None:
        leases.give_back_all(LEASE, user.id)
        _note(request, user, "signed_out")


def _failed(credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    email = str(credentials.get("email") or credentials.get("login") or "").strip().lower()
    known = (
        User.objects.filter(email=email).values_list("id", flat=True).first() if "\x00" not in email else None
    )
    audit.note(Actor("public", "", _address(request)), "sign_in_failed", "user", [known] if known else [])


def _factor_added(request: HttpRequest, user: User, **_: Any) -> None:
    _note(request, user, "second_factor_added")


def _factor_removed(request: HttpRequest, user: User, **_: Any) -> None:
    _note(request, user, "second_factor_removed")


def _code_failed(request: HttpRequest, user: User, **_: Any) -> None:
    audit.note(Actor("public", "", _address(request)), "code_failed", "user", [user.pk])


def _note(request: HttpRequest | None, user: User | None, verb: str) -> None:
    if user is not None and isinstance(user.pk, uuid.UUID):
        audit.note(Actor("user", str(user.pk), _address(request)), verb, "user", [user.pk])


def _address(request: HttpRequest | None) -> str:
    if request is None:
        return ""
    return addresses.client_address(
        request.META.get("REMOTE_ADDR", ""),
        request.META.get("HTTP_X_FORWARDED_FOR", ""),
        settings.ENVIRONMENT.trusted_proxies,
    )


def _cipher() -> AESGCM:
    return AESGCM(ring().derive("second factor"))
