"""The names of fields, in the reader's language: the catalogue has them, not the models."""

from django.contrib import admin
from django.utils.translation import gettext_lazy

# What the catalogue must know.
NAMES: set[str] = set()


def translate_fields() -> None:
    """Let the columns and forms of the administrators' pages say “created at” in any language.

    Fields with a name of their own have it translated already; the others Django calls as they
    are spelt, in English.
    """
    for model in admin.site._registry:
        for field in model._meta.fields:
            if isinstance(field.verbose_name, str):
                NAMES.add(field.verbose_name)
                field.verbose_name = gettext_lazy(field.verbose_name)
