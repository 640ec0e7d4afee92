"""What the demonstration prints once everything runs: addresses, accounts and a QR code to scan."""

from typing import Final

from rich.console import Console
from rich.table import Table

from api_spec.paper import qr
from backend.demo.hall import KIOSK_CODE, SCREEN_CODE
from backend.demo.plan import CLERK_LOGIN, CLERK_PASSWORD, Plan
from backend.demo.staff import ALL, PASSWORD, UTILITIES

NAMES: Final = {clerk.login: clerk.name for clerk in ALL}
FLOWS: Final = (
    ("高龄津贴、优待证等：收件、审核、办结", ("social", "social-b", "social-leader", "social-office")),
    ("社会事务上报件：市民政局批复", ("civil-affairs", "social-head")),
    (
        "宅基地：联合勘察、集体讨论、审签",
        ("land", "land-leader", "land-head", "centre", "agriculture-leader"),
    ),
    ("宅基地和土地的另一班人", ("land-b", "land-office")),
    (
        "涉农事项",
        ("agriculture", "agriculture-b", "agriculture-office", "agriculture-head"),
    ),
    (
        "同一部门的其他窗口，每个窗口A、B两人",
        ("social-2", "social-2-b", "social-3", "social-3-b", "agriculture-2", "agriculture-2-b"),
    ),
    ("市场主体和证照", ("market", "market-b", "market-leader", "market-office", "market-head")),
    ("财税事项", ("finance", "finance-b", "finance-leader", "finance-office", "finance-head")),
    ("户籍事项", ("household", "household-b", "household-leader", "household-office", "household-head")),
    ("司法事项", ("justice", "justice-b", "justice-leader", "justice-office", "justice-head")),
    (
        "水电气网代办：窗口代收、移交、日结",
        ("utility", "utility-b", "utility-leader", "utility-office", "utility-head"),
    ),
    ("水电气网代办：企业一方", tuple(clerk.login for clerk in UTILITIES)),
    ("差评、投诉、咨询、打电话告知", ("service", "director")),
    ("电子监察、抽查、整改", ("supervisor", "director", "social-leader")),
    ("统计、进驻、上会、村级服务点", ("director", "centre")),
    ("人员和岗位、上报平台、备份", ("admin",)),
    ("登录记录；审计日志和核验", ("security", "auditor")),
    ("上级机关没有镇内岗位的人：只看到批复怎样送回", ("superior",)),
)
"""Every account at least once, beside what it is for."""


def announce(console: Console, plan: Plan, tracking_code: str) -> None:
    """Args: tracking_code: of a case whose progress anyone may look at."""
    console.print(_addresses(plan))
    console.print(_accounts())
    link = f"{plan.township_url}/c/{tracking_code}"
    console.print(f"扫一扫看办件进度（或打开 {link}）：", soft_wrap=True)
    console.print(qr.terminal(qr.matrix(link, level=qr.Level.SCREEN)), highlight=False, markup=False)
    console.print("这个地址只有本机打得开；手机上试用要把 BMT_PUBLIC_URL 设为手机能访问的地址。")
    console.print("按回车断开镇级系统，看村服务点断网收件；再按回车恢复。")
    console.print(f"按 Ctrl+C 全部停止。数据保存在 {plan.data}，下次启动还在。")


def _addresses(plan: Plan) -> Table:
    table = Table(title="便民通演示（人员和号码都是虚构的）", show_header=False)
    table.add_row("群众手机页面", plan.township_url + "/", "登录时选一位演示群众")
    table.add_row("镇工作台", plan.township_url + "/staff", "账号见下表")
    table.add_row("大厅叫号屏", plan.township_url + "/screen", f"设备码 {SCREEN_CODE}")
    table.add_row("自助取号机", plan.township_url + "/kiosk", f"设备码 {KIOSK_CODE}")
    table.add_row("村服务点", plan.node_url + "/", f"账号 {CLERK_LOGIN}，密码 {CLERK_PASSWORD}")
    table.add_row("模拟微信", plan.wechat_url + "/", "演示手机收到的消息")
    table.add_row("模拟短信", plan.wechat_url + "/sms/", "发给群众的短信")
    table.add_row("模拟平台", plan.wechat_url + "/platform/", "上报一体化平台的数据")
    return table


def _accounts() -> Table:
    table = Table(title=f"工作台账号，按要看的事分组（密码都是 {PASSWORD}）")
    for heading in ("想看什么", "用哪些账号"):
        table.add_column(heading)
    for flow, logins in FLOWS:
        table.add_row(flow, "  ".join(f"{login}（{NAMES[login]}）" for login in logins))
    return table
