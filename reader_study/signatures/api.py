"""What requests carry that sign."""

from rest_framework import serializers

from reader_study.accounts.proof import ProofSerializer


class SignatureSerializer(ProofSerializer):
    """A signature under what the signer was shown."""

    record_sha256 = serializers.RegexField(r"^[0-9a-f]{64}$")


class OptionalSignatureSerializer(ProofSerializer):
    """A signature where the study asks for one; left out where it does not."""

    password = serializers.CharField(
        max_length=4096, trim_whitespace=False, allow_blank=True, default=""
    )
    record_sha256 = serializers.RegexField(r"^[0-9a-f]{64}$", allow_blank=True, default="")
