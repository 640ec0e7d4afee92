"""What is signed cannot be changed, whoever carries it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from api_spec import certificate
from api_spec.feed import CatalogueManifest
from api_spec.signature import (
    CONTENT_DIGEST,
    NODE,
    NONCE,
    SIGNATURE,
    SIGNATURE_INPUT,
    BadSignature,
    claimed_node,
    content_digest,
    sign_request,
    verify_request,
)
from api_spec.sync import EXCHANGE_PATH
from tests.protocol.samples import COUNTY_KEY, NODE_KEY, OTHER_KEY

BODY = b"a compressed body"
HEADERS = sign_request("POST", EXCHANGE_PATH, body=BODY, node=4711, nonce="n-1", key=NODE_KEY)
PUBLIC = NODE_KEY.public_key()
KEY_BYTES = PUBLIC.public_bytes_raw()
COUNTY_BYTES = COUNTY_KEY.public_key().public_bytes_raw()


def test_a_signed_request_is_accepted_and_names_its_node() -> None:
    verify_request("POST", EXCHANGE_PATH, body=BODY, headers=HEADERS, key=PUBLIC)
    assert claimed_node(HEADERS) == 4711


def test_the_form_is_that_of_the_standards() -> None:
    assert content_digest(b'{"hello": "world"}\n') == "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:"
    assert HEADERS[SIGNATURE_INPUT] == (
        'sig1=("@method" "@path" "content-digest" "sync-node" "sync-nonce");keyid="4711";alg="ed25519-sha256"'
    )


@given(st.integers(0, len(BODY) * 8 - 1))
def test_any_flipped_bit_of_the_body_is_found(bit: int) -> None:
    changed = bytearray(BODY)
    changed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(BadSignature):
        verify_request("POST", EXCHANGE_PATH, body=bytes(changed), headers=HEADERS, key=PUBLIC)


@given(st.sampled_from(sorted(HEADERS)), st.integers(0, 200), st.integers(0, 6))
def test_any_flipped_bit_of_a_header_is_found(name: str, place: int, bit: int) -> None:
    value = HEADERS[name]
    place %= len(value)
    changed = HEADERS | {name: value[:place] + chr(ord(value[place]) ^ 1 << bit) + value[place + 1 :]}
    with pytest.raises(BadSignature):
        verify_request("POST", EXCHANGE_PATH, body=BODY, headers=changed, key=PUBLIC)


@pytest.mark.parametrize(
    ("method", "path"),
    [("PUT", EXCHANGE_PATH), ("POST", "/sync/1/enrol"), ("POST", "/sync/1/exchange\n"), ("POST", "/同步")],
)
def test_a_signature_holds_for_one_method_and_path(method: str, path: str) -> None:
    with pytest.raises(BadSignature):
        verify_request(method, path, body=BODY, headers=HEADERS, key=PUBLIC)


@pytest.mark.parametrize("name", [NODE, NONCE, CONTENT_DIGEST, SIGNATURE_INPUT, SIGNATURE])
def test_a_missing_header_is_refused(name: str) -> None:
    with pytest.raises(BadSignature):
        verify_request(
            "POST",
            EXCHANGE_PATH,
            body=BODY,
            headers={k: v for k, v in HEADERS.items() if k != name},
            key=PUBLIC,
        )


def test_another_nodes_key_is_refused() -> None:
    with pytest.raises(BadSignature):
        verify_request("POST", EXCHANGE_PATH, body=BODY, headers=HEADERS, key=OTHER_KEY.public_key())


@pytest.mark.parametrize("node", ["", "x", "-1", "1" * 9, "٤"])
def test_a_node_without_a_number_is_refused(node: str) -> None:
    with pytest.raises(BadSignature):
        claimed_node({NODE: node})


def test_a_certificate_is_the_countys_word_and_no_field_of_it_can_change() -> None:
    made = certificate.certify(
        4711, "430481104201", serial=12, sign_key=KEY_BYTES, seal_key=bytes(32), county=COUNTY_KEY
    )
    certificate.verify_certificate(made, COUNTY_BYTES)
    changes: list[dict[str, object]] = [
        {"node": 4712},
        {"village": "430481104204"},
        {"serial": 13},
        {"sign_key": bytes(32)},
        {"seal_key": bytes(range(32))},
        {"alg": "none"},
        {"signature": bytes(64)},
    ]
    for change in changes:
        with pytest.raises(BadSignature):
            certificate.verify_certificate(replace(made, **change), COUNTY_BYTES)


def test_a_manifest_is_believed_only_with_the_countys_signature() -> None:
    manifest = certificate.sign_manifest(
        CatalogueManifest(tenant="t", version=3, pack="ab" * 32, size=10, alg=""), COUNTY_KEY
    )
    certificate.verify_manifest(manifest, COUNTY_BYTES)
    with pytest.raises(BadSignature):
        certificate.verify_manifest(replace(manifest, pack="cd" * 32), COUNTY_BYTES)
    with pytest.raises(BadSignature):
        certificate.verify_manifest(manifest, KEY_BYTES)


def test_only_the_holder_of_the_key_can_enrol_it() -> None:
    message = certificate.enrol_message("ABCD", epoch="9f" * 8, sign_key=KEY_BYTES, seal_key=bytes(32))
    good = NODE_KEY.sign(message)
    certificate.verify_enrol_proof(good, token="ABCD", epoch="9f" * 8, sign_key=KEY_BYTES, seal_key=bytes(32))
    for proof, token in ((OTHER_KEY.sign(message), "ABCD"), (good, "ABCE")):
        with pytest.raises(BadSignature):
            certificate.verify_enrol_proof(
                proof, token=token, epoch="9f" * 8, sign_key=KEY_BYTES, seal_key=bytes(32)
            )
