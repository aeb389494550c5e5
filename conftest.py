"""Makes the project's database fixture win over pytest-django's; the rest is in firstvisit.config.testing."""

from firstvisit.config.testing import django_db_setup

__all__ = ["django_db_setup"]
