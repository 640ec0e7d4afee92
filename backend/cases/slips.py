"""A case as the words on its slip (收件回执). Values in, values out."""

from api_spec.paper.slip import PaperLine, Slip
from api_spec.vocabulary import MaterialStatus
from backend.cases.filing import Contents
from backend.cases.intake_desk import Desk
from backend.cases.masking import masked_name
from backend.cases.papers import ONLY_SAID, UNCHECKED, only_said
from backend.cases.records import CaseRecord
from backend.people.identity import mask_name

RECEIVED = "本回执证明材料已经收到，不代表已经受理。受理与否以通知书或进度页为准。"
RECEIVED_FROM_AFAR = (
    "本回执证明您在手机上提交的申请已经收到，不代表已经受理。您填报已备好，请带原件到窗口核对。"
    "受理与否以通知书或进度页为准。"
)
NEXT = "扫码或凭查询码随时看进度，不用登录。缺材料会一次告诉您。"
BRING_ORIGINALS = "请带上材料原件到窗口核对。"
_WORDS = {
    MaterialStatus.PRESENT: "已收",
    MaterialStatus.MISSING: "待补",
    MaterialStatus.WRONG: "待更正",
}


def slip_of(record: CaseRecord, contents: Contents, desk: Desk, *, link: str, taken_at: str) -> Slip:
    """The slip as it was when the case was filed; only the surname stands on paper.

    Args:
        link: what its QR code holds.
        taken_at: the time of filing in China, as words.
    """
    entry, terms = record.entry, record.case.terms
    found = record.events[0].facts.materials
    said = only_said(record.events[:1])
    return Slip(
        title="收件回执",
        statement=RECEIVED_FROM_AFAR if said else RECEIVED,
        centre=desk.hall_name,
        place=f"{entry.channel.zh}（{terms.window.zh}）",
        item=terms.item_name,
        situation=terms.situation,
        applicant=_whose(contents),
        number=entry.case_number,
        code=entry.tracking_code,
        link=link,
        taken_at=taken_at,
        clerk="",
        materials=tuple(
            PaperLine(name=paper.name, status=ONLY_SAID if paper.code in said else _word(status))
            for paper in terms.papers
            if (status := found.get(paper.code)) or paper.required
        ),
        next_step=BRING_ORIGINALS + NEXT if said else NEXT,
        phone=desk.phones.get(terms.window, desk.phone),
        complaint_phone=desk.phone,
    )


def _whose(contents: Contents) -> str:
    """Whose case it is, and who acted: whoever is helped reads it on the paper they take home."""
    name = masked_name(contents.applicant)
    return f"{name}（由{mask_name(contents.mandate.agent_name)}代办）" if contents.mandate else name


def _word(status: MaterialStatus | None) -> str:
    return _WORDS.get(status, UNCHECKED) if status else "未交"
