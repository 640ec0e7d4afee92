"""What did not get through in the demonstration: a notice given up, one for the telephone, a program outside that is told."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from api_spec.messages.notices import NoticeKind
from backend.actors import Actor
from backend.ids import new_id
from backend.notices.service import Recipient, Telling
from backend.office import Office
from backend.outbox.service import Line, ParcelState
from backend.webhooks.service import EventType

RECEIVER: Final = "/events"
"""Of the program that stands for everything outside (`backend.demo.outside`)."""


async def open_failures(office: Office, clerks: Mapping[str, Actor], at: datetime) -> None:
    """One notice of each kind of ending, and one subscription."""
    tenant_id = clerks["centre"].tenant_id
    for reason, state, phone, item in (
        ("sms_black_list", ParcelState.DEAD, "13900000999", "高龄津贴申领"),
        ("no_mobile", ParcelState.BY_HAND, "0734-4330009", "临时救助申请"),
    ):
        telling = Telling(
            tenant_id=tenant_id,
            kind=NoticeKind.CASE_FIX,
            to=Recipient(phone=phone, name="演示村民"),
            about_kind="demo",
            about_id=new_id(),
            once="1",
            words={"item": item, "number": "演示办件", "what": "户口簿"},
            at=at - timedelta(hours=2),
        )
        await office.notices.tell(telling)
        written = await office.outbox.page(tenant_id, Line.NOTICE, (ParcelState.WAITING,))
        parcel = next(each for each in written if each.parcel.about_id == telling.about_id)
        await office.outbox.end(tenant_id, Line.NOTICE, parcel.id, state, reason=reason, at=at)
    url = f"{office.settings.wechat_url}{RECEIVER}"
    await office.webhooks.subscribe(url, [EventType.CASE_MOVED], actor=clerks["admin"], at=at)
