"""Certificates for 127.0.0.0/8 hosts: valid ones and three kinds of invalid ones, made on the spot."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.hostile_server.table import Scheme

NOW = datetime.now(UTC)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Authority:
    """A certificate authority of our own, in a folder."""

    folder: Path
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def file(self) -> Path:
        """The file that a client has to trust."""
        return self.folder / "authority.pem"

    def contexts(self, address: str) -> Mapping[Scheme, ssl.SSLContext]:
        """Return the contexts of a server at this address."""
        valid = self._context("valid", address)
        old = self._context("old", address)
        old.set_ciphers("ALL:@SECLEVEL=0")
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
        return {
            Scheme.VALID: valid,
            Scheme.EXPIRED: self._context("expired", address, until=NOW - DAY),
            Scheme.OTHER_HOST: self._context("other", "192.0.2.1"),
            Scheme.SELF_SIGNED: self._context("self", address, is_self_signed=True),
            Scheme.OLD_TLS: old,
        }

    def _context(
        self,
        name: str,
        address: str,
        until: datetime = NOW + DAY,
        *,
        is_self_signed: bool = False,
    ) -> ssl.SSLContext:
        path = self.folder / f"{name}-{address}.pem"
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, address)])
        certificate = (
            _builder(subject, subject if is_self_signed else self.certificate.subject, until)
            .public_key(key.public_key())
            .add_extension(
                x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))]), critical=False
            )
            .sign(key if is_self_signed else self.key, hashes.SHA256())
        )
        path.write_bytes(_private(key) + certificate.public_bytes(serialization.Encoding.PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context


def create_authority(folder: Path) -> Authority:
    """Create an authority and the file of its certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "the tests' authority")])
    certificate = (
        _builder(name, name, NOW + DAY)
        .public_key(key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    authority = Authority(folder, key, certificate)
    authority.file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return authority


def _builder(subject: x509.Name, issuer: x509.Name, until: datetime) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - 10 * DAY)
        .not_valid_after(until)
    )


def _private(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
