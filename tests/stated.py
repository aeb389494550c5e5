"""The form on which everything stated of a lead can be put right, filled in as a browser would."""

from __future__ import annotations

import html
import re

from django.test import Client

from firstvisit.leads.models import Lead


def correct(client: Client, lead: Lead, **said: str) -> None:
    """Correct what was stated, on the form that shows all of it; names are paths, "patient__sex" for patient.sex."""
    where = f"/leads/L-{lead.number}/stated"
    page = client.get(where).content.decode()
    inputs = re.findall(r'<input [^>]*?name="([\w.]+)" value="([^"]*)"', page)
    fields = {name: html.unescape(value) for name, value in inputs}
    for name, options in re.findall(r'<select id="[\w.]+" name="([\w.]+)"[^>]*>(.*?)</select>', page):
        chosen = re.search(r'value="([^"]*)" selected', options)
        fields[name] = chosen.group(1) if chosen else ""
    answer = client.post(where, {**fields, **{name.replace("__", "."): value for name, value in said.items()}})
    assert answer.status_code == 303, re.findall("problems.*?</ul>", answer.content.decode())
    lead.refresh_from_db()
