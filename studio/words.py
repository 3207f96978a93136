"""The words of the browser's own modules, in the reader's language."""

from django.conf import settings
from django.views.decorators.cache import cache_control
from django.views.i18n import JavaScriptCatalog


class _Words(JavaScriptCatalog):
    """Only ours: a page need not carry the catalogues of the libraries."""

    def get_paths(self, packages: list[str]) -> list[str]:
        return [str(path) for path in settings.LOCALE_PATHS]


words = cache_control(max_age=3600, private=True)(_Words.as_view())
