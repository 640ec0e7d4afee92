"""The certificate this computer makes for itself, so that clerks at other computers of the village speak to it unheard.

Nobody vouches for it: whoever first opens the page from another computer compares the fingerprint with the one shown
at this one. Its private key lies readable by its owner alone, not sealed: the page is served before anybody signs in,
and the key opens no stored data.
"""

import ipaddress
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from village_node.storage import whole_files

_FILE: Final = "page.pem"
_NAME: Final = "bianmintong village node"
# A village PC may believe it is 2016, and its certificate must not be from the future then.
_FROM: Final = datetime(2015, 1, 1, tzinfo=UTC)
_UNTIL: Final = datetime(2049, 12, 31, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Identity:
    """`fingerprint`: SHA-256 of the certificate as browsers show it."""

    context: ssl.SSLContext
    fingerprint: str


def own_identity(folder: Path, host: str) -> Identity:
    """The certificate and key in `folder`, made on first use.

    Args:
        host: under which name or address the page listens.

    Raises:
        OSError: the folder cannot be written or read.
    """
    both = folder / _FILE
    if not both.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        whole_files.replace(both, _made(host))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(both)
    return Identity(context, _fingerprint(both.read_bytes()))


def find_fingerprint(folder: Path) -> str:
    """Of the certificate in `folder`; "" where there is none."""
    try:
        return _fingerprint((folder / _FILE).read_bytes())
    except FileNotFoundError:
        return ""


def _fingerprint(pem: bytes) -> str:
    digest = sha256(x509.load_pem_x509_certificate(pem).public_bytes(Encoding.DER)).hexdigest().upper()
    return ":".join(digest[at : at + 2] for at in range(0, len(digest), 2))


def _made(host: str) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, _NAME)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_FROM)
        .not_valid_after(_UNTIL)
        .add_extension(x509.SubjectAlternativeName(_names(host)), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return private + certificate.public_bytes(Encoding.PEM)


def _names(host: str) -> list[x509.GeneralName]:
    names: list[x509.GeneralName] = [
        x509.DNSName("localhost"),
        x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
    ]
    try:
        names.append(x509.IPAddress(ipaddress.ip_address(host)))
    except ValueError:
        names.append(x509.DNSName(host))
    return names
