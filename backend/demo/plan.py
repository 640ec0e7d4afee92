"""Where the demonstration listens and keeps its data, and whom it lets in at the village."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from backend.settings import BadSettings

HOST: Final = "127.0.0.1"
VILLAGE_CODE: Final = "430481104201"
CLERK_LOGIN: Final = "village"
CLERK_NAME: Final = "李村代办"
CLERK_PASSWORD: Final = "24681357"  # noqa: S105 - printed on the screen of every demonstration


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Ports and folders of the three processes."""

    township_port: int
    node_port: int
    wechat_port: int
    data: Path

    @property
    def township(self) -> Path:
        return self.data / "township"

    @property
    def village(self) -> Path:
        return self.data / "village"

    @property
    def township_url(self) -> str:
        return f"http://{HOST}:{self.township_port}"

    @property
    def node_url(self) -> str:
        return f"http://{HOST}:{self.node_port}"

    @property
    def wechat_url(self) -> str:
        return f"http://{HOST}:{self.wechat_port}"


def plan_of(environ: Mapping[str, str]) -> Plan:
    """BMT_PORT, BMT_NODE_PORT, BMT_WECHAT_PORT and BMT_DATA, or their defaults.

    Raises:
        BadSettings: a port is no port.
    """
    return Plan(
        township_port=_port(environ, "BMT_PORT", 8080),
        node_port=_port(environ, "BMT_NODE_PORT", 8090),
        wechat_port=_port(environ, "BMT_WECHAT_PORT", 8070),
        data=Path(environ.get("BMT_DATA") or "data"),
    )


def _port(environ: Mapping[str, str], name: str, default: int) -> int:
    text = environ.get(name, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise BadSettings(f"{name}：应为 1 到 65535 的端口号")
    return int(text)
