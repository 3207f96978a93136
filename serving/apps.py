"""The serving room, as Django knows it."""

from django.apps import AppConfig


class ServingConfig(AppConfig):
    name = "serving"
