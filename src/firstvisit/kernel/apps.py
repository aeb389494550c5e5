from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "firstvisit.kernel"
    label = "kernel"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from firstvisit.kernel import among, moments  # noqa: F401 - a look-up, and a loader of new connections
