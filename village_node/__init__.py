"""The village 便民服务中心: writes down, prints, sends and shows; decides nothing the township decides."""

from typing import Final

APP_VERSION: Final = "0.1.0"
