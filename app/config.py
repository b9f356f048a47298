"""Configuration by environment: base, development (the default), test, production. Imports the standard library only."""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path
from typing import Any

MISSING = "production needs {name}: set it in the environment"
ROOT = Path(__file__).resolve().parent.parent


def instance_folder() -> Path:
    """Where database, files and mails live: VAMCO_INSTANCE, else instance/ beside app/."""
    return Path(os.environ.get("VAMCO_INSTANCE") or ROOT / "instance").resolve()


def load(environment: str | None = None) -> dict[str, Any]:
    """The settings for this environment. Raises RuntimeError for unsafe ones in production."""
    name = environment or os.environ.get("VAMCO_ENV", "development")
    folder = instance_folder()
    folder.mkdir(parents=True, exist_ok=True)
    production = name == "production"
    secret = os.environ.get("VAMCO_SECRET_KEY") or ("" if production else _kept_secret(folder))
    url = database_url(folder)
    settings: dict[str, Any] = {
        "ENVIRONMENT": name,
        "DEMONSTRATION": not production,
        "SECRET_KEY": secret,
        "BALLOT_KEYS": _ballot_keys(folder, production=production),
        "AUDIT_KEY": os.environ.get("VAMCO_AUDIT_KEY") or ("" if production else _derived(secret, "audit")),
        "SQLALCHEMY_DATABASE_URI": url,
        "INSTANCE_FOLDER": str(folder),
        "MIGRATIONS_FOLDER": str(ROOT / "migrations"),
        "FILES_FOLDER": str(folder / "files"),
        "TRUSTED_CERTIFICATES": os.environ.get("VAMCO_TRUSTED_CERTIFICATES") or str(folder / "certificates"),  # of signatures in PDF files
        "FILES_SCANNER": os.environ.get("VAMCO_FILES_SCANNER"),  # the malware check: see app/services/files/scanner.py
        "BACKUP_FOLDER": os.environ.get("VAMCO_BACKUP_FOLDER"),
        "BACKUP_KEYS": os.environ.get("VAMCO_BACKUP_KEYS", "").replace(",", " ").split(),  # public keys of age
        "BACKUP_KEEP": int(os.environ.get("VAMCO_BACKUP_KEEP", "30")),
        "ANCHOR_FILE": os.environ.get("VAMCO_ANCHOR_FILE"),  # the journal's end each hour: on another disk or machine
        "ANCHOR_MAILBOX": os.environ.get("VAMCO_ANCHOR_MAILBOX"),
        "MAIL_FOLDER": None if os.environ.get("VAMCO_MAIL_SERVER") else str(folder / "mail"),
        "MAIL_SERVER": os.environ.get("VAMCO_MAIL_SERVER", "localhost"),
        "MAIL_PORT": int(os.environ.get("VAMCO_MAIL_PORT", "25")),
        "MAIL_USE_TLS": os.environ.get("VAMCO_MAIL_TLS") == "1",
        "MAIL_USERNAME": os.environ.get("VAMCO_MAIL_USERNAME"),
        "MAIL_PASSWORD": os.environ.get("VAMCO_MAIL_PASSWORD"),
        "MAIL_DEFAULT_SENDER": ("Vàm Cỏ", os.environ.get("VAMCO_MAIL_FROM", "khcn@demo.vamco.test")),
        "MAIL_DOMAIN": os.environ.get("VAMCO_MAIL_DOMAIN", "demo.vamco.test"),
        "PUBLIC_BASE_URL": os.environ.get("VAMCO_PUBLIC_BASE_URL", "http://127.0.0.1:8000"),
        "PROVINCE_NAME": os.environ.get("VAMCO_PROVINCE", "Tây Ninh"),
        "OFFICE_ADDRESS": os.environ.get("VAMCO_OFFICE_ADDRESS", ""), "OFFICE_PHONE": os.environ.get("VAMCO_OFFICE_PHONE", ""), "OFFICE_EMAIL": os.environ.get("VAMCO_OFFICE_EMAIL", ""),
        "DEPARTMENT_NAME": os.environ.get("VAMCO_DEPARTMENT", "Sở Khoa học và Công nghệ"),
        "DEPARTMENT_NAME_EN": os.environ.get("VAMCO_DEPARTMENT_EN") or os.environ.get("VAMCO_DEPARTMENT", "Department of Science and Technology"),
        "CLOCK_OFFSET": os.environ.get("VAMCO_CLOCK_OFFSET"),
        "BABEL_DEFAULT_LOCALE": "vi",
        "BABEL_DEFAULT_TIMEZONE": "Asia/Ho_Chi_Minh",
        "MAX_CONTENT_LENGTH": 60 * 2**20,
        "MAX_FORM_MEMORY_SIZE": 2 * 2**20,
        "MAX_FORM_PARTS": 2_000,
        "WTF_CSRF_TIME_LIMIT": 12 * 3600,
        "SESSION_COOKIE_NAME": "__Host-vamco" if production else "vamco",
        "SESSION_COOKIE_SECURE": production,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_HOURS": int(os.environ.get("VAMCO_SESSION_HOURS", "12")),
        "IDLE_MINUTES": int(os.environ.get("VAMCO_IDLE_MINUTES", "60")),
        "RECENT_MINUTES": int(os.environ.get("VAMCO_RECENT_MINUTES", "15")),  # acts of weight ask who it is when the sign-in is older
        "FACTOR_KEYS": (os.environ.get("VAMCO_FACTOR_KEY") or _derived(secret, "factor")).replace(",", " ").split(),  # the newest first
        "SECOND_FACTOR_ROLES": os.environ.get("VAMCO_SECOND_FACTOR_ROLES", "officer finance leader province registry admin auditor").replace(",", " ").split(),
        "SECOND_FACTOR_FROM": os.environ.get("VAMCO_SECOND_FACTOR_FROM", ""),  # a day, YYYY-MM-DD; before it nobody needs one
        "OIDC_ISSUER": os.environ.get("VAMCO_OIDC_ISSUER", ""), "OIDC_CLIENT_ID": os.environ.get("VAMCO_OIDC_CLIENT_ID", ""),
        "OIDC_CLIENT_SECRET": os.environ.get("VAMCO_OIDC_CLIENT_SECRET", ""), "OIDC_NAME": os.environ.get("VAMCO_OIDC_NAME", "VNeID"),
        "OIDC_STRONG": os.environ.get("VAMCO_OIDC_STRONG") == "1",  # the provider asks for two factors itself
        "LOGIN_TRIES": 10,
        "LOGIN_WINDOW_MINUTES": 5,
        "INTEREST_PER_HOUR": 10,  # messages about public results from one address
        "API_PER_MINUTE": int(os.environ.get("VAMCO_API_PER_MINUTE", "120")),  # requests of one address to /api/v1; with a key five times as many
        "OPEN_DATA_LICENCE": os.environ.get("VAMCO_OPEN_DATA_LICENCE", "CC BY 4.0"), "OPEN_DATA_LICENCE_URL": os.environ.get("VAMCO_OPEN_DATA_LICENCE_URL", "https://creativecommons.org/licenses/by/4.0/"),
        "PASSWORD_COST": 3,
        "EDITING": os.environ.get("FLASK_DEBUG") == "1",  # somebody edits the static files: they are served as they lie there
        "SERVE_STATIC": True,
        "KEEP_TEMPLATES": name != "test",  # translated, below the instance folder
        "KEEP_PAGES": name != "test",  # pages of the portal, for a minute
        "METRICS_FROM": [a.strip() for a in os.environ.get("VAMCO_METRICS_FROM", "").split(",") if a.strip()],
        "LOG_JSON": production or os.environ.get("VAMCO_LOG_JSON") == "1",
        "SEND_FILE_MAX_AGE_DEFAULT": 31_536_000,
        "DEMO_PASSWORD": os.environ.get("VAMCO_DEMO_PASSWORD"),
        "PROXY_HOPS": int(os.environ.get("VAMCO_PROXY_HOPS", "0")),
        "TRUSTED_HOSTS": os.environ["VAMCO_HOSTS"].split(",") if os.environ.get("VAMCO_HOSTS") else None,
    }
    if production:
        _refuse_unsafe(settings)
    return settings


def database_url(folder: Path) -> str:
    """DATABASE_URL with the driver named, else SQLite in the instance folder."""
    url = os.environ.get("DATABASE_URL") or f"sqlite:///{folder / 'vamco.db'}"
    for old in ("postgres://", "postgresql://"):
        if url.startswith(old):
            return "postgresql+psycopg://" + url.removeprefix(old)
    return url


def _refuse_unsafe(settings: dict[str, Any]) -> None:
    for name in ("SECRET_KEY", "AUDIT_KEY"):
        if len(settings[name] or "") < 32:
            raise RuntimeError(f"production needs VAMCO_{name} of at least 32 characters")
    if not settings["BALLOT_KEYS"] or any(len(key) < 32 for key in settings["BALLOT_KEYS"]):
        raise RuntimeError(f"production needs VAMCO_BALLOT_KEY of at least 32 characters, or the file {settings['INSTANCE_FOLDER']}/ballot-key (mode 0600): ballots are sealed with it")
    if settings["CLOCK_OFFSET"]:
        raise RuntimeError("production refuses VAMCO_CLOCK_OFFSET: the clock is not moved there")
    if not settings["PUBLIC_BASE_URL"].startswith("https://"):
        raise RuntimeError("production needs VAMCO_PUBLIC_BASE_URL, beginning with https://")
    if settings["DEMO_PASSWORD"]:
        raise RuntimeError("production refuses VAMCO_DEMO_PASSWORD: there are no demonstration accounts")
    if not settings["TRUSTED_HOSTS"]:
        raise RuntimeError("production needs VAMCO_HOSTS: the names under which the server is reached, with commas")


def _kept_secret(folder: Path) -> str:
    """A secret made once for this instance folder, so that development sessions outlive a restart."""
    path = folder / "secret-key"
    if not path.exists():
        path.write_text(secrets.token_urlsafe(48))
        path.chmod(0o600)
    return path.read_text().strip()


def _ballot_keys(folder: Path, *, production: bool) -> list[str]:
    """The keys with which ballots are sealed, the newest first: VAMCO_BALLOT_KEY, else the file ballot-key, which is made once outside production."""
    path = folder / "ballot-key"
    if said := os.environ.get("VAMCO_BALLOT_KEY"):
        return said.replace(",", " ").split()
    if not path.exists() and not production:
        made = folder / f"ballot-key.{os.getpid()}"
        with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48) + "\n")
        try:
            os.link(made, path)  # whole or not at all, and never over another
        except FileExistsError:
            pass
        made.unlink()
    if path.exists() and path.stat().st_mode & 0o077:
        raise RuntimeError(f"{path} can be read by others than its owner: chmod 600")
    return path.read_text().split() if path.exists() else []


def _derived(secret: str, use: str) -> str:
    return hashlib.sha256(f"{use}:{secret}".encode()).hexdigest()
