"""What the demonstration prints once everything runs: addresses, accounts and a QR code to scan."""

from rich.console import Console
from rich.table import Table

from api_spec.paper import qr
from backend.demo.hall import KIOSK_CODE, SCREEN_CODE
from backend.demo.plan import CLERK_LOGIN, CLERK_PASSWORD, Plan
from backend.demo.staff import ALL, PASSWORD


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
    table = Table(title=f"工作台账号（密码都是 {PASSWORD}）")
    for heading in ("账号", "姓名", "岗位"):
        table.add_column(heading)
    for clerk in ALL:
        if clerk.window is None or clerk.window.value == "social" or clerk.role.value == "window":
            table.add_row(clerk.login, clerk.name, clerk.role.zh)
    return table
