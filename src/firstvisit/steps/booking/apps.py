from django.apps import AppConfig


class BookingConfig(AppConfig):
    name = "firstvisit.steps.booking"
    label = "booking"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register this step's sections of the rules."""
        from firstvisit.steps.booking import policy  # noqa: F401  importing registers it
        from firstvisit.steps.booking.emr import rules  # noqa: F401
