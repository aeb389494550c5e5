from django.apps import AppConfig


class QualifyConfig(AppConfig):
    name = "firstvisit.steps.qualify"
    label = "qualify"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register this step's section of the rules."""
        from firstvisit.steps.qualify import policy  # noqa: F401  importing it registers the section
