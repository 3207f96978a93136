"""The one settings file. What differs between installations comes from the environment."""

import os
from pathlib import Path
from urllib.parse import urlsplit

from psycopg.conninfo import conninfo_to_dict

from studio import home, mailing
from studio.board.appearance import UNFOLD as UNFOLD

BASE_DIR = Path(__file__).resolve().parent.parent
STUDIO_HOME = home.home()


def _listed(name: str) -> list[str]:
    return [word.strip() for word in os.environ.get(name, "").split(",") if word.strip()]


HOST = os.environ.get("HOST", "127.0.0.1")
PORT = home.port("PORT", 8000)
PREDICTOR_PORT = home.port("PREDICTOR_PORT", 8001)
_ADDRESS = "127.0.0.1" if HOST in {"0.0.0.0", "::"} else HOST  # noqa: S104
STUDIO_URL = os.environ.get("STUDIO_URL", f"http://{_ADDRESS}:{PORT}").rstrip("/")
PREDICTOR_URL = os.environ.get("PREDICTOR_URL", f"http://{_ADDRESS}:{PREDICTOR_PORT}").rstrip("/")

DEBUG = os.environ.get("DEBUG") == "1"
SECRET_KEY = home.secret("secret_key")
ALLOWED_HOSTS = [
    urlsplit(STUDIO_URL).hostname or "localhost",
    *_listed("ALLOWED_HOSTS"),
    *("localhost", "127.0.0.1", "[::1]"),
]
CSRF_TRUSTED_ORIGINS = [STUDIO_URL, *_listed("CSRF_TRUSTED_ORIGINS")]
_SECURE = STUDIO_URL.startswith("https://")

INSTALLED_APPS = [
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.usersessions",
    "rest_framework",
    "drf_spectacular",
    "template_partials",
    "django_htmx",
    "csp",
    "accounts",
    "projects",
    "labeling",
    "training",
    "serving",
    "studio",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "accounts.parsing.LengthMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "studio.policy.PolicyMiddleware",
    "studio.compressing.PagesCompressed",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "projects.giving_way.HereMiddleware",
    "accounts.sessions.SeenMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "projects.access.AccessMiddleware",
]

ROOT_URLCONF = "studio.urls"
WSGI_APPLICATION = "studio.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": [
                "template_partials.templatetags.partials",
                "django.templatetags.i18n",
                "django.templatetags.l10n",
                "django.templatetags.static",
                "studio.templatetags.face",
                "training.templatetags.versions",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "studio.frame.around",
            ],
        },
    }
]
# Form fields are drawn by templates/django/forms/.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"


def _database() -> dict[str, object]:
    """Django's form of DATABASE_URL; libpq itself reads the address, so every form of it works."""
    parts = {key: value for key, value in conninfo_to_dict(home.database_url()).items() if value}
    options: dict[str, object] = {
        "options": "-c idle_in_transaction_session_timeout=60000 -c lock_timeout=20000",
        "connect_timeout": 5,
    }
    pool = int(os.environ.get("DATABASE_POOL", "0"))
    if pool:
        options["pool"] = {"min_size": 2, "max_size": pool, "timeout": 10}  # a process of the web
    named = {
        "dbname": "NAME",
        "user": "USER",
        "password": "PASSWORD",
        "host": "HOST",
        "port": "PORT",
    }
    database = {django: str(parts.pop(libpq)) for libpq, django in named.items() if libpq in parts}
    return {
        "ENGINE": "django.db.backends.postgresql",
        **database,
        "OPTIONS": {**parts, **options},
        "CONN_HEALTH_CHECKS": True,
    }


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "accounts.caching.Cache",
        "LOCATION": home.cache_url(),
        "KEY_PREFIX": "studio",
        "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 2},
    }
}

CELERY_BROKER_URL = home.broker_url()
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "default"
# `control` never waits behind work, `background` gives way to people, `train` is one run a slot.
CELERY_TASK_ROUTES = {
    "projects.jobs.reconcile": {"queue": "control"},
    "projects.jobs.reconcile_acts": {"queue": "control"},
    "studio.jobs.reconcile_erasures": {"queue": "control"},
    "projects.jobs.reconcile_exports": {"queue": "control"},
    "labeling.jobs.expire": {"queue": "control"},
    "training.jobs.reconcile": {"queue": "control"},
    "training.jobs.train": {"queue": "train"},
    "training.jobs.suggest": {"queue": "background"},
    "projects.jobs.fold": {"queue": "background"},
    "labeling.jobs.fill": {"queue": "background"},
    "labeling.jobs.count_rules": {"queue": "background"},
    "projects.jobs.inspect": {"queue": "background"},
    "projects.jobs.embed": {"queue": "background"},
    "projects.jobs.survey": {"queue": "background"},
    "projects.jobs.reconcile_surveys": {"queue": "control"},
    "studio.jobs.sweep": {"queue": "background"},
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_TIME_LIMIT = 6 * 3600
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0.1}
# An unacknowledged message older than this is delivered again. Runs are acknowledged at once and
# owned by PostgreSQL, so a second delivery finds nothing to claim.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": int(os.environ.get("BROKER_VISIBILITY_TIMEOUT", "3600")),
    "socket_timeout": 10,
    "socket_connect_timeout": 2,
}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "accounts.entrance.ByInvitation"
ACCOUNT_FORMS = {
    "login": "accounts.signing.SignIn",
    "reset_password": "accounts.signing.AskForReset",
    "reset_password_from_key": "accounts.signing.ResetPassword",
    "change_password": "accounts.signing.ChangePassword",
    "set_password": "accounts.signing.SetPassword",
    "reauthenticate": "accounts.signing.Reauthenticate",
}
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# Tries are counted by address; behind a proxy all would come from the proxy's.
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("TRUSTED_PROXIES", "0"))
LOGIN_REDIRECT_URL = "/"
LOGIN_URL = "account_login"
CSRF_FAILURE_VIEW = "accounts.views.stale"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _SECURE
SESSION_COOKIE_HTTPONLY = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Console, unless EMAIL_URL names a server.
_MAIL = mailing.read(os.environ.get("EMAIL_URL", ""), STUDIO_URL)
EMAIL_BACKEND = _MAIL.backend
EMAIL_HOST, EMAIL_PORT = _MAIL.host, _MAIL.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _MAIL.user, _MAIL.password
EMAIL_USE_TLS, EMAIL_USE_SSL = _MAIL.starts_tls, _MAIL.tls
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SERVER_EMAIL = _MAIL.sender

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ("'self'",),
        "img-src": ("'self'", "data:"),
        "object-src": ("'none'",),
        "base-uri": ("'self'",),
        "form-action": ("'self'",),
        "frame-ancestors": ("'none'",),
    },
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.authentication.BearerToken"],
    "DEFAULT_PERMISSION_CLASSES": ["projects.access.ByTable"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["accounts.parsing.Json"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "accounts.negotiating.WhatThereIs",
    "DEFAULT_PAGINATION_CLASS": "accounts.paging.ByCursor",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "accounts.problems.handler",
    # `?format=` says the format of an export, not of the answer.
    "URL_FORMAT_OVERRIDE": None,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Studio API",
    "DESCRIPTION": "Upload, label, train, publish, predict and feed back. See docs/api.md.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["projects.access.ByTable"],
    "SERVE_AUTHENTICATION": ["accounts.authentication.BearerToken"],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "accounts.schema.complete",
    ],
    "ENUM_NAME_OVERRIDES": {
        "WorkState": "projects.leases.State",
        "ExampleSource": "projects.models.Source",
        "AnnotationSource": "projects.models.AnnotationSource",
        "ExampleStatus": "projects.models.Status",
        "Effort": "training.efforts.CHOICES",
        "EndpointState": "serving.models.Standing.choices",
        "MemberState": "projects.api.people.STATES",
    },
}

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = os.environ.get("TZ") or "UTC"
FORMAT_MODULE_PATH = ["studio.formats"]
USE_TZ = True

STATIC_URL = "/static/"
_PACKAGES = {"htmx": "htmx.org/dist", "tabler": "@tabler/core/dist", "echarts": "echarts/dist"}
STATICFILES_DIRS = [
    BASE_DIR / "static",
    *(
        (name, BASE_DIR / "node_modules" / place)
        for name, place in _PACKAGES.items()
        if (BASE_DIR / "node_modules" / place).is_dir()
    ),
]
# Packages are served from where npm put them: nothing is copied, and there is no build step.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

FILES = STUDIO_HOME / "files"
UPLOAD_LIMIT_BYTES = int(os.environ.get("UPLOAD_LIMIT_MB", "1024")) * 1024**2
UPLOAD_LIMIT_ROWS = int(os.environ.get("UPLOAD_LIMIT_ROWS", "5000000"))
# So many examples of a project have an answer suggested by its newest model version.
SUGGESTIONS_LIMIT = int(os.environ.get("SUGGESTIONS_LIMIT", "200000"))
# Places in private networks that files may be fetched from: host:port, or a network.
FETCH_ALLOW = _listed("FETCH_ALLOW")
DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024**2
FILE_UPLOAD_TEMP_DIR = STUDIO_HOME / "tmp"
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
BASE_MODELS_FOLDER = Path(os.environ.get("BASE_MODELS_FOLDER", STUDIO_HOME / "base-models"))

for _folder in (FILES, FILE_UPLOAD_TEMP_DIR):
    _folder.mkdir(mode=0o700, parents=True, exist_ok=True)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "WARNING")},
    "loggers": {
        "studio": {"level": "INFO"},
        # A caller's mistake is answered in words; it is no fault of the studio.
        "django.request": {"level": "ERROR"},
        "httpx": {"level": "WARNING"},
    },
}
