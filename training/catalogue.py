"""The base models that this installation knows."""

from django.conf import settings

from ml.base_models import BaseModel, catalogue


def known() -> list[BaseModel]:
    return catalogue(settings.BASE_MODELS_FOLDER)
