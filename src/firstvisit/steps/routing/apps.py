from django.apps import AppConfig


class RoutingConfig(AppConfig):
    name = "firstvisit.steps.routing"
    label = "routing"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register this step's section of the rules."""
        from firstvisit.steps.routing import policy  # noqa: F401  importing it registers the section
