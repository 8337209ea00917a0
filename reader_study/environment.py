"""What an installation may set: environment variables that start with ``READER_STUDY_``."""

from pathlib import Path
from typing import Self
from zoneinfo import available_timezones

from cryptography.fernet import Fernet
from pydantic import BaseModel, ConfigDict, Field, HttpUrl, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

REPOSITORY = Path(__file__).resolve().parent.parent

DEVELOPMENT_SECRET_KEY = "development-only-secret-key-never-use-this-with-patient-data"  # noqa: S105
SHORTEST_KEY = 32


class OidcProvider(BaseModel):
    """A directory, such as the hospital's, that vouches for who people are (OpenID Connect)."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(pattern=r"[a-z0-9-]{1,30}")
    name: str
    """On the button: “Log in with NAME”."""
    issuer: HttpUrl
    client_id: str
    client_secret: str = Field(repr=False)


class Environment(BaseSettings):
    """Settings by environment; the defaults run the embedded installation.

    Raises a validation error at start-up where a production setting is missing.
    """

    model_config = SettingsConfigDict(env_prefix="READER_STUDY_", extra="ignore")

    var: Path = REPOSITORY / "var"
    """Folder of the database, media, quarantine and embedded broker."""
    debug: bool = False
    production: bool = False
    """True demands a secret key of its own, HTTPS cookies and named hosts."""
    secret_key: str = DEVELOPMENT_SECRET_KEY
    pseudonym_key: str = ""
    """Secret behind pseudonyms, needed as long as the data; empty means a file inside ``var``."""
    identity_key: str = ""
    """Fernet key that seals the hospitals' identifiers; empty means that none is kept."""
    metrics_token: str = ""
    """What Prometheus sends to read ``/metrics``; empty means that there is no such address."""
    audit_key: str = ""
    """Secret under which the audit trail is chained; empty means a file inside ``var``."""
    audit_retired_keys: list[str] = []
    """Former audit keys, needed as long as events stand under them."""
    allowed_hosts: list[str] = ["localhost", "127.0.0.1", "[::1]"]
    trusted_origins: list[str] = []
    database_url: str = Field(default="", validation_alias="DATABASE_URL")
    """``postgresql://…``; empty means SQLite inside ``var``."""
    celery_broker_url: str = Field(default="", validation_alias="CELERY_BROKER_URL")
    """``redis://…``; empty means a folder inside ``var``, no server needed."""
    accel: Path | None = None
    """Folder from which nginx sends images that it was handed; none means that it is not used."""
    inference_device: str = "cpu"
    """Where GPU workers run the network: ``cpu`` or ``cuda``."""
    requests_per_minute: int = Field(default=6000, ge=60)
    """What one person may ask of the API in a minute; who is not signed in, a tenth by address."""
    max_upload_bytes: int = 8 * 10**9
    study_quota_bytes: int | None = None
    """What a study's raw uploads and de-identified DICOM may take together; no limit by default."""
    keep_free_bytes: int = 2 * 10**9
    """Uploads stop, and go on later, where the disk would have less than this left."""
    retain_raw_days: int | None = 30
    """After how many days ``apply_retention`` destroys raw files of unfinished, failed uploads."""
    retain_notices_days: int | None = None
    """After how many days it removes file names, lists and notices of uploads; empty: never."""
    job_lease_seconds: float = Field(default=60.0, gt=0)
    """How long after a worker's last sign of life its job is given to another."""
    job_pause_seconds: float = Field(default=30.0, gt=0)
    """How long a job that found the disk full waits before it is tried again."""
    job_free_bytes: int = Field(default=500 * 10**6, ge=0)
    """Jobs wait where the disk of the stored files has less than this left."""
    session_idle_minutes: float = Field(default=30, gt=0)
    """A session ends after so long without anything that its person did."""
    session_hours: float = Field(default=12, gt=0)
    """A session ends after so long, whatever its person does."""
    login_attempts: int = Field(default=5, ge=1)
    """Wrong passwords for one name from one address, or wrong codes, before a pause."""
    login_attempts_per_address: int = Field(default=50, ge=1)
    """Wrong attempts from one address, whatever the names, before a pause."""
    login_pause_minutes: float = Field(default=15, gt=0)
    proxies: int = Field(default=0, ge=0)
    """How many proxies of one's own stand before the web process and tell the client's address."""
    oidc: list[OidcProvider] = []
    """Directories by which people with an account may log in."""
    time_zone: str = "UTC"
    """Where the raters are, e.g. ``Europe/Zurich``: a day's limit of cases ends at its midnight."""

    @field_validator("accel", mode="before")
    @classmethod
    def nothing_is_no_folder(cls, folder: object) -> object:
        return folder or None

    @field_validator("identity_key")
    @classmethod
    def identity_key_is_one(cls, key: str) -> str:
        if key:
            try:
                Fernet(key)
            except ValueError as error:
                raise ValueError(
                    "READER_STUDY_IDENTITY_KEY is no Fernet key; make one with "
                    'python -c "from cryptography.fernet import Fernet; '
                    'print(Fernet.generate_key().decode())"'
                ) from error
        return key

    @field_validator("time_zone")
    @classmethod
    def time_zone_exists(cls, name: str) -> str:
        if name not in available_timezones():
            raise ValueError(f"“{name}” is no time zone; write one such as Europe/Zurich")
        return name

    @model_validator(mode="after")
    def production_has_its_own_secret(self) -> Self:
        if self.production and self.secret_key == DEVELOPMENT_SECRET_KEY:
            raise ValueError("set READER_STUDY_SECRET_KEY to a long random string in production")
        if self.production and not self.pseudonym_key:
            raise ValueError("set READER_STUDY_PSEUDONYM_KEY to a long random string in production")
        if self.production and not self.audit_key:
            raise ValueError("set READER_STUDY_AUDIT_KEY to a long random string in production")
        for name, key in (("PSEUDONYM", self.pseudonym_key), ("AUDIT", self.audit_key)):
            if key and len(key) < SHORTEST_KEY:
                raise ValueError(
                    f"READER_STUDY_{name}_KEY is short; use {SHORTEST_KEY} random characters or "
                    "more"
                )
        return self
