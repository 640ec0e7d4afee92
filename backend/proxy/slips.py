"""An errand as the words on its slip (代办回执). Values in, values out."""

from api_spec.paper.slip import PaperLine, Slip
from api_spec.vocabulary import MaterialStatus, WindowType
from backend.cases.views import masked_name
from backend.proxy.desk import Place
from backend.proxy.records import ErrandRecord
from backend.proxy.request import Contents

ASKED = "本回执证明代办申请已经登记。中心不收服务费，代收的钱凭公用企业收据结清，多退少补。"
_WORDS = {
    MaterialStatus.PRESENT: "已收",
    MaterialStatus.MISSING: "待补",
    MaterialStatus.WRONG: "待更正",
}


def slip_of(record: ErrandRecord, contents: Contents, place: Place, *, link: str, taken_at: str) -> Slip:
    """The slip as it was when the errand was asked for; only the surname stands on paper.

    Args:
        link: what its QR code holds.
        taken_at: the time of asking in China, as words.
    """
    entry, terms = record.entry, record.errand.terms
    found = record.events[0].facts.materials
    return Slip(
        title="代办回执",
        statement=ASKED,
        centre=place.centre_name,
        place=f"{entry.channel.zh}（{WindowType.UTILITY.zh}）",
        item=terms.item_name,
        situation=terms.situation,
        applicant=masked_name(contents.applicant),
        number=entry.number,
        code=entry.tracking_code,
        link=link,
        taken_at=taken_at,
        clerk="",
        materials=tuple(
            PaperLine(name=paper.name, status=_WORDS.get(status, "待核对") if status else "未交")
            for paper in terms.papers
            if (status := found.get(paper.code)) or paper.required
        ),
        next_step="扫码或凭查询码随时看进度，不用登录。",
        phone=place.phone,
        complaint_phone=place.complaint_phone,
    )
