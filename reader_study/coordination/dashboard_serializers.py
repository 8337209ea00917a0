"""What the API says on the coordinator's dashboard."""

from typing import Any

from rest_framework import serializers

from reader_study.coordination.rater_rows import CALIBRATION_STATES


class ObstacleSerializer(serializers.Serializer[Any]):
    """What stands in the way of the next step, and the page on which it can be removed."""

    text = serializers.CharField()
    page = serializers.ChoiceField(
        choices=["cases", "review", "people", "protocol"], allow_null=True
    )


class CalibrationProgressSerializer(serializers.Serializer[Any]):
    """Which attempt at the calibration cases a rater is at."""

    state = serializers.ChoiceField(choices=CALIBRATION_STATES)
    attempt = serializers.IntegerField()
    submitted = serializers.IntegerField()
    total = serializers.IntegerField()


class OpeningLaterSerializer(serializers.Serializer[Any]):
    """Hidden repeats that wait for the end of the washout."""

    count = serializers.IntegerField()
    first_at = serializers.DateTimeField(allow_null=True)


class UnlockedCaseSerializer(serializers.Serializer[Any]):
    """A case that waits for its rater's correction."""

    assignment_id = serializers.IntegerField()
    case_id = serializers.UUIDField()
    case_code = serializers.CharField()
    since = serializers.DateTimeField()


class RaterRowSerializer(serializers.Serializer[Any]):
    """How far a rater is; never what the rater said."""

    username = serializers.CharField()
    full_name = serializers.CharField(allow_blank=True)
    rater_number = serializers.IntegerField()
    calibration = CalibrationProgressSerializer(allow_null=True)
    submitted = serializers.IntegerField()
    total = serializers.IntegerField()
    read_today = serializers.IntegerField()
    last_activity_at = serializers.DateTimeField(allow_null=True)
    median_active_minutes = serializers.FloatField(allow_null=True)
    median_wall_minutes = serializers.FloatField(allow_null=True)
    finish_on = serializers.DateField(allow_null=True)
    no_finish_because = serializers.CharField(allow_blank=True)
    opening_later = OpeningLaterSerializer()
    unlocked = UnlockedCaseSerializer(many=True)


class RunningWorkSerializer(serializers.Serializer[Any]):
    """A case that a worker has in hand."""

    case_id = serializers.UUIDField()
    case_code = serializers.CharField()
    step = serializers.ChoiceField(choices=["segmenting", "preparing"])
    progress = serializers.FloatField()
    seconds_left = serializers.FloatField(allow_null=True)


class QueueSerializer(serializers.Serializer[Any]):
    """Cases on their way to the raters."""

    waiting = serializers.IntegerField()
    running = RunningWorkSerializer(many=True)
    review = serializers.IntegerField()
    preparing = serializers.IntegerField()
    failed = serializers.IntegerField()
    ready = serializers.IntegerField()


class UnscorableCaseSerializer(serializers.Serializer[Any]):
    """A case that somebody could not score: why, not who, nor how many."""

    case_id = serializers.UUIDField()
    case_code = serializers.CharField()
    reasons = serializers.ListField(child=serializers.CharField())


class TimePerCaseSerializer(serializers.Serializer[Any]):
    """Active minutes of all submitted readings."""

    median = serializers.FloatField(allow_null=True)
    edges = serializers.ListField(child=serializers.FloatField())
    counts = serializers.ListField(child=serializers.IntegerField())


class DaySerializer(serializers.Serializer[Any]):
    """How many readings were submitted on a day."""

    day = serializers.DateField()
    count = serializers.IntegerField()


class ProgressSerializer(serializers.Serializer[Any]):
    """A study's dashboard."""

    obstacles = ObstacleSerializer(many=True)
    raters = RaterRowSerializer(many=True)
    queue = QueueSerializer()
    calibration_cases = serializers.IntegerField()
    withdrawn_cases = serializers.IntegerField()
    ready_but_unlisted = serializers.IntegerField()
    unscorable = UnscorableCaseSerializer(many=True)
    time_per_case = TimePerCaseSerializer()
    submissions_per_day = DaySerializer(many=True)
