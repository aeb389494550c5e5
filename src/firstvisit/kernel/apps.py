from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "firstvisit.kernel"
    label = "kernel"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from firstvisit.kernel import moments  # noqa: F401 - connects itself to new connections
