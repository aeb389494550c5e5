from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "firstvisit.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register this package's section of the rules."""
        from firstvisit.people import policy  # noqa: F401  importing it registers the section
