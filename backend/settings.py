"""What a deployment may set, each with its unit; read once, all faults told at once."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from backend.wechat.link_rule import read_checks


class BadSettings(ValueError):
    """Every fault at once, so that one restart fixes them all. Names only: a value may be a secret."""


def setting(name: str, default: Any, about: str) -> Any:
    return field(default=default, metadata={"env": name, "about": about})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The township's settings; `describe()` prints this table."""

    mode: str = setting(
        "BMT_MODE", "production", "production, demo or test; demo and test allow the WeChat stand-in"
    )
    host: str = setting("BMT_HOST", "127.0.0.1", "address to listen on")
    port: int = setting("BMT_PORT", 8080, "TCP port to listen on")
    processes: int = setting("BMT_PROCESSES", 1, "worker processes; more than one needs PostgreSQL")
    data: Path = setting("BMT_DATA", Path("data/township"), "folder for the SQLite file, keys and photos")
    database_url: str = setting("DATABASE_URL", "", "postgres://…; empty: SQLite in the data folder")
    public_url: str = setting(
        "BMT_PUBLIC_URL", "", "address people reach, for QR codes; empty: http://host:port"
    )
    vault_key: bytes = setting(
        "BMT_VAULT_KEY", b"", "32 bytes in base64 that seal personal data; empty: data/vault.key"
    )
    vault_suite: str = setting("BMT_VAULT_SUITE", "aes-256-gcm", "aes-256-gcm or sm4-gcm")
    wechat_url: str = setting("BMT_WECHAT_URL", "https://api.weixin.qq.com", "base of WeChat's server API")
    wechat_open_url: str = setting(
        "BMT_WECHAT_OPEN_URL", "https://open.weixin.qq.com", "base of WeChat's web sign-in"
    )
    wechat_appid: str = setting("BMT_WECHAT_APPID", "", "mini-program appid")
    wechat_secret: str = setting("BMT_WECHAT_SECRET", "", "mini-program secret")
    wechat_service_appid: str = setting(
        "BMT_WECHAT_SERVICE_APPID", "", "appid of the 服务号 for sign-in on web pages; empty: no web sign-in"
    )
    wechat_service_secret: str = setting("BMT_WECHAT_SERVICE_SECRET", "", "secret of the 服务号")
    wechat_push_token: str = setting(
        "BMT_WECHAT_PUSH_TOKEN",
        "",
        "word agreed with WeChat for its events at /v1/wechat/push; empty: none come",
    )
    wechat_link_check: str = setting(
        "BMT_WECHAT_LINK_CHECK",
        "",
        "check files of WeChat's ordinary-link rule, name.txt:content, several parted by blanks; empty: none",
    )
    sms_url: str = setting("BMT_SMS_URL", "", "address of the short-message gateway; empty: none are sent")
    sms_account: str = setting("BMT_SMS_ACCOUNT", "", "account at the gateway")
    sms_secret: str = setting(
        "BMT_SMS_SECRET", "", "key that signs messages to the gateway and replies from it"
    )
    sms_form: bool = setting("BMT_SMS_FORM", False, "send to the gateway as a form instead of JSON")
    sms_sign: str = setting("BMT_SMS_SIGN", "便民通", "签名 in front of every short message")
    quiet_from: int = setting(
        "BMT_QUIET_FROM", 21, "hour of China time from which nobody is sent what can wait"
    )
    quiet_until: int = setting("BMT_QUIET_UNTIL", 8, "hour of China time until which they are not")
    upward_url: str = setting(
        "BMT_UPWARD_URL", "", "address of the 一体化平台's exchange; empty: nothing is reported"
    )
    upward_secret: str = setting("BMT_UPWARD_SECRET", "", "key that signs what is reported")
    upward_profile: str = setting(
        "BMT_UPWARD_PROFILE", "older", "code tables of the platform: older, shandong, hunan or guangdong"
    )
    disk_floor_mb: int = setting(
        "BMT_DISK_FLOOR_MB", 512, "MiB left on the data disk below which villages' records are not taken in"
    )
    backup_folder: Path = setting(
        "BMT_BACKUP_FOLDER",
        Path(),
        "folder for backups, better on another disk; empty: backups in the data folder",
    )
    backup_hour: int = setting(
        "BMT_BACKUP_HOUR", 2, "hour of China time, 0 to 23, after which the daily backup runs"
    )
    backup_secret: str = setting(
        "BMT_BACKUP_SECRET", "", "passphrase of 12 characters or more that seals the vault key into backups"
    )
    pg_bin: Path = setting("BMT_PG_BIN", Path(), "folder of pg_dump and pg_restore; empty: looked for")
    pdf_font: Path = setting(
        "BMT_PDF_FONT", Path(), "TrueType font with Chinese characters for PDF documents; empty: looked for"
    )
    review_contact_days: int = setting(
        "BMT_REVIEW_CONTACT_DAYS", 1, "working days until somebody who rated badly has been contacted"
    )
    review_rectify_days: int = setting(
        "BMT_REVIEW_RECTIFY_DAYS", 7, "days a department has to put a bad rating right"
    )
    review_complex_days: int = setting("BMT_REVIEW_COMPLEX_DAYS", 15, "the same for complex matters")
    review_in_working_days: bool = setting(
        "BMT_REVIEW_IN_WORKING_DAYS", False, "whether those two are working days; else calendar days"
    )
    archive_days: int = setting(
        "BMT_ARCHIVE_DAYS", 30, "days after which a case that has ended and rests is archived"
    )
    staff_papers_days: int = setting(
        "BMT_STAFF_PAPERS_DAYS", 183, "days the scan and attestation of a post that is over are kept"
    )
    complaint_days: int = setting("BMT_COMPLAINT_DAYS", 5, "working days until a complaint is answered")
    pool_size: int = setting("BMT_POOL_SIZE", 10, "PostgreSQL connections per process")
    log_json: bool = setting("BMT_LOG_JSON", True, "log lines as JSON")

    @property
    def url(self) -> str:
        """The database to open."""
        return self.database_url or f"sqlite://{self.data / 'township.db'}"

    @property
    def backups(self) -> Path:
        """Where backups lie."""
        return self.data / "backups" if self.backup_folder == Path() else self.backup_folder

    @property
    def base_url(self) -> str:
        """Where people reach the township, without a trailing slash."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def is_production(self) -> bool:
        return self.mode == "production"


MODES = ("production", "demo", "test")
PROFILES = ("older", "shandong", "hunan", "guangdong")
TRUE = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}


def load(environ: Mapping[str, str], *, serving: bool = True) -> Settings:
    """The settings of this environment.

    Args:
        serving: they must do for people to sign in; a look at backups or nodes needs no WeChat account.

    Raises:
        BadSettings
    """
    values: dict[str, Any] = {}
    faults: list[str] = []
    for each in fields(Settings):
        name = each.metadata["env"]
        text = environ.get(name, "").strip()
        if not text:
            continue
        try:
            values[each.name] = _read(text, each.default)
        except ValueError as wrong:
            faults.append(f"{name}：{wrong}")
    settings = Settings(**values)
    faults += _inconsistent(settings)
    if serving:
        faults += _not_for_serving(settings)
    if faults:
        raise BadSettings("；".join(faults))
    return settings


def describe() -> str:
    """The table of settings for `--help-settings` and the deployment guide."""
    rows = [
        f"{each.metadata['env']:22} {each.metadata['about']} (default: {_shown(each.default)})"
        for each in fields(Settings)
    ]
    return "\n".join(rows)


def _read(text: str, default: Any) -> Any:
    if isinstance(default, bool):
        if text.lower() not in TRUE:
            raise ValueError("应为 true 或 false")
        return TRUE[text.lower()]
    if isinstance(default, int):
        if not text.isascii() or not text.isdigit():
            raise ValueError("应为整数")
        return int(text)
    if isinstance(default, bytes):
        try:
            return base64.b64decode(text, validate=True)
        except binascii.Error:
            raise ValueError("应为 base64") from None
    return type(default)(text) if not isinstance(default, Path) else Path(text)


def _inconsistent(settings: Settings) -> list[str]:
    faults = []
    if settings.mode not in MODES:
        faults.append("BMT_MODE：应为 production、demo 或 test")
    if not 0 <= settings.port <= 65535:
        faults.append("BMT_PORT：应为 0 到 65535")
    if settings.vault_key and len(settings.vault_key) != 32:
        faults.append("BMT_VAULT_KEY：应为 32 字节")
    if settings.vault_suite not in ("aes-256-gcm", "sm4-gcm"):
        faults.append("BMT_VAULT_SUITE：应为 aes-256-gcm 或 sm4-gcm")
    if not 0 <= settings.backup_hour <= 23:
        faults.append("BMT_BACKUP_HOUR：应为 0 到 23")
    try:
        read_checks(settings.wechat_link_check)
    except ValueError as wrong:
        faults.append(f"BMT_WECHAT_LINK_CHECK：{wrong}")
    if settings.backup_secret and len(settings.backup_secret) < 12:
        faults.append("BMT_BACKUP_SECRET：至少 12 个字符")
    for name, hour in (("BMT_QUIET_FROM", settings.quiet_from), ("BMT_QUIET_UNTIL", settings.quiet_until)):
        if not 0 <= hour <= 23:
            faults.append(f"{name}：应为 0 到 23")
    faults += _ways_out(settings)
    if settings.processes < 1:
        faults.append("BMT_PROCESSES：至少为 1")
    if settings.processes > 1 and not settings.url.startswith(("postgres", "asyncpg")):
        faults.append("BMT_PROCESSES：多个进程要用 PostgreSQL（DATABASE_URL），SQLite 只能一个")
    return faults


def _ways_out(settings: Settings) -> list[str]:
    """Secrets and people's data leave over TLS only; a demonstration or a test may speak to its own machine."""
    faults = []
    for name, url, secret in (
        ("BMT_SMS", settings.sms_url, settings.sms_secret),
        ("BMT_UPWARD", settings.upward_url, settings.upward_secret),
    ):
        if url and not url.startswith("https://") and settings.is_production:
            faults.append(f"{name}_URL：应为 https 地址")
        if url and len(secret) < 16:
            faults.append(f"{name}_SECRET：至少 16 个字符")
    if settings.upward_profile not in PROFILES:
        faults.append(f"BMT_UPWARD_PROFILE：应为 {'、'.join(PROFILES)}")
    return faults


def _not_for_serving(settings: Settings) -> list[str]:
    if settings.is_production and not (settings.wechat_appid and settings.wechat_secret):
        return ["BMT_WECHAT_APPID 和 BMT_WECHAT_SECRET：正式运行时必须填写"]
    return []


def _shown(default: Any) -> str:
    if isinstance(default, bytes):
        return "none"
    return "none" if default == Path() else str(default) or "none"
