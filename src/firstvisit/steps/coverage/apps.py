from django.apps import AppConfig


class CoverageConfig(AppConfig):
    name = "firstvisit.steps.coverage"
    label = "coverage"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register this step's sections of the rules."""
        from firstvisit.steps.coverage import fees, medicare_policy, policy  # noqa: F401  importing registers them
