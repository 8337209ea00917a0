"""What the API says of the audit trail, and what it can be asked."""

from typing import Any

from rest_framework import serializers

from reader_study.api.strict import QuerySerializer


class TrailQuerySerializer(QuerySerializer):
    """What to look for in the trail."""

    words = serializers.CharField(required=False, max_length=200)
    person = serializers.CharField(
        required=False, max_length=150, help_text="A user name; * for what no person did."
    )
    action = serializers.CharField(required=False, max_length=60)
    case = serializers.CharField(required=False, max_length=60, help_text="A case code.")
    since = serializers.DateTimeField(required=False)
    until = serializers.DateTimeField(required=False)
    before = serializers.IntegerField(
        required=False, min_value=1, help_text="next_before of the page before this one."
    )


class TrailEventSerializer(serializers.Serializer[Any]):
    """One event; of what is withheld until the lock, the details without the grade."""

    sequence = serializers.IntegerField()
    at = serializers.DateTimeField()
    username = serializers.CharField(allow_blank=True)
    name = serializers.CharField()
    action = serializers.CharField()
    case = serializers.CharField(allow_blank=True)
    sentence = serializers.CharField()
    subject = serializers.CharField(allow_blank=True)
    detail = serializers.DictField(
        help_text="What was recorded with the event; its entries differ by action."
    )
    withheld = serializers.BooleanField()
    key_id = serializers.CharField()
    mac = serializers.CharField()


class TrailPersonSerializer(serializers.Serializer[Any]):
    """Somebody who did something."""

    username = serializers.CharField()
    name = serializers.CharField()


class TrailPageSerializer(serializers.Serializer[Any]):
    """A page of the trail, newest first, with the kinds of event and the people in all of it."""

    events = TrailEventSerializer(many=True)
    next_before = serializers.IntegerField(allow_null=True)
    actions = serializers.ListField(child=serializers.CharField())
    people = TrailPersonSerializer(many=True)


class ChainStateSerializer(serializers.Serializer[Any]):
    """Whether the chain holds, of how many events, and how many of them were checked."""

    state = serializers.ChoiceField(choices=["unbroken", "broken"])
    events = serializers.IntegerField()
    checked = serializers.IntegerField()
    checked_at = serializers.DateTimeField()
    head = serializers.CharField(allow_blank=True, help_text="As exports show it.")
    problem = serializers.CharField(allow_blank=True)
