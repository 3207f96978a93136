"""The labeling room, as Django knows it."""

from django.apps import AppConfig


class LabelingConfig(AppConfig):
    name = "labeling"
