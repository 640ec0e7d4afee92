"""The village 便民服务中心: writes down, prints, sends and shows; decides nothing the township decides."""

from typing import Final

from api_spec import VERSION

APP_VERSION: Final = VERSION
