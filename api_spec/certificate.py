"""The county's signature on what nodes must believe without a network: their own certificate and the catalogue.

It knows keys as raw bytes and messages of `sync` and `feed`; where the county's private key is kept is not its business.
Every signature names its purpose, so that none can stand in for another.
"""

from typing import Final

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from api_spec.feed import CatalogueManifest
from api_spec.signature import ALG, BadSignature
from api_spec.sync import Certificate

_CERTIFICATE: Final = b"bmt-node-certificate/1\n"
_MANIFEST: Final = b"bmt-catalogue-manifest/1\n"
_ENROL: Final = b"bmt-enrol/1\n"
_KEY_CHANGE: Final = b"bmt-key-change/1\n"
_ENCODER: Final = msgspec.json.Encoder()


def certify(
    node: int, village: str, *, serial: int, sign_key: bytes, seal_key: bytes, county: Ed25519PrivateKey
) -> Certificate:
    """A certificate for one node's raw public keys.

    Args:
        village: 12-digit division code.
        serial: never used before in this county.
    """
    unsigned = Certificate(
        node=node, village=village, serial=serial, sign_key=sign_key, seal_key=seal_key, alg=ALG
    )
    return msgspec.structs.replace(unsigned, signature=county.sign(_CERTIFICATE + _ENCODER.encode(unsigned)))


def verify_certificate(certificate: Certificate, county_key: bytes) -> None:
    """Raises BadSignature: not this county's, another algorithm, or a changed field."""
    unsigned = msgspec.structs.replace(certificate, signature=b"")
    _verify(certificate.alg, county_key, certificate.signature, _CERTIFICATE + _ENCODER.encode(unsigned))


def sign_manifest(manifest: CatalogueManifest, county: Ed25519PrivateKey) -> CatalogueManifest:
    """The manifest with its signature."""
    unsigned = msgspec.structs.replace(manifest, alg=ALG, signature=b"")
    return msgspec.structs.replace(unsigned, signature=county.sign(_MANIFEST + _ENCODER.encode(unsigned)))


def verify_manifest(manifest: CatalogueManifest, county_key: bytes) -> None:
    """Raises BadSignature: not this county's, another algorithm, or a changed field."""
    unsigned = msgspec.structs.replace(manifest, signature=b"")
    _verify(manifest.alg, county_key, manifest.signature, _MANIFEST + _ENCODER.encode(unsigned))


def enrol_message(token: str, *, epoch: str, sign_key: bytes, seal_key: bytes) -> bytes:
    """What a new node signs to prove that it holds the private key of what it enrols."""
    return _ENROL + _ENCODER.encode((token, epoch, sign_key, seal_key))


def verify_enrol_proof(proof: bytes, *, token: str, epoch: str, sign_key: bytes, seal_key: bytes) -> None:
    """Raises BadSignature: the sender does not hold the signing key."""
    message = enrol_message(token, epoch=epoch, sign_key=sign_key, seal_key=seal_key)
    _verify(ALG, sign_key, proof, message)


def key_change_message(node: int, *, old: bytes, new: bytes) -> bytes:
    """What a node signs with its next key to prove that it holds it; raw public keys."""
    return _KEY_CHANGE + _ENCODER.encode((node, old, new))


def verify_key_change(proof: bytes, node: int, *, old: bytes, new: bytes) -> None:
    """Raises BadSignature: the sender does not hold the next key."""
    _verify(ALG, new, proof, key_change_message(node, old=old, new=new))


def _verify(alg: str, key: bytes, signature: bytes, message: bytes) -> None:
    if alg != ALG:
        raise BadSignature("alg")
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        raise BadSignature("signature") from None
