"""Every field of every model: whether a rater may learn what stands in it, and why.

A field that is named nowhere here fails the tests. What is neither visible nor a rater's own is
secret.
"""

from collections.abc import Mapping
from typing import Any

from django.apps import apps
from django.db.models import Model

_OWN_ANSWER = "the rater's own answer"
_OWN_PROGRESS = "the rater's own progress"

VISIBLE: Mapping[str, Mapping[str, str]] = {
    "studies.Study": {
        "id": "raters reach their list by it",
        "name": "on every page",
        "state": "says whether the rater may read",
        "second_factor_required": "says how to log in",
        "data_notice": "on every page: that data are phantoms, that a model is for demos",
    },
    "studies.ExampleImage": {"sha256": "the picture beside a level is fetched by it"},
    "segmentation.VesselModel": {"labels": "the legend names the arteries"},
}
"""What raters of the study are told."""

PARTLY: Mapping[str, Mapping[str, str]] = {
    "studies.Protocol": {"document": "the form that raters fill in, and nothing of the analysis"},
    "segmentation.MediaPack": {"manifest": "what the viewer draws the images from"},
}
"""What raters are told in part. The part is what their own serializer names."""

OWN: Mapping[str, Mapping[str, str]] = {
    "accounts.User": {
        "username": "their own log-in",
        "full_name": "their own name, in the corner of the page",
    },
    "reading.Assignment": {
        "code": "all that a rater sees of a case",
        "stage": _OWN_PROGRESS,
        "attempt": _OWN_PROGRESS,
    },
    "reading.Reading": {
        "attempt": _OWN_ANSWER,
        "state": _OWN_PROGRESS,
        "revision": _OWN_ANSWER,
        "grade": _OWN_ANSWER,
        "unscorable_reason": _OWN_ANSWER,
        "territory_grades": _OWN_ANSWER,
        "question_answers": _OWN_ANSWER,
        "comment": _OWN_ANSWER,
        "opened_runs": _OWN_ANSWER,
        "saved_at": _OWN_ANSWER,
        "active_ms": _OWN_PROGRESS,
        "unlock_reason": "written to the rater by the coordinator, or their own doing",
    },
    "reading.CalibrationResult": dict.fromkeys(
        ("attempt", "agreed", "total", "passed", "finished_at"),
        "how the rater's own calibration went",
    ),
    "reading.DisplayCheck": dict.fromkeys(
        (
            "screen_width",
            "screen_height",
            "window_width",
            "window_height",
            "pixel_ratio",
            "colour_depth",
            "zoom_percent",
            "room_is_dim",
            "empty_patches",
            "seen_patches",
            "verdict",
            "went_on",
        ),
        "what the rater's own browser and the rater said of the display",
    ),
    "studies.Membership": {"role": "what the rater is in the study"},
    "signatures.Signature": dict.fromkeys(
        ("printed_name", "meaning", "record_sha256", "signed_at", "void_reason"),
        "the rater's own signature, and why it was voided",
    ),
}
"""What only the rater is told of whose row it is; everybody else's rows are secret."""

_OF_JOBS = {
    "state",
    "token",
    "attempts",
    "lease_until",
    "progress",
    "error",
    "priority",
    "note",
    "not_before",
    "created_at",
    "sent_at",
    "started_at",
    "finished_at",
    "id",
}

SECRET: Mapping[str, frozenset[str]] = {
    "accounts.User": frozenset(
        ["password", "last_login", "is_superuser", "email", "is_staff", "is_active", "date_joined"]
    ),
    "audit.Event": frozenset(
        [
            "at",
            "actor_name",
            "action",
            "study_id",
            "subject",
            "detail",
            "chain",
            "sequence",
            "key_id",
            "mac",
        ]
    ),
    "audit.ChainHead": frozenset(["chain", "sequence", "mac", "key_id", "seal"]),
    "api.KeptAnswer": frozenset(
        ["address", "key_digest", "body_digest", "status", "sealed", "created_at"]
    ),
    "studies.Study": frozenset(["slug", "created_at", "opened_at", "locked_at"]),
    "studies.Protocol": frozenset(["version", "sha256", "reason", "created_at"]),
    "studies.Site": frozenset(["code", "name"]),
    "studies.ExampleImage": frozenset({"stored_name"}),
    "studies.Membership": frozenset(["rater_number", "joined_at", "ended_at", "ended_reason"]),
    "studies.Invitation": frozenset(
        [
            "id",
            "role",
            "invited",
            "token_sha256",
            "created_at",
            "expires_at",
            "revoked_at",
            "accepted_at",
        ]
    ),
    "cohorts.Case": frozenset(
        [
            "id",
            "code",
            "patient_key",
            "occlusion_side",
            "occlusion_segment",
            "purpose",
            "reference_grade",
            "created_at",
            "withdrawn_at",
            "withdrawn_reason",
        ]
    ),
    "cohorts.SealedIdentity": frozenset({"sealed"}),
    "cohorts.PatientDeletion": frozenset(["reason", "at", "files", "files_gone_at"]),
    "cohorts.Series": frozenset(
        [
            "kind",
            "series_key",
            "position",
            "used",
            "instance_count",
            "dicom_name",
            "dicom_sha256",
            "dicom_bytes",
            "stored_name",
            "preview_name",
            "description",
            "geometry",
            "gates",
            "acquired_at",
            "frame_key",
            "overruled_reason",
            "text_boxes",
            "blackouts",
            "review",
            "reviewed_at",
            "review_note",
            "proposed_phase",
            "phase",
        ]
    ),
    "cohorts.SeriesBuild": frozenset(
        _OF_JOBS | {"purpose", "kind", "phase", "blackouts", "former_files", "why"}
    ),
    "cohorts.Upload": frozenset(
        _OF_JOBS.union(
            [
                "filename",
                "size_bytes",
                "file_count",
                "named_count",
                "named_bytes",
                "received_bytes",
                "expires_at",
                "manifest",
                "cases_added",
                "instances_accepted",
            ]
        )
    ),
    "cohorts.QuarantinedFile": frozenset(["id", "sent_name", "size_bytes", "received_bytes"]),
    "cohorts.QuarantinedPart": frozenset(["offset", "size_bytes", "stored_name"]),
    "cohorts.UploadMessage": frozenset(["level", "name", "text"]),
    "segmentation.VesselModel": frozenset(
        ["sha256", "name", "notice", "directory", "card", "created_at"]
    ),
    "segmentation.SegmentationJob": frozenset(
        _OF_JOBS | {"volume_name", "mask_name", "provenance", "artery_volume_ml", "measures"}
    ),
    "segmentation.ModelImport": frozenset(
        _OF_JOBS
        | {
            "name",
            "notice",
            "configuration",
            "smallest_component_mm3",
            "file_name",
            "size_bytes",
            "stored_name",
        }
    ),
    "segmentation.MediaPack": frozenset(_OF_JOBS | {"folder"}),
    "segmentation.PackSource": frozenset({"stored_name"}),
    "reading.Assignment": frozenset({"position"}),
    "reading.Reading": frozenset(
        [
            "id",
            "started_at",
            "submitted_at",
            "submission_key",
            "last_active_at",
            "removed_comment_sha256",
        ]
    ),
    "reading.ViewUse": frozenset(["key", "kind", "detail", "at"]),
    "reading.DisplayCheck": frozenset(["session", "at"]),
    "signatures.Signature": frozenset(
        ["id", "role", "kind", "record_id", "covers", "reauthenticated_by", "voided_at"]
    ),
    "analysis.Snapshot": frozenset(["document", "sha256", "report", "created_at"]),
    "analysis.Consensus": frozenset(["document", "sha256", "created_at"]),
}
"""What no rater may learn."""


OF_A_PERSON = frozenset({"accounts.BrowserSession", "accounts.ApiToken"})
"""Where people are logged in, and keys of their scripts: told to themselves, and of no study."""


def models_of_the_study() -> list[type[Model]]:
    """Return every model of the application; the frameworks' own hold nothing of a study."""
    return [
        model
        for model in apps.get_models()
        if model.__module__.startswith("reader_study.") and model._meta.label not in OF_A_PERSON
    ]


def fields_of(model: type[Model]) -> list[Any]:
    """Return the fields that hold a value: neither a reference nor a running number."""
    return [
        field
        for field in model._meta.concrete_fields
        if not field.is_relation and "Auto" not in type(field).__name__
    ]


def undeclared() -> list[str]:
    """Name the fields about which nothing was decided, and what is decided about none."""
    there = {
        f"{model._meta.label}.{field.name}"
        for model in models_of_the_study()
        for field in fields_of(model)
    }
    declared = [
        f"{label}.{name}"
        for table in (VISIBLE, PARTLY, OWN, SECRET)
        for label, names in table.items()
        for name in names
    ]
    twice = {name for name in declared if declared.count(name) > 1}
    return sorted((there ^ set(declared)) | twice)
