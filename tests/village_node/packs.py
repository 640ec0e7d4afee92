"""A small catalogue: one item with 情形 and a conditional question, one errand, one item villages do not take."""

import msgspec

from api_spec.catalogue import CataloguePack, Item, Limit, Material, PartnerCard, Situation
from api_spec.forms import Choice, Field, FieldKind, Form, When
from api_spec.vocabulary import (
    ItemKind,
    MaterialForm,
    Partner,
    VillageAvailability,
    VillageMode,
    WindowType,
)

AID = Item(
    id="a" * 32,
    code="SD-003",
    version=1,
    name="临时救助",
    window=WindowType.SOCIAL,
    kind=ItemKind.PROMISED,
    promise=Limit(days=10),
    plain_words="家里突然遇到困难，申请一次性救助。",
    aliases=("困难补助",),
    materials=(
        Material(code="application", name="申请书"),
        Material(code="id_card", name="身份证", form=MaterialForm.ORIGINAL_AND_COPY, copies=1),
        Material(code="photo", name="照片", required=False),
    ),
    situations=(
        Situation(code="ill", name="突发重病", materials=(Material(code="diagnosis", name="诊断证明"),)),
        Situation(code="fire", name="火灾"),
    ),
    form=Form(
        (
            Field(name="reason", label="困难原因", kind=FieldKind.LONG_TEXT, max=200),
            Field(name="members", label="家庭人口", kind=FieldKind.NUMBER, min=1, max=20, unit="人"),
            Field(
                name="housing",
                label="住房",
                kind=FieldKind.CHOICE,
                choices=(Choice("own", "自有"), Choice("rent", "租住")),
            ),
            Field(
                name="rent",
                label="月租金",
                kind=FieldKind.MONEY_FEN,
                when=When(field="housing", any_of=("rent",)),
            ),
        )
    ),
    village=VillageAvailability.TAKES,
    village_mode=VillageMode.PROXY,
    pinyin=("lin shi jiu zhu", "kun nan bu zhu"),
)

WATER = Item(
    id="b" * 32,
    code="SD-050",
    version=1,
    name="水：过户",
    window=WindowType.UTILITY,
    kind=ItemKind.PROXY,
    promise=Limit(days=3),
    form=Form((Field(name="account", label="水表户号", pattern="[0-9]{8}", help="账单上的 8 位数字"),)),
    village=VillageAvailability.TAKES,
    village_mode=VillageMode.PROXY,
    partner=Partner.WATER,
    errand="water.transfer",
)

ID_CARD = Item(
    id="c" * 32,
    code="SD-042",
    version=1,
    name="居民身份证申领换领",
    window=WindowType.HOUSEHOLD,
    kind=ItemKind.REPORTED,
    promise=Limit(days=60),
    form=Form(()),
    village=VillageAvailability.NO,
    in_person=True,
)


def pack_with_aid_named(name: str) -> CataloguePack:
    return msgspec.structs.replace(pack(), items=(msgspec.structs.replace(AID, name=name),))


def pack() -> CataloguePack:
    return CataloguePack(
        tenant_id="t" * 32,
        tenant_name="三都镇",
        centre_name="三都镇便民服务中心",
        case_prefix="SD",
        items=(AID, WATER, ID_CARD),
        windows=(),
        departments=(),
        partners=(PartnerCard(id="w", partner=Partner.WATER, name="自来水公司"),),
        public_base_url="https://bmt.example.cn",
        complaint_phone="0734-12345",
        consent_version="2026-1",
        consent_text="为办理您申请的事项，需要登记您的姓名、证件号码和联系电话。",
    )


AID_FORM: list[tuple[str, str]] = [
    ("situation", "ill"),
    ("kind", "person"),
    ("document", "id_card"),
    ("name", "梁小满"),
    ("number", "11010519491231002x"),
    ("phone", "138 0000 0001"),
    ("address", "三都镇群望村 3 组"),
    ("relation", "self"),
    ("a-reason", "突发重病住院"),
    ("a-members", "4"),
    ("a-housing", "own"),
    ("m-application", "present"),
    ("m-id_card", "present"),
    ("m-diagnosis", "promised"),
    ("consent-service", "yes"),
    ("consent-sensitive", "yes"),
]
"""A form without a mistake."""
