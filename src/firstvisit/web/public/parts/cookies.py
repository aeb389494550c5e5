"""Every cookie that our public pages set: what for and for how long. The page on privacy names them all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.conf import settings

from firstvisit.web.public.book import browser
from firstvisit.web.public.parts import device, languages, touch


@dataclass(frozen=True, slots=True)
class Cookie:
    """A cookie by its name. `what` is the key of its sentence in `texts/privacy.toml`; `kept` None: until the browser
    is closed."""

    name: str
    what: str
    kept: timedelta | None


COOKIES: Final = (
    Cookie(settings.CSRF_COOKIE_NAME, "cookie_form", timedelta(seconds=settings.CSRF_COOKIE_AGE)),
    Cookie(languages.COOKIE, "cookie_language", None),
    Cookie(touch.COOKIE, "cookie_touch", touch.KEPT),
    Cookie(device.COOKIE, "cookie_tablet", device.KEPT),
    Cookie(browser.COOKIE, "cookie_booking", browser.KEPT),
)
