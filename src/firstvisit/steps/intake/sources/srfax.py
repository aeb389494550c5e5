"""SRFax, which is asked for its inbox. Pure; built from the description of its web service, not verified against it.

A form posted with `action`, `access_id`, `access_pwd`; the answer is JSON {"Status", "Result"}. Get_Fax_Inbox lists
faxes ({FileName: "name|id", CallerID, Pages, ReceiveStatus, Date}), Retrieve_Fax gives one in base64.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from firstvisit.kernel.errors import ConnectorError
from firstvisit.steps.intake.sources.delivery import Received
from firstvisit.steps.intake.sources.posted import whole


class Settings(BaseModel):
    """An account at SRFax: its number, where it is asked, and how often."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    address: Annotated[str, Field(max_length=200)] = "https://www.srfax.com/SRF_SecWebSvc.php"
    account: Annotated[str, Field(max_length=20)] = ""
    poll_seconds: Annotated[int, Field(ge=10, le=3600)] = 60


class Listed(NamedTuple):
    """A fax in the inbox. `mark` is its number there."""

    mark: str
    name: str
    caller: str
    pages: int | None


def inbox_request(settings: Settings, secrets: Mapping[str, str], since: date, until: date) -> dict[str, str]:
    """The form that asks for the faxes received on these days."""
    return {
        **_access(settings, secrets, "Get_Fax_Inbox"), "sPeriod": "RANGE", "sStartDate": f"{since:%Y%m%d}",
        "sEndDate": f"{until:%Y%m%d}", "sIncludeSubUsers": "Y",
    }  # fmt: skip


def fax_request(settings: Settings, secrets: Mapping[str, str], mark: str) -> dict[str, str]:
    """The form that asks for one fax as PDF; it stays in the inbox."""
    return {
        **_access(settings, secrets, "Retrieve_Fax"), "sFaxDetailsID": mark, "sDirection": "IN", "sFaxFormat": "PDF",
    }  # fmt: skip


def listed(answer: bytes) -> list[Listed]:
    """The inbox. ConnectorError says what SRFax says is wrong."""
    result = _result(answer)
    found = []
    for each in result if isinstance(result, list) else []:
        name, _, mark = str(each.get("FileName", "")).rpartition("|")
        if mark and str(each.get("ReceiveStatus", "Ok")).lower() == "ok":
            caller = str(each.get("CallerID") or each.get("RemoteID") or "")
            found.append(Listed(mark, name or mark, caller, whole(each.get("Pages"))))
    return found


def received(fax: Listed, answer: bytes) -> Received:
    """One fax out of the answer that holds it."""
    try:
        body = base64.b64decode(str(_result(answer)), validate=False)
    except (binascii.Error, ValueError):
        raise ConnectorError("a fax is not base64", temporary=True) from None
    about, name = {"from": fax.caller}, f"{fax.name}.pdf"
    return Received("document", fax.mark, "fax", body, "application/pdf", name, about=about, pages=fax.pages)


def _access(settings: Settings, secrets: Mapping[str, str], action: str) -> dict[str, str]:
    return {
        "action": action, "access_id": settings.account, "access_pwd": secrets.get("password", ""),
        "sResponseFormat": "JSON",
    }  # fmt: skip


def _result(answer: bytes) -> Any:
    try:
        value = json.loads(answer)
    except ValueError:
        raise ConnectorError("SRFax answers with something that is not JSON", temporary=True) from None
    if not isinstance(value, dict) or value.get("Status") != "Success":
        raise ConnectorError("SRFax refuses: is the account number or the password wrong?", temporary=True)
    return value.get("Result")
