"""What citizens are asked to agree to, word for word and by version. Pure; a consent points to one of these.

A published version is never changed: a consent must forever show what was agreed to. A new wording is a new version
at the end of the table; `covers_from` says whether earlier consents still hold under it (个人信息保护法 art. 14).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from api_spec.errors import ErrorCode
from api_spec.vocabulary import Channel, ConsentPurpose, Partner
from backend.faults import Fault, Wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One version of what one purpose asks.

    Args:
        since: the day from which it is the current one.
        covers_from: the oldest version whose consents still count; below it people are asked again.
    """

    purpose: ConsentPurpose
    version: int
    since: date
    covers_from: int
    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """One citizen's agreement to one notice, and its end."""

    id: str
    purpose: ConsentPurpose
    partner: Partner | None
    version: int
    channel: Channel
    given_at: datetime
    ended_at: datetime | None = None


TO_APPLY: Final = (ConsentPurpose.SERVICE, ConsentPurpose.SENSITIVE)
"""What a citizen must have agreed to before anything they apply for is kept."""

_FIRST_DAY: Final = date(2026, 1, 1)

NOTICES: Final = (
    Notice(
        purpose=ConsentPurpose.SERVICE,
        version=1,
        since=_FIRST_DAY,
        covers_from=1,
        title="办理政务服务",
        text=(
            "为了给您办事，我们会保存您填写的内容、预约和办理记录。只用于您申请的事项，由镇政务服务中心和承办部门使用。"
            "您可以随时查看、更正、导出自己的信息。不用手机也能办：到窗口、打电话或找村代办员都一样。"
        ),
    ),
    Notice(
        purpose=ConsentPurpose.SENSITIVE,
        version=1,
        since=_FIRST_DAY,
        covers_from=1,
        title="使用身份证件信息",
        text=(
            "证件号码属于敏感个人信息。我们用它核对是不是您本人，加密保存，页面上只显示头尾几位，"
            "工作人员要看完整号码必须写明原因并留下记录。您可以随时撤回同意，撤回后我们删除账号里的证件号码；"
            "已经办理的事项按档案规定保存。不同意也不影响您到窗口办事。"
        ),
    ),
    Notice(
        purpose=ConsentPurpose.PARTNER_SHARING,
        version=1,
        since=_FIRST_DAY,
        covers_from=1,
        title="把信息交给公用企业",
        text=(
            "代您办理水、电、气、有线、网络、邮政业务时，我们要把办这件事必需的姓名、电话、地址和户号交给您选的那家企业。"
            "每家企业单独征求您的同意，办完就不再提供。"
        ),
    ),
    Notice(
        purpose=ConsentPurpose.NOTICES,
        version=1,
        since=_FIRST_DAY,
        covers_from=1,
        title="接收办件提醒",
        text="办件有进展、需要您配合时，窗口按您留的电话联系您。您可以随时关掉，关掉后仍可凭回执上的查询码查进度。",
    ),
    Notice(
        purpose=ConsentPurpose.NOTICES,
        version=2,
        since=date(2026, 11, 24),
        covers_from=2,  # messages through WeChat and a gateway are more than a call from the window
        title="接收办件提醒",
        text=(
            "办件有进展、需要您配合、预约快到时，我们用微信消息或短信告诉您，微信要您在手机上点过“允许”才发，"
            "短信由通信运营商的短信服务转发。消息里不写您的姓名和证件号码。您可以随时关掉，"
            "关掉后不再发消息，依法必须告诉您的事由窗口打电话，也可凭回执上的查询码查进度。"
        ),
    ),
)


def current(purpose: ConsentPurpose, day: date) -> Notice:
    """The version in force on `day`; before the first one takes effect, the first."""
    versions = [notice for notice in NOTICES if notice.purpose is purpose]
    in_force = [notice for notice in versions if notice.since <= day]
    return (in_force or versions[:1])[-1]


def check(purpose: ConsentPurpose, version: int, partner: Partner | None, *, day: date) -> Notice:
    """The notice a citizen agrees to now.

    Raises:
        Fault: NOTICE_OUTDATED: another version is in force, which they must read first;
            FORM_INVALID: the partner is missing, or named where none belongs (art. 23 asks separately for each).
    """
    if (purpose is ConsentPurpose.PARTNER_SHARING) != (partner is not None):
        raise Fault(
            ErrorCode.FORM_INVALID, wrong=[Wrong("partner", "required", "请选择要把信息交给哪家企业。")]
        )
    notice = current(purpose, day)
    if version != notice.version:
        raise Fault(ErrorCode.NOTICE_OUTDATED, purpose=purpose.value, version=notice.version)
    return notice


def is_covered(
    consents: Iterable[Consent], purpose: ConsentPurpose, *, partner: Partner | None = None, day: date
) -> bool:
    """Whether one of the consents, not ended and not too old a version, covers the purpose on `day`."""
    oldest = current(purpose, day).covers_from
    return any(
        consent.purpose is purpose
        and consent.partner is partner
        and consent.ended_at is None
        and consent.version >= oldest
        for consent in consents
    )


def still_to_agree(consents: Sequence[Consent], *, day: date) -> list[Notice]:
    """The notices a citizen has yet to agree to before they can apply for anything."""
    return [current(purpose, day) for purpose in TO_APPLY if not is_covered(consents, purpose, day=day)]


def unticked(asked: Iterable[Notice], form: Mapping[str, Any]) -> list[Wrong]:
    """What is said of the notices left unticked; the input of each is `agree.<purpose>`, its value the version."""
    return [
        Wrong(f"agree.{notice.purpose}", "required", f"请看过“{notice.title}”的说明后打勾同意。")
        for notice in asked
        if form.get(f"agree.{notice.purpose}") != str(notice.version)
    ]
