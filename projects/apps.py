"""The projects room, as Django knows it."""

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "projects"
