from django.apps import AppConfig


class QualifyConfig(AppConfig):
    name = "firstvisit.steps.qualify"
    label = "qualify"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register this step's sections of the rules, and what names they may use."""
        from firstvisit.steps.qualify import answers, policy  # noqa: F401  importing them registers both
