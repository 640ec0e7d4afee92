"""A node written from the protocol alone, to send what a real one never would. It keeps no disk."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import msgspec
from aiohttp.test_utils import TestClient
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api_spec import case_number, certificate, chain, coding, records, signature, sync, tracking_code
from api_spec.china_time import day_in_china
from api_spec.coding import Coding
from api_spec.record_parts import Applicant, Clerk, MaterialLine, NodeTime
from api_spec.records import CaseBody, CaseRecord, Record
from api_spec.sync import EnrolAnswer, EnrolRequest, Entry, ExchangeAnswer, ExchangeRequest, PullAsk
from api_spec.vocabulary import MaterialStatus
from tests.support.township import FRIDAY_NOON, id_number

MADE = NodeTime(at_ms=1_775_800_000_000, boot="boot", mono_ms=1)
LI = Clerk(id="c1", name="李代办")


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back; `code` of a refusal."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def code(self) -> str:
        return str(msgspec.json.decode(self.body)["code"])

    @property
    def exchange(self) -> ExchangeAnswer:
        return sync.decode(self.body, ExchangeAnswer)


@dataclass
class Wire:
    """One enrolled node in memory; tests bend its requests."""

    client: TestClient[Any, Any]
    key: Ed25519PrivateKey
    told: EnrolAnswer
    epoch: str
    sent: list[bytes] = field(default_factory=list)
    nonce: str = ""

    @property
    def node(self) -> int:
        return self.told.node

    def case(self, **changed: Any) -> CaseRecord:
        """A fresh case of 土地经营权流转备案; keywords replace parts of its body."""
        body: dict[str, Any] = {
            "item": "SD-018",
            "code": tracking_code.mint(self.node, secrets.randbits(44), key=self.told.receipt_key).text,
            "number": case_number.village_number(
                self.told.numbers.prefix,
                day_in_china(FRIDAY_NOON),
                block=self.told.numbers.block,
                pick=secrets.randbelow(10_000),
            ),
            "applicant": Applicant(
                name="梁小满", number=id_number(77), phone="13800000001", address="三都镇群望村 3 组"
            ),
            "answers": {"area_mu": 12, "term_years": 5, "other_party": "欧阳大山", "village_group": "3 组"},
            "materials": (
                MaterialLine(code="contract", status=MaterialStatus.PRESENT),
                MaterialLine(code="both_ids", status=MaterialStatus.PRESENT),
            ),
        }
        manifest = self.told.manifest
        return CaseRecord(
            rid=secrets.token_hex(16),
            rev=1,
            schema=records.SCHEMA,
            cat=manifest.pack if manifest else "",
            made=MADE,
            clerk=LI,
            body=CaseBody(**{**body, **changed}),
        )

    def write(self, *new: Record | bytes) -> None:
        """Put records, or bytes that are none, at the end of the stream."""
        self.sent += [each if isinstance(each, bytes) else records.encode_record(each) for each in new]

    def request(
        self, base: int = 0, stop: int | None = None, *, opaque: bool = False, **changed: Any
    ) -> ExchangeRequest:
        """The push of records `base` + 1 to `stop`."""
        heads = [chain.START, *chain.heads(chain.START, list(enumerate(self.sent, 1)))]
        chosen = list(enumerate(self.sent, 1))[base:stop]
        given: dict[str, Any] = {
            "proto": sync.PROTO,
            "app": "test",
            "schema": records.SCHEMA,
            "node": self.node,
            "epoch": self.epoch,
            "base": base,
            "base_chain": heads[base],
            "recs": tuple(
                Entry(seq=seq, opaque=stored) if opaque else Entry(seq=seq, rec=msgspec.Raw(stored))
                for seq, stored in chosen
            ),
            "pull": PullAsk(),
        }
        return ExchangeRequest(**{**given, **changed})

    async def push(self, base: int = 0, stop: int | None = None, **changed: Any) -> ExchangeAnswer:
        """Raises AssertionError: refused."""
        answered = await self.exchange(self.request(base, stop, **changed))
        assert answered.status == 200, answered.body
        return answered.exchange

    async def exchange(self, request: ExchangeRequest) -> Answered:
        return await self.send(coding.pack(sync.encode(request)))

    async def send(
        self,
        body: bytes,
        *,
        encoding: str = Coding.ZSTD.value,
        method: str = "POST",
        path: str = sync.EXCHANGE_PATH,
        headers: Mapping[str, str] | None = None,
        nonce: str | None = None,
    ) -> Answered:
        """Sign and send; `headers` are put over the signed ones."""
        signed = signature.sign_request(
            method,
            path,
            body=body,
            node=self.node,
            nonce=self.told.nonce if nonce is None else nonce,
            key=self.key,
        )
        if encoding:
            signed["Content-Encoding"] = encoding
        signed["Accept-Encoding"] = "identity"
        async with self.client.request(
            method,
            path,
            data=BytesIO(body) if body else None,
            headers={**signed, **(headers or {})},
            auto_decompress=False,
        ) as answer:
            return Answered(answer.status, answer.headers.copy(), await answer.read())


async def enrol(client: TestClient[Any, Any], token: str, **changed: Any) -> Wire:
    """Raises AssertionError: refused."""
    key, epoch = Ed25519PrivateKey.generate(), secrets.token_hex(8)
    answered = await ask_to_enrol(client, token, key=key, epoch=epoch, **changed)
    assert answered.status == 200, answered.body
    return Wire(client, key, sync.decode(answered.body, EnrolAnswer), epoch)


async def ask_to_enrol(
    client: TestClient[Any, Any], token: str, *, key: Ed25519PrivateKey, epoch: str, **changed: Any
) -> Answered:
    public, seal = key.public_key().public_bytes_raw(), bytes(32)
    message = certificate.enrol_message(token, epoch=epoch, sign_key=public, seal_key=seal)
    given = {
        "proto": sync.PROTO,
        "app": "test",
        "alg": signature.ALG,
        "token": token,
        "epoch": epoch,
        "sign_key": public,
        "seal_key": seal,
        "proof": key.sign(message),
    }
    body = sync.encode(EnrolRequest(**{**given, **changed}))
    async with client.post(sync.ENROL_PATH, data=body) as answer:
        return Answered(answer.status, answer.headers.copy(), await answer.read())


def tracking_codes(stored: Sequence[bytes]) -> list[str]:
    """The tracking codes of these records, where they are cases."""
    found = [records.decode_record(each) for each in stored]
    return [record.body.code for record in found if isinstance(record, CaseRecord)]
