"""What the API says to coordinators of a segmented tree. Nothing of it is for raters."""

from typing import Any

from rest_framework import serializers


class ExtentSerializer(serializers.Serializer[Any]):
    """How much of an artery, a side or a whole tree was found."""

    volume_ml = serializers.FloatField()
    length_mm = serializers.FloatField(help_text="Of the centre line.")
    mean_radius_mm = serializers.FloatField(allow_null=True)


class ArterySerializer(ExtentSerializer):
    """One artery, as the model declares it."""

    name = serializers.CharField()
    parts = serializers.IntegerField()


class SidesSerializer(serializers.Serializer[Any]):
    """Both sides of the tree."""

    told_by = serializers.ChoiceField(
        choices=["names", "mid-plane"],
        help_text="Whether the arteries have a side in their names, or the head was halved.",
    )
    left = ExtentSerializer()
    right = ExtentSerializer()


class TreeMeasuresSerializer(ExtentSerializer):
    """A segmented tree in figures, with what deserves a second look."""

    parts = serializers.IntegerField()
    largest_part_share = serializers.FloatField()
    arteries = ArterySerializer(many=True)
    sides = SidesSerializer(allow_null=True)
    hints = serializers.ListField(child=serializers.CharField())


class CaseFindingsSerializer(serializers.Serializer[Any]):
    """What the model found in a case."""

    is_segmented = serializers.BooleanField()
    problem = serializers.CharField(
        allow_blank=True, help_text="Why the tree was not measured; empty where nothing failed."
    )
    measures = TreeMeasuresSerializer(
        allow_null=True, help_text="None before the segmentation, and of older ones."
    )
