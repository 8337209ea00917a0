"""Django settings; everything that differs between installations is in ``environment.py``."""

from datetime import timedelta
from typing import Any

import dj_database_url

from reader_study.environment import REPOSITORY, Environment
from reader_study.http.security_headers import PAGE_POLICY
from reader_study.logs.configuration import logging_configuration

ENVIRONMENT = Environment()

SECRET_KEY = ENVIRONMENT.secret_key
PSEUDONYM_KEY = ENVIRONMENT.pseudonym_key
IDENTITY_KEY = ENVIRONMENT.identity_key
METRICS_TOKEN = ENVIRONMENT.metrics_token
AUDIT_KEY = ENVIRONMENT.audit_key
AUDIT_RETIRED_KEYS = ENVIRONMENT.audit_retired_keys
RETAIN_RAW_DAYS = ENVIRONMENT.retain_raw_days
RETAIN_NOTICES_DAYS = ENVIRONMENT.retain_notices_days
DEBUG = ENVIRONMENT.debug
ALLOWED_HOSTS = ENVIRONMENT.allowed_hosts
CSRF_TRUSTED_ORIGINS = ENVIRONMENT.trusted_origins

VAR = ENVIRONMENT.var.resolve()
VAR.mkdir(parents=True, exist_ok=True)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "axes",
    "rest_framework",
    "drf_spectacular",
    "reader_study.audit",
    "reader_study.accounts",
    "reader_study.api",
    "reader_study.studies",
    "reader_study.signatures",
    "reader_study.cohorts",
    "reader_study.segmentation",
    "reader_study.reading",
    "reader_study.analysis",
    "reader_study.coordination",
]

MIDDLEWARE = [
    "reader_study.http.security_headers.PagePolicyMiddleware",
    "reader_study.http.security_headers.BrowserFeaturesMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "reader_study.logs.requests.LogRequests",
    "django.middleware.security.SecurityMiddleware",
    "reader_study.api.problems.ProblemMiddleware",
    "reader_study.http.troubled_servers.SayWhatTroublesTheServer",
    "reader_study.http.address_check.NoNullCharacters",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "reader_study.accounts.activity.ActivityMiddleware",
    "reader_study.http.study_gate.StudyGateMiddleware",
]

ROOT_URLCONF = "reader_study.urls"
WSGI_APPLICATION = "reader_study.wsgi.application"
AUTH_USER_MODEL = "accounts.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# SQLite's defaults lose writes under two processes: "database is locked" at once, and a
# deferred transaction that cannot be upgraded. WAL with IMMEDIATE and a long timeout cures it.
EMBEDDED_DATABASE: dict[str, Any] = {
    "ENGINE": "django.db.backends.sqlite3",
    "NAME": VAR / "db.sqlite3",
    "OPTIONS": {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA recursive_triggers=ON;"
        ),
    },
    # A file as in use, not Django's shared memory, which knows no WAL and locks whole tables.
    "TEST": {"NAME": VAR / "test.sqlite3"},
}
DATABASES = {
    # Kept between requests, for connecting takes longer than a rater's write; looked at before
    # each, so that a restart of the database costs nobody but those who wait at that moment.
    "default": dj_database_url.parse(
        ENVIRONMENT.database_url, conn_max_age=600, conn_health_checks=True
    )
    if ENVIRONMENT.database_url
    else EMBEDDED_DATABASE
}

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

LANGUAGE_CODE = "en-gb"
TIME_ZONE = ENVIRONMENT.time_zone
USE_TZ = True

# -- files -----------------------------------------------------------------------------------
# Derived arrays go to "default"; raw uploads wait in "quarantine", which no route serves.
STORAGES = {
    "default": {
        "BACKEND": "reader_study.files.durable_storage.DurableFileSystemStorage",
        "OPTIONS": {"location": VAR / "media"},
    },
    "quarantine": {
        "BACKEND": "reader_study.files.durable_storage.DurableFileSystemStorage",
        "OPTIONS": {"location": VAR / "quarantine", "staged_beside": True},
    },
    "model-uploads": {
        "BACKEND": "reader_study.files.durable_storage.DurableFileSystemStorage",
        "OPTIONS": {"location": VAR / "models" / "uploads"},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
FRONTEND_BUILD = REPOSITORY / "frontend" / "dist"
STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATIC_ROOT.mkdir(exist_ok=True)
STATICFILES_DIRS = [FRONTEND_BUILD] if FRONTEND_BUILD.is_dir() else []
WHITENOISE_USE_FINDERS = True
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 2**20

# -- safety ----------------------------------------------------------------------------------
# A list of cases may have 5 MB, and JSON may double that.
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 10**6
SESSION_COOKIE_HTTPONLY = True
# Browsers take a cookie of such a name over HTTPS alone, and from no other host or path.
SESSION_COOKIE_NAME = "__Host-sessionid" if ENVIRONMENT.production else "sessionid"
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENVIRONMENT.production
SECURE_SSL_REDIRECT = ENVIRONMENT.production
SECURE_HSTS_SECONDS = 31_536_000 if ENVIRONMENT.production else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = ENVIRONMENT.production
SILENCED_SYSTEM_CHECKS = [
    # Browsers that come with the name of a study built in are nobody's wish.
    "security.W021",
    # Lock-outs are told by the API itself, with the time to wait.
    "axes.W002",
]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENVIRONMENT.production else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "reader_study.api.problems.csrf_failure"
CONTENT_SECURITY_POLICY = {"DIRECTIVES": PAGE_POLICY}
ACCEL = ENVIRONMENT.accel
MEDIA_TOKEN_SECONDS = 12 * 3600

# -- access ----------------------------------------------------------------------------------
SESSION_ENGINE = "reader_study.accounts.session_store"
SESSION_IDLE = timedelta(minutes=ENVIRONMENT.session_idle_minutes)
SESSION_LONGEST = timedelta(hours=ENVIRONMENT.session_hours)
SESSION_COOKIE_AGE = int(SESSION_LONGEST.total_seconds())
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
PROXIES = ENVIRONMENT.proxies

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AXES_FAILURE_LIMIT = ENVIRONMENT.login_attempts
ADDRESS_FAILURE_LIMIT = ENVIRONMENT.login_attempts_per_address
AXES_COOLOFF_TIME = timedelta(minutes=ENVIRONMENT.login_pause_minutes)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_CLIENT_IP_CALLABLE = "reader_study.accounts.client_address.client_address"
# The audit trail has it, and logs are read by more people.
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False

ACCOUNT_ADAPTER = "reader_study.accounts.allauth_adapters.AccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
SOCIALACCOUNT_ADAPTER = "reader_study.accounts.directories.DirectoryAdapter"
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": directory.id,
                "name": directory.name,
                "client_id": directory.client_id,
                "secret": directory.client_secret,
                "settings": {"server_url": str(directory.issuer).rstrip("/")},
            }
            for directory in ENVIRONMENT.oidc
        ],
    }
}
SOCIALACCOUNT_REQUESTS_TIMEOUT = 10
MFA_ADAPTER = "reader_study.accounts.allauth_adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_RECOVERY_CODE_DIGITS = 10
MFA_TOTP_ISSUER = "Reader Study"
# A phone's clock may be half a minute wrong.
MFA_TOTP_TOLERANCE = 1

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "reader_study.http.study_gate.GatedTokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["reader_study.accounts.permissions.SignedIn"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["reader_study.api.parsing.BoundedJSONParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "reader_study.api.parsing.WhatThereIs",
    "DEFAULT_SCHEMA_CLASS": "reader_study.api.schema.ProblemSchema",
    "DEFAULT_THROTTLE_CLASSES": [
        "reader_study.api.throttles.PersonThrottle",
        "reader_study.api.throttles.AddressThrottle",
    ],
    # In production a proxy stands before the server and says whose address it is.
    "NUM_PROXIES": 1 if ENVIRONMENT.production else 0,
    "EXCEPTION_HANDLER": "reader_study.api.errors.explain",
}
REQUESTS_PER_MINUTE: dict[str, int | None] = {
    "person": ENVIRONMENT.requests_per_minute,
    "address": ENVIRONMENT.requests_per_minute // 10,
    "view-use": 60,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Reader study",
    "VERSION": "0.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "COMPONENT_NO_READ_ONLY_REQUIRED": False,
    "ENUM_NAME_OVERRIDES": {
        "AdjudicationEnum": ["none", "any-difference", "across-cut-point", "two-levels-apart"],
        "StudyStateEnum": "reader_study.studies.models.StudyState.choices",
        "RoleEnum": "reader_study.studies.models.Role.choices",
        "UploadStateEnum": ["receiving", "received", "scanning", "done", "failed", "cancelled"],
        "CaseStateEnum": [
            *("waiting", "segmenting", "review", "preparing", "ready", "failed", "cancelled")
        ],
        "SeriesKindEnum": ["NCCT", "DSA", "other"],
        "PhaseEnum": ["before", "after"],
        "VerdictEnum": ["pass", "corrected", "flagged", "refused"],
        "DisplayVerdictEnum": "reader_study.reading.models.DisplayVerdict.choices",
        "InvitationStateEnum": ["open", "accepted", "revoked", "expired"],
        "ReadingStateEnum": ["new", "draft", "submitted"],
        "PlaceStateEnum": ["not-begun", "draft", "submitted", "unlocked"],
        "OcclusionSideEnum": "reader_study.cohorts.models.OcclusionSide.choices",
        "OcclusionSegmentEnum": "reader_study.cohorts.models.OcclusionSegment.choices",
        "SignedKindEnum": "reader_study.signatures.models.SignedKind.choices",
        "SigningStateEnum": ["off", "reading", "to-sign", "signed"],
        "CalibrationStateEnum": ["not-begun", "under-way", "passed"],
    },
}

# -- work queue ------------------------------------------------------------------------------
EMBEDDED_BROKER_URL = "filesystem://localhost/"
CELERY_BROKER_URL = ENVIRONMENT.celery_broker_url or EMBEDDED_BROKER_URL
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {}
if CELERY_BROKER_URL == EMBEDDED_BROKER_URL:
    _BROKER = VAR / "broker"
    for _folder in ("messages", "control"):
        (_BROKER / _folder).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_BROKER / "messages"),
        "data_folder_out": str(_BROKER / "messages"),
        "control_folder": str(_BROKER / "control"),
        "polling_interval": 0.2,
    }
elif CELERY_BROKER_URL.startswith("redis"):
    # A host that is gone must not keep a request waiting: the reaper sends the message again.
    CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 3, "socket_keepalive": True}
CELERY_TASK_DEFAULT_QUEUE = "cpu"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
JOB_LEASE_SECONDS = ENVIRONMENT.job_lease_seconds
JOB_PAUSE_SECONDS = ENVIRONMENT.job_pause_seconds
JOB_FREE_BYTES = ENVIRONMENT.job_free_bytes

# -- counters that all processes share: throttles and lock-outs, nothing that must last ----------
CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": CELERY_BROKER_URL,
        "KEY_PREFIX": "reader-study",
    }
    if CELERY_BROKER_URL.startswith("redis")
    else {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": VAR / "cache",
    }
}

# Imported models, each in a folder named by its SHA-256.
MODELS = VAR / "models"
MAX_MODEL_BYTES = 8 * 10**9
INFERENCE_DEVICE = ENVIRONMENT.inference_device
MAX_UPLOAD_BYTES = ENVIRONMENT.max_upload_bytes
MAX_UPLOAD_FILES = 50_000
STUDY_QUOTA_BYTES = ENVIRONMENT.study_quota_bytes
KEEP_FREE_BYTES = ENVIRONMENT.keep_free_bytes
# The expiry moves on with everything that arrives.
UPLOAD_EXPIRES_AFTER = timedelta(days=7)

LOGGING = logging_configuration(as_json=ENVIRONMENT.production)
