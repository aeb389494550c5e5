from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "firstvisit.steps.intake"
    label = "intake"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register this step's section of the rules."""
        from firstvisit.steps.intake import policy  # noqa: F401  importing it registers the section
