"""What can be set for one node, checked as a whole. Values come from the command line or its environment variables."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class BadSettings(ValueError):
    """Every fault at once, so that one restart fixes them all."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How one node runs.

    Args:
        data: folder of the database, the keys and the photos. It can be moved as a whole.
        township: where the township is, `https://…`; plain http only to this computer itself.
        host, port: where the clerk's page listens; loopback unless `host` says otherwise.
        plain_http: listen beyond this computer without encryption; only behind something that encrypts.
        printer: device file of an 80 mm ESC/POS printer, e.g. /dev/usb/lp0; empty: print through the browser.
        photo_days: so long a photo stays here after the township has it, even if the disk is short.
        disk_floor_mb: with less free space no new case is begun; disk_warning_mb: with less the page warns.
    """

    data: Path
    township: str
    host: str = "127.0.0.1"
    port: int = 8090
    plain_http: bool = False
    printer: str = ""
    disk_floor_mb: int = 500
    disk_warning_mb: int = 2048
    photo_days: int = 30

    @property
    def database(self) -> Path:
        return self.data / "node.db"

    @property
    def keys(self) -> Path:
        return self.data / "keys"

    @property
    def photos(self) -> Path:
        return self.data / "photos"

    @property
    def speaks_tls(self) -> bool:
        """Whoever may listen on the way must not understand: everywhere but on this computer itself."""
        return self.host not in LOOPBACK and not self.plain_http

    @property
    def tls(self) -> Path:
        """The certificate of the page, self-made."""
        return self.data / "tls"

    @property
    def address(self) -> str:
        """The page's, for a browser."""
        shown = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.speaks_tls else 'http'}://{shown}:{self.port}/"

    @property
    def lock(self) -> Path:
        """Held by the one program that runs on this folder. No backup copies what begins with this name."""
        return self.data / "lock"

    @property
    def first_lock(self) -> Path:
        """Held while the data key is made, so that page and command never make two."""
        return self.data / "lock.first"

    @property
    def cabinet(self) -> Path:
        """The data key under the clerks' passwords."""
        return self.data / "cabinet.json"

    @property
    def tries(self) -> Path:
        """How often a wrong password was typed."""
        return self.data / "tries.json"

    def check(self) -> None:
        """Raises BadSettings."""
        faults = []
        address = urlsplit(self.township)
        if address.scheme not in {"http", "https"} or not address.hostname:
            faults.append("镇级平台地址要写成 https://… 的样子（--township 或 BMT_TOWNSHIP）。")
        elif address.scheme == "http" and address.hostname not in LOOPBACK:
            faults.append("连接镇级平台必须用 https，只有连接本机时才能用 http。")
        if not 1 <= self.port <= 65535:
            faults.append("端口号应在 1 到 65535 之间（--port 或 BMT_NODE_PORT）。")
        if faults:
            raise BadSettings(faults)
