"""Compiling the look-up for candidates (`jit`) costs more than the look-up: the planner takes every block for a common
one, and so the question for a dear one."""

from django.db import migrations

NAME = "people_candidates(integer[], integer[], integer[], integer, integer, integer)"


class Migration(migrations.Migration):
    dependencies = [("people", "0007_candidates_by_what_they_share")]

    operations = [
        migrations.RunSQL(f"ALTER FUNCTION {NAME} SET jit = off", f"ALTER FUNCTION {NAME} RESET jit"),
    ]
