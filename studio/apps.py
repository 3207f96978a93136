"""The wiring, as Django knows it."""

from django.apps import AppConfig


class StudioConfig(AppConfig):
    name = "studio"

    def ready(self) -> None:
        from studio import naming  # needs every room's models and pages

        naming.translate_fields()
