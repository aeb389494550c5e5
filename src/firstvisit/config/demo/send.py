"""Sends the demo's referrals through the doors everybody uses: the public form and the REST API."""

from __future__ import annotations

import http.client
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from http.cookies import SimpleCookie
from typing import Any, Final
from urllib.parse import urlencode, urljoin, urlsplit

from firstvisit.config.demo.referrals import ByApi, ByForm, DemoReferral
from firstvisit.kernel.errors import ConnectorError

SECONDS: Final = 30
_CSRF: Final = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_CODE: Final = re.compile(r"\bL-\d+\b")


def send(referrals: Iterable[DemoReferral], *, base_url: str, api_key: str) -> list[str]:
    """Send each in order; the references in the same order. "" stands for a form left after step 1 (no
    visitor is shown its reference), a request kept and not yet judged, and one already sent on another day.

    Sending again is harmless: every referral carries its fixed mark. ConnectorError when a door does not
    answer, or answers with a refusal.
    """
    visitor = _Visitor(base_url)
    try:
        return [
            _by_api(visitor, each, api_key) if isinstance(each, ByApi) else _by_form(visitor, each)
            for each in referrals
        ]
    finally:
        visitor.close()


class _Visitor:
    """One connection with cookies, as a browser has."""

    def __init__(self, base_url: str) -> None:
        parts = urlsplit(base_url)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._connection = kind(parts.hostname or "127.0.0.1", parts.port, timeout=SECONDS)
        self.origin = f"{parts.scheme}://{parts.netloc}"
        self._cookies: dict[str, str] = {}

    def ask(
        self, method: str, path: str, *, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, str, str]:
        """Status, text, and the path a redirect leads to."""
        sent = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        try:
            self._connection.request(method, path, body, {**sent, **(headers or {})})
            answer = self._connection.getresponse()
            text = answer.read().decode()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            raise ConnectorError(f"{path}: {type(error).__name__}", temporary=True) from None
        for line in answer.headers.get_all("Set-Cookie") or []:
            self._cookies.update({name: morsel.value for name, morsel in SimpleCookie(line).items()})
        leads_to = urlsplit(urljoin(path, answer.headers.get("Location", "")))
        return answer.status, text, leads_to.path

    def fill_in(self, path: str, fields: Mapping[str, str | Sequence[str]]) -> str:
        """Open a page, fill in its form and send it; the path it leads to."""
        status, page, _ = self.ask("GET", path)
        mark = _CSRF.search(page)
        if status != 200 or mark is None:
            raise ConnectorError(f"{path} answers {status}", temporary=status >= 500)
        body = urlencode({**fields, "csrfmiddlewaretoken": mark[1]}, doseq=True).encode()
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": self.origin,
            "Referer": self.origin + path,
        }
        status, _, leads_to = self.ask("POST", path, body=body, headers=headers)
        if status != 303:
            raise ConnectorError(f"the form answers {status}", temporary=status >= 500)
        return leads_to

    def close(self) -> None:
        """Hang up."""
        self._connection.close()


def _by_form(visitor: _Visitor, referral: ByForm) -> str:
    first = {**referral.step1, "token": f"demo-{referral.key}-step-1".ljust(16, "-")}
    second = visitor.fill_in("/request", first)
    if referral.step2 is None:
        return ""
    last = visitor.fill_in(second, {**referral.step2, "token": f"demo-{referral.key}-step-2".ljust(16, "-")})
    _, page, _ = visitor.ask("GET", last)
    found = _CODE.search(page)
    return found[0] if found else ""


def _by_api(visitor: _Visitor, referral: ByApi, api_key: str) -> str:
    headers = {
        "Content-Type": "application/json",
        "Authorization": f"Bearer {api_key}",
        "Idempotency-Key": f"demo-{referral.key}",
    }
    body = json.dumps(referral.body).encode()
    status, text, _ = visitor.ask("POST", "/api/v1/referrals", body=body, headers=headers)
    if status == 422 and '"field": "Idempotency-Key"' in text:
        return ""  # sent on another day, when its dates were others: it is there
    if status not in (201, 202):
        why = f"{referral.key}: the API answers {status}: {text[:300]}"
        raise ConnectorError(why, temporary=status >= 500)
    answer: dict[str, Any] = json.loads(text)
    return str(answer["reference"] or "")
