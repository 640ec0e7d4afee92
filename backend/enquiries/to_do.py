"""Enquiries to answer, and those somebody wants to hand over to this person."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from api_spec.china_time import day_in_china
from api_spec.complaint_terms import EnquiryAction
from api_spec.routes.enquiries import CLERKS
from backend.actors import Actor
from backend.enquiries import machine
from backend.enquiries.service import Enquiries
from backend.to_do import ToDo

STEPS: Final = (EnquiryAction.ACCEPT, EnquiryAction.ANSWER, EnquiryAction.TAKE)


class EnquiryToDo:
    """首问责任: whoever holds an enquiry answers it."""

    def __init__(self, enquiries: Enquiries) -> None:
        self._enquiries = enquiries

    async def waits_for(self, who: Actor, *, at: datetime) -> Sequence[ToDo]:
        if not who.has(CLERKS):
            return ()
        found = []
        for line in await self._enquiries.listed(who, at=at):
            may = machine.can(line.enquiry.standing, actor=who)
            step = next((step for step in STEPS if step in may), None)
            if step:
                late = "，已搁置太久" if line.late else ""
                found.append(
                    ToDo(
                        what=f"咨询：{step.zh}{late}",
                        about=f"{day_in_china(line.enquiry.asked_at).isoformat()} 提问",
                        href=f"/staff/enquiries/{line.enquiry.id}",
                        mine=step is not EnquiryAction.TAKE,
                    )
                )
        return found
