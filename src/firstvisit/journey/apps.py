from django.apps import AppConfig


class JourneyConfig(AppConfig):
    name = "firstvisit.journey"
    label = "journey"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the journey's section of the rules."""
        from firstvisit.journey import policy  # noqa: F401  importing it registers the section
