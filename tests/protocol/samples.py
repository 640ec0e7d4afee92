"""Records, requests and keys the protocol tests share. Identity numbers are of the reserved kind: born 1900-1909."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import Raw

from api_spec import record_parts as parts
from api_spec import records, sync, tracking_code
from api_spec.chain import START
from api_spec.vocabulary import ConsentPurpose, MaterialStatus, MoneyMove, Partner, Relation

RECEIPT_KEY = bytes(range(32))
NODE_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
COUNTY_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(2, 34)))
CODE = tracking_code.mint(4711, 99, key=RECEIPT_KEY).text
MADE = parts.NodeTime(at_ms=1_775_800_000_000, boot="b1", mono_ms=5_000, offset_ms=-420)
CLERK = parts.Clerk(id="c" * 32, name="李某")

CASE = records.CaseRecord(
    rid="0" * 31 + "1",
    rev=1,
    schema=records.SCHEMA,
    cat="ab" * 32,
    made=MADE,
    clerk=CLERK,
    body=records.CaseBody(
        item="SD-049",
        situation="new",
        code=CODE,
        number="SD-260410-0174826-K",
        applicant=parts.Applicant(name="伍某", number="430481190001010011", phone="13800000001"),
        answers={"area": 120, "use": "home", "agree": True, "uses": ["home", "shop"]},
        materials=(
            parts.MaterialLine(
                code="id",
                status=MaterialStatus.PRESENT,
                copies=1,
                photos=(parts.Photo(sha="cd" * 32, size=412_331),),
            ),
            parts.MaterialLine(code="deed", status=MaterialStatus.MISSING, promised=True),
        ),
        mandate=parts.Mandate(
            relation=Relation.VILLAGE_CLERK,
            agent_name="李某",
            scope="水费开户",
            valid_from="2026-04-10",
            valid_to="2026-07-10",
            redelegable=True,
        ),
        consents=(
            parts.Consent(purpose=ConsentPurpose.PARTNER_SHARING, version="2026-01", partner=Partner.WATER),
        ),
        money=(parts.MoneyLine(move=MoneyMove.TAKEN, amount_fen=5_050, receipt="0001"),),
    ),
)


def request(*records_: bytes, base: int = 0) -> sync.ExchangeRequest:
    return sync.ExchangeRequest(
        proto=1,
        app="0.1.0",
        schema=records.SCHEMA,
        node=4711,
        epoch="9f3c" * 4,
        base=base,
        base_chain=START,
        recs=tuple(sync.Entry(seq=base + at, rec=Raw(body)) for at, body in enumerate(records_, start=1)),
        pull=sync.PullAsk(),
    )
