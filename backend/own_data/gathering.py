"""Everything the township holds of one citizen, part by part, in words (个人信息保护法 art. 45); for that citizen alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from api_spec.messages.people import OwnLine, OwnPart
from backend.actors import Actor
from backend.appointments.service import Appointments
from backend.cases.service import Cases
from backend.catalogue.service import Catalogue
from backend.complaints.service import Complaints
from backend.documents.service import Documents
from backend.drafts.service import Drafts
from backend.enquiries.service import Enquiries
from backend.faults import Fault
from backend.notices.service import Notices
from backend.own_data.service import Look, OwnData
from backend.photos.service import OwnPhotos
from backend.proxy.service import Proxy
from backend.reviews.service import Reviews

MOST: Final = 200
LOOKED_THROUGH: Final = 50
"""Cases and errands whose reads are told, the latest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holders:
    """Who holds something of citizens."""

    cases: Cases
    documents: Documents
    photos: OwnPhotos
    drafts: Drafts
    catalogue: Catalogue
    proxy: Proxy
    appointments: Appointments
    complaints: Complaints
    enquiries: Enquiries
    reviews: Reviews
    notices: Notices
    own_data: OwnData


class Gathering:
    """Asks each holder in turn."""

    def __init__(self, holders: Holders) -> None:
        self._of = holders

    async def looks(self, actor: Actor, *, at: datetime) -> list[Look]:
        """Who of the office opened what is this citizen's."""
        cases = (await self._of.cases.mine(actor, at=at, limit=LOOKED_THROUGH)).cases
        errands = (await self._of.proxy.mine(actor, at=at, limit=LOOKED_THROUGH)).errands
        subjects = [
            ("citizen", actor.id, "账号里的信息"),
            *(("case", each.id, each.item_name) for each in cases),
            *(("errand", each.id, each.item_name) for each in errands),
        ]
        return await self._of.own_data.looked(actor.tenant_id, subjects)

    async def parts(self, actor: Actor, *, at: datetime) -> list[OwnPart]:
        """All but the account itself, which its owner has beside this."""
        found = [
            await self._cases(actor, at),
            await self._errands(actor, at),
            await self._appointments(actor),
            await self._documents(actor, at),
            await self._photos(actor),
            await self._drafts(actor),
            await self._voices(actor),
            await self._reviews(actor),
            await self._notices(actor),
            await self._wishes(actor),
            await self._looks(actor, at),
        ]
        return [part for part in found if part.lines]

    async def _cases(self, actor: Actor, at: datetime) -> OwnPart:
        lines = []
        for card in (await self._of.cases.mine(actor, at=at, limit=MOST)).cases:
            view = await self._of.cases.show(card.id, actor=actor, at=at)
            contents = (await self._of.cases.dossier(card.id, actor=actor)).contents
            who = contents.applicant
            facts = {
                "办件编号": view.case_number,
                "进度": view.state_label,
                "申请人": who.name,
                "证件号码": who.document_number,
                "电话": who.phone,
                "住址": who.address,
                "代办人": contents.mandate.agent_name if contents.mandate else "",
                **{line.label: _words(contents.answers.get(line.name), line.value) for line in view.answers},
                "材料": "；".join(f"{paper.name}（{paper.status_label}）" for paper in view.papers),
            }
            lines.append(_line(view.item_name, view.received_at, facts))
        return OwnPart(title="办件", lines=lines)

    async def _errands(self, actor: Actor, at: datetime) -> OwnPart:
        page = await self._of.proxy.mine(actor, at=at, limit=MOST)
        lines = [
            _line(
                each.item_name,
                each.received_at,
                {
                    "编号": each.number,
                    "进度": each.state_label,
                    "申请人": each.applicant,
                    "办理企业": each.partner_label,
                },
            )
            for each in page.errands
        ]
        return OwnPart(title="代办", lines=lines)

    async def _appointments(self, actor: Actor) -> OwnPart:
        lines = [
            _line(each.item_name, each.made_at, {"日期": each.day.isoformat(), "进度": each.state.zh})
            for each in await self._of.appointments.mine(actor, limit=MOST)
        ]
        return OwnPart(title="预约", lines=lines)

    async def _documents(self, actor: Actor, at: datetime) -> OwnPart:
        lines = []
        for card in (await self._of.cases.mine(actor, at=at, limit=MOST)).cases:
            lines += [
                _line(entry.kind.zh, entry.issued_at, {"文书编号": entry.number, "事项": card.item_name})
                for entry in await self._of.documents.of_case(card.id, actor=actor)
            ]
        return OwnPart(title="文书", lines=lines)

    async def _photos(self, actor: Actor) -> OwnPart:
        lines = [
            _line("照片", each.sent_at, {"大小": f"{each.size // 1024 + 1} KB", "校验值": each.sha})
            for each in await self._of.photos.of_citizen(actor.id)
        ]
        return OwnPart(title="传上来的照片", lines=lines)

    async def _drafts(self, actor: Actor) -> OwnPart:
        lines = []
        for each in await self._of.drafts.mine(actor.id):
            typed = {name: "、".join(values) for name, values in each.filled.typed.items()}
            lines.append(_line(self._item(each.tenant_id, each.item_id), each.saved_at, typed))
        return OwnPart(title="没填完的申请", lines=lines)

    async def _voices(self, actor: Actor) -> OwnPart:
        complaints = [
            _line(f"投诉 {each.number}", each.received_at, {"进度": each.state.zh, "答复": each.answer})
            for each in await self._of.complaints.own(actor.id)
        ]
        enquiries = [
            _line("咨询", each.asked_at, {"问题": each.question, "答复": each.answer})
            for each in await self._of.enquiries.own(actor.id)
        ]
        return OwnPart(title="投诉和咨询", lines=[*complaints, *enquiries])

    async def _reviews(self, actor: Actor) -> OwnPart:
        lines = [
            _line(each.title, each.opened_at, {"评价": each.level.zh if each.level else "还没有评"})
            for each in await self._of.reviews.own(actor)
        ]
        return OwnPart(title="评价", lines=lines)

    async def _notices(self, actor: Actor) -> OwnPart:
        lines = [
            _line("提醒", each.due_at, {"状态": each.state.zh}) for each in await self._of.notices.own(actor)
        ]
        return OwnPart(title="发给您的提醒", lines=lines)

    async def _wishes(self, actor: Actor) -> OwnPart:
        lines = [
            _line(each.wish.zh, each.asked_at, {"请求": each.text, "答复": each.answer})
            for each in await self._of.own_data.own(actor.id)
        ]
        return OwnPart(title="个人信息请求", lines=lines)

    async def _looks(self, actor: Actor, at: datetime) -> OwnPart:
        lines = [
            _line(look.what, look.at, {"岗位": look.post, "看的": look.about, "理由": look.reason})
            for look in await self.looks(actor, at=at)
        ]
        return OwnPart(title="谁看过", lines=lines)

    def _item(self, tenant_id: str, item_id: str) -> str:
        try:
            return self._of.catalogue.item_now(tenant_id, item_id).name
        except Fault:
            return "已经不办的事项"


def _line(title: str, at: datetime, facts: Mapping[str, str]) -> OwnLine:
    return OwnLine(title=title, at=at, facts={name: value for name, value in facts.items() if value})


def _words(answer: object, shown: str) -> str:
    """One's own answer in full; what is no text is said as the page says it."""
    is_masked = "*" in shown or shown == "已填写"
    return str(answer) if is_masked and answer is not None else shown
