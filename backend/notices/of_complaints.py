"""What whoever complained is told: that there is an answer, or that it takes longer. Pure; nothing of what was said."""

from typing import Final

from api_spec.messages.notices import NoticeKind
from backend.complaints.complaint import Told
from backend.notices.fields import day_words
from backend.notices.telling import Recipient, Telling

WHERE: Final = "/answer"
"""The page on which the code is typed; a link with the code in it would be a key to what was said."""


def telling_of(told: Told, *, base_url: str) -> Telling:
    return Telling(
        tenant_id=told.tenant_id,
        kind=NoticeKind.COMPLAINT_EXTENDED if told.is_extended else NoticeKind.COMPLAINT_ANSWERED,
        to=Recipient(citizen_id=told.citizen_id, phone=told.phone),
        about_kind="complaint",
        about_id=told.complaint_id,
        once=str(told.version),
        words={
            "item": "反映的问题",
            "number": told.number,
            "until": day_words(told.due_on),
            "link": f"{base_url}{WHERE}",
        },
        at=told.at,
    )
