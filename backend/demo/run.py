"""Runs the demonstration: WeChat stand-in, township and one village node as three processes of this machine.

The node is enrolled through the township's own API, as in a real village; nothing here reaches around it.
"""

from collections.abc import Mapping
from contextlib import ExitStack

from rich.console import Console

from backend.demo import outside
from backend.demo.announce import announce
from backend.demo.plan import CLERK_LOGIN, CLERK_NAME, CLERK_PASSWORD, HOST, Plan, plan_of
from backend.demo.processes import Processes
from backend.demo.standins import platform, sms
from backend.demo.township import Township
from backend.serve import listen
from backend.wechat.standin.world import DEMO_MINI, DEMO_SERVICE

WECHAT = "模拟微信"
TOWNSHIP = "镇级系统"
VILLAGE = "村服务点"


def run_demo(environ: Mapping[str, str]) -> int:
    """Start all three, say where they are, and stop them together.

    Raises:
        PortTaken, BadSettings, DemoFailed.
    """
    plan = plan_of(environ)
    for port in (plan.township_port, plan.node_port, plan.wechat_port):
        listen(HOST, port).close()
    console = Console()
    with ExitStack() as stack:
        started = Processes(stack, {**environ, **_environment(plan)}, comes_and_goes=TOWNSHIP)
        console.print("正在启动镇级系统、村服务点和模拟微信……第一次启动需要准备数据，请稍等。")
        started.start(WECHAT, ["backend.demo.outside", "--port", str(plan.wechat_port)])
        started.start(TOWNSHIP, ["backend", "serve"])
        enrolled = _is_enrolled(started, plan)
        if enrolled:  # a village needs no township to start
            started.start(VILLAGE, ["village_node", "run", *_node_options(plan)])
        started.until_answering(WECHAT, plan.wechat_url)
        started.until_answering(TOWNSHIP, f"{plan.township_url}/v1/health")
        township = Township(plan.township_url)
        if not enrolled:
            _enrol(started, plan, township)
            started.start(VILLAGE, ["village_node", "run", *_node_options(plan)])
        started.until_answering(VILLAGE, plan.node_url)
        announce(console, plan, township.a_tracking_code())
        return started.wait()


def _is_enrolled(started: Processes, plan: Plan) -> bool:
    return started.facts(["village_node", "status", "--data", str(plan.village)]).get("enrolled") is True


def _enrol(started: Processes, plan: Plan, township: Township) -> None:
    clerk = ["--login", CLERK_LOGIN, "--name", CLERK_NAME]
    code = ["--code", township.enrolment_code()]
    started.once(["village_node", "enrol", *_node_options(plan), *code, *clerk])


def _environment(plan: Plan) -> dict[str, str]:
    return {
        "BMT_MODE": "demo",
        "BMT_HOST": HOST,
        "BMT_PORT": str(plan.township_port),
        "BMT_DATA": str(plan.township),
        "BMT_WECHAT_URL": plan.wechat_url,
        "BMT_WECHAT_OPEN_URL": plan.wechat_url,
        "BMT_WECHAT_APPID": DEMO_MINI.appid,
        "BMT_WECHAT_SECRET": DEMO_MINI.secret,
        "BMT_WECHAT_SERVICE_APPID": DEMO_SERVICE.appid,
        "BMT_WECHAT_SERVICE_SECRET": DEMO_SERVICE.secret,
        "BMT_SMS_URL": f"{plan.wechat_url}{outside.SMS}/send",
        "BMT_SMS_ACCOUNT": sms.ACCOUNT,
        "BMT_SMS_SECRET": sms.SECRET,
        "BMT_QUIET_FROM": "0",  # a demonstration is looked at in the evening, too
        "BMT_QUIET_UNTIL": "0",
        "BMT_UPWARD_URL": f"{plan.wechat_url}{outside.PLATFORM}/rows",
        "BMT_UPWARD_SECRET": platform.SECRET,
        "BMT_NODE_PORT": str(plan.node_port),
        "BMT_CLERK_PASSWORD": CLERK_PASSWORD,
    }


def _node_options(plan: Plan) -> list[str]:
    return ["--data", str(plan.village), "--township", plan.township_url]
