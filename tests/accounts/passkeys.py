"""A passkey without hardware: it answers what a browser is asked, for tests."""

import hashlib
import json
import os
from typing import Any

from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData

from reader_study.accounts.models import User

FLAG = AuthenticatorData.FLAG


class Passkey:
    """A key that knows whose it is."""

    def __init__(self, host: str = "testserver", scheme: str = "https") -> None:
        self._host = host
        self._origin = f"{scheme}://{host}"
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._id = os.urandom(16)
        self._owner = b""

    def registration(self, public_key: dict[str, Any], *, verified: bool = True) -> dict[str, Any]:
        """What a browser says after it made this key."""
        self._owner = public_key["user"]["id"].encode()
        flags = FLAG.UP | FLAG.AT | (FLAG.UV if verified else FLAG(0))
        data = AuthenticatorData.create(
            self._rp_hash(),
            flags,
            0,
            AttestedCredentialData.create(
                b"\0" * 16, self._id, ES256.from_cryptography_key(self._key.public_key())
            ),
        )
        attestation = AttestationObject.create("none", data, {})
        return self._credential(
            {
                "clientDataJSON": self._client_data("webauthn.create", public_key["challenge"]),
                "attestationObject": websafe_encode(attestation),
            }
        )

    def assertion(self, public_key: dict[str, Any], *, verified: bool = True) -> dict[str, Any]:
        """What a browser says after it showed this key."""
        data = AuthenticatorData.create(
            self._rp_hash(), FLAG.UP | (FLAG.UV if verified else FLAG(0)), 1
        )
        client_data = self._client_data("webauthn.get", public_key["challenge"])
        signed = data + hashlib.sha256(self._written(public_key["challenge"])).digest()
        return self._credential(
            {
                "clientDataJSON": client_data,
                "authenticatorData": websafe_encode(data),
                "signature": websafe_encode(self._key.sign(signed, ec.ECDSA(SHA256()))),
                "userHandle": self._owner.decode(),
            }
        )

    def given_to(self, person: User) -> Authenticator:
        """Store the key as the person's."""
        user_id = websafe_encode(user_pk_to_url_str(person).encode())
        credential = self.registration({"user": {"id": user_id}, "challenge": "AAAA"})
        return Authenticator.objects.create(
            user=person, type="webauthn", data={"name": "Key", "credential": credential}
        )

    def _rp_hash(self) -> bytes:
        return hashlib.sha256(self._host.encode()).digest()

    def _written(self, challenge: str, kind: str = "webauthn.get") -> bytes:
        return json.dumps(
            {"type": kind, "challenge": challenge, "origin": self._origin, "crossOrigin": False}
        ).encode()

    def _client_data(self, kind: str, challenge: str) -> str:
        return websafe_encode(self._written(challenge, kind))

    def _credential(self, response: dict[str, Any]) -> dict[str, Any]:
        return {
            "id": websafe_encode(self._id),
            "rawId": websafe_encode(self._id),
            "type": "public-key",
            "response": response,
            "clientExtensionResults": {"credProps": {"rk": True}},
            "authenticatorAttachment": "platform",
        }
