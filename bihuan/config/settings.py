"""Environment to typed settings; refuses to start when one is wrong (docs/settings.md)."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from csp.constants import NONE, SELF
from whitenoise.compress import Compressor

from bihuan.config import environment as env
from bihuan.config.ordering import ORDERS as ORDERS
from bihuan.config.page_engine import TEMPLATES as TEMPLATES
from bihuan.config.telephone import PHONE as PHONE
from bihuan.config.ways_in import CLAMD as CLAMD
from bihuan.config.ways_in import DISK_SPARE as DISK_SPARE
from bihuan.config.ways_in import FILE_MAX as FILE_MAX
from bihuan.config.ways_in import FILES_ORIGIN as FILES_ORIGIN
from bihuan.config.ways_in import IMAP as IMAP
from bihuan.config.ways_in import LMTP_LISTEN as LMTP_LISTEN
from bihuan.config.ways_in import MAIL_ADDRESSES as MAIL_ADDRESSES
from bihuan.config.ways_in import MAIL_AUTHORITY as MAIL_AUTHORITY
from bihuan.config.ways_in import MAIL_KEPT as MAIL_KEPT
from bihuan.config.ways_in import MAIL_MAX as MAIL_MAX
from bihuan.config.ways_in import MAIL_TAGGED as MAIL_TAGGED
from bihuan.config.ways_in import MAIL_TLS_CERT as MAIL_TLS_CERT
from bihuan.config.ways_in import MAIL_TLS_KEY as MAIL_TLS_KEY
from bihuan.config.ways_in import SMTP_LISTEN as SMTP_LISTEN
from bihuan.config.ways_in import UPLOADS_KEPT as UPLOADS_KEPT
from bihuan.config.ways_in import UPLOADS_MAX as UPLOADS_MAX
from bihuan.config.ways_in import WIDGET_ORIGINS as WIDGET_ORIGINS
from bihuan.config.ways_out import MAIL_FROM as MAIL_FROM
from bihuan.config.ways_out import PUSH as PUSH
from bihuan.config.ways_out import SMS as SMS
from bihuan.config.ways_out import SMTP_HOST as SMTP_HOST
from bihuan.config.ways_out import SMTP_PASSWORD as SMTP_PASSWORD
from bihuan.config.ways_out import SMTP_PER_MINUTE as SMTP_PER_MINUTE
from bihuan.config.ways_out import SMTP_PORT as SMTP_PORT
from bihuan.config.ways_out import SMTP_TLS as SMTP_TLS
from bihuan.config.ways_out import SMTP_USER as SMTP_USER
from bihuan.config.wechat import WECHAT as WECHAT
from bihuan.store import addresses, postgres, server_secret

PACKAGE = Path(__file__).resolve().parent.parent
HOME = postgres.default_home()  # reads BIHUAN_HOME
env.KNOWN["BIHUAN_HOME"] = "folder for the database, keys, evidence files and calendars"
env.KNOWN["BIHUAN_OWNER_URL"] = "database role that migrates; DATABASE_URL when absent"
env.KNOWN["BIHUAN_AS_OWNER"] = (
    "1: connect as the role that migrates; set by the command line itself"
)
env.KNOWN["BIHUAN_OUTSIDE"] = "tests only: folder with outside material"

DEBUG = env.flag("BIHUAN_DEBUG", False, "error pages with details; never in production")
HTTPS = env.flag("BIHUAN_HTTPS", False, "served over TLS: secure cookies and HSTS")
ALLOWED_HOSTS = env.words(
    "BIHUAN_HOSTS", "127.0.0.1,localhost,[::1],testserver", "host names that are answered"
)
SECRET_KEY = env.text("BIHUAN_SECRET_KEY", "", "signs sessions; made in BIHUAN_HOME when absent")
SECRET_KEY = SECRET_KEY or server_secret.read_or_make(HOME, "django")
KEY_ENCRYPTION_KEY = env.text(
    "BIHUAN_KEK", "", "wraps the keys of persons; made in BIHUAN_HOME when absent"
)
PLATFORM_NAME = env.text("BIHUAN_PLATFORM", "优选商城", "the platform's name on every page")
BASE_URL = env.text(
    "BIHUAN_BASE_URL", addresses.served_at(HOME), "address of the portal in notices"
)
if FILES_ORIGIN:
    if urlsplit(FILES_ORIGIN).hostname == urlsplit(BASE_URL).hostname:
        raise env.SettingFault("BIHUAN_FILES_ORIGIN", FILES_ORIGIN, "another host than the pages'")
    ALLOWED_HOSTS.append(str(urlsplit(FILES_ORIGIN).hostname))
TRUSTED_PROXIES = env.words(
    "BIHUAN_TRUSTED_PROXIES", "", "proxies whose X-Forwarded-For is believed"
)
DEMO = env.flag("BIHUAN_DEMO", False, "shows the demo's local mailbox and one-time codes")
POOL_MAX = env.number(
    "BIHUAN_POOL",
    8,
    "most database connections of one process; 0: one for each of its threads, kept",
    least=0,
    most=200,
)
UNDO_SECONDS = env.number(
    "BIHUAN_UNDO_SECONDS",
    8,
    "seconds a reply or bulk action can be taken back; 0: it goes at once",
    least=0,
    most=60,
)
CONVERSATION_URL = env.text(
    "BIHUAN_CONVERSATION_URL", "", "where the chat system shows a conversation, with {id} in it"
)
if CONVERSATION_URL and not re.fullmatch(r"https?://[^\s{}]+\{id\}[^\s{}]*", CONVERSATION_URL):
    raise env.SettingFault(
        "BIHUAN_CONVERSATION_URL", CONVERSATION_URL, "https://chat.example.com/talks/{id}"
    )
PDF_FONT_DIRS = env.words(
    "BIHUAN_PDF_FONT_DIRS", "", "folders with the Chinese fonts of papers; none: the packaged font"
)
env.refuse_unknown()


def database(url: str | None) -> dict[str, Any]:
    """Django's form of a postgresql:// URL; without one, an address that says what is missing."""
    options: dict[str, Any] = {
        "prepare_threshold": 5,  # Django sets None: nothing would ever be prepared (HOUSE §5)
    }
    if POOL_MAX:
        options["pool"] = {"min_size": 1, "max_size": POOL_MAX, "timeout": 10}
    if url is None:
        url = "postgresql://no-database-running:@127.0.0.1:9/start-it-with-bihuan-up"
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    host = query.pop("host", parts.hostname or "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or query.pop("port", "")),
        "CONN_MAX_AGE": 0 if POOL_MAX else None,
        "OPTIONS": options | query,
    }


_urls = postgres.urls_from_environment()
DATABASES = {
    "default": database(
        (_urls.owner if os.environ.get("BIHUAN_AS_OWNER") == "1" else _urls.app) if _urls else None
    )
}

BIHUAN_WIRING = "bihuan.config.wiring"
PROCRASTINATE_IMPORT_PATHS = ["bihuan.events.tasks"]  # the one module that defines a job
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = ""

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "procrastinate.contrib.django",
    # before allauth, whose pages ours replace
    "bihuan.store",
    "bihuan.events",
    "bihuan.web",
    "bihuan.policy",
    "bihuan.accounts",
    "bihuan.orders",
    "bihuan.notify",
    "bihuan.cases",
    "bihuan.complaints",
    "bihuan.phone",
    "bihuan.counter",
    "bihuan.chat",
    "bihuan.appeals",
    "bihuan.improvement",
    "bihuan.mail",
    "bihuan.channels",
    "bihuan.wechat",
    "bihuan.integrations",
    "bihuan.demo",
    "bihuan.portal",
    "bihuan.desk",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "django_cotton",
    "lucide",
    "ninja",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "bihuan.web.evidence.FilesHost",
    "bihuan.accounts.middleware.ProgramMiddleware",
    "bihuan.web.files.Statics",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "bihuan.accounts.middleware.WhoMiddleware",
    "bihuan.web.door.RefusalMiddleware",
]

ROOT_URLCONF = "bihuan.config.urls"
ASGI_APPLICATION = "bihuan.config.asgi.application"
WSGI_APPLICATION = "bihuan.config.wsgi.application"
FORM_RENDERER = "bihuan.web.forms.Renderer"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
# the API page's source maps are 20 of its 24 MB, and only its authors read them
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = [*Compressor.SKIP_COMPRESS_EXTENSIONS, "map"]

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "/staff/login/"
LOGIN_REDIRECT_URL = "/desk/inbox/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/staff/login/"
ACCOUNT_ADAPTER = "bihuan.accounts.adapter.StaffOnly"
ACCOUNT_FORMS = {"login": "bihuan.accounts.login.StaffLogin"}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_SESSION_REMEMBER = False

CSRF_FAILURE_VIEW = "bihuan.web.views.form_expired"
SESSION_COOKIE_NAME = "bihuan"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
# behind a proxy that ends TLS, a form's Origin is https while the request itself came as http
CSRF_TRUSTED_ORIGINS = ["{0.scheme}://{0.netloc}".format(urlsplit(BASE_URL))]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_SSL_REDIRECT = False
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "connect-src": [SELF],
        "img-src": [SELF, "data:", "blob:", *([FILES_ORIGIN] if FILES_ORIGIN else [])],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
FILE_UPLOAD_HANDLERS = ["bihuan.portal.uploads.CappedUploads"]

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SILENCED_SYSTEM_CHECKS: list[str] = []
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"bihuan": {"level": "INFO"}},
}
