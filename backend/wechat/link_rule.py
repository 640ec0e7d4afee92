"""扫普通链接二维码打开小程序: the files by which WeChat sees that a link rule's host is ours. Pure; knows no HTTP."""

import re
from collections.abc import Mapping
from typing import Final

_CHECK: Final = re.compile(r"([0-9A-Za-z_-]{1,64}\.txt):([0-9A-Za-z_-]{1,200})")


def read_checks(text: str) -> Mapping[str, str]:
    """Contents by file name, of "name.txt:content name.txt:content".

    Raises:
        ValueError: one of the parts is something else.
    """
    checks = {}
    for part in text.split():
        if not (found := _CHECK.fullmatch(part)):
            raise ValueError("应为 文件名.txt:内容，多个用空格分开")
        checks[found[1]] = found[2]
    return checks
