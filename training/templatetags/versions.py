"""The numbers of model versions, for pages of rooms below that know them by their ids."""

from django import template

from projects.models import Project
from training.models import ModelVersion

MOST = 200
register = template.Library()


@register.simple_tag
def version_numbers(project: Project) -> dict[str, int]:
    """Id → number, of the newest."""
    newest = ModelVersion.objects.filter(project=project).order_by("-number")
    return {str(pk): number for pk, number in newest.values_list("pk", "number")[:MOST]}
