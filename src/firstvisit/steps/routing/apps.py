from django.apps import AppConfig


class RoutingConfig(AppConfig):
    name = "firstvisit.steps.routing"
    label = "routing"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register this step's sections of the rules."""
        from firstvisit.steps.routing import policy, tries  # noqa: F401  importing registers them
