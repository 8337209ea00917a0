"""What whoever runs the installation watches: readiness, and figures for Prometheus."""

import shutil

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count, Min
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from reader_study.audit.guards import guards_are_in_place
from reader_study.coordination.job_kinds import KINDS_OF_JOB
from reader_study.http.policy_reports import policy_report_count
from reader_study.jobs.models import JobState


@require_GET
@never_cache
def ready(request: HttpRequest) -> HttpResponse:
    """Answer 200 where requests can be served, else 503 and why.

    The broker does not count: jobs are rows, and the reaper sends lost messages again.
    """
    try:
        executor = MigrationExecutor(connection)
        due = executor.migration_plan(executor.loader.graph.leaf_nodes())
        # A migration that was killed may have left none: what is final could be changed unseen.
        unguarded = [] if due else guards_are_in_place(databases=[connection.alias])
    except DatabaseError:
        return _plain("the database does not answer", status=503)
    if due:
        return _plain("migrations are due: run `manage.py migrate`", status=503)
    if unguarded:
        return _plain("final rows are not guarded: run `manage.py migrate`", status=503)
    return _plain("ready")


@require_GET
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Return the figures, to whoever brings the token of the settings; there is nothing else."""
    given = request.headers.get("Authorization", "")
    token = settings.METRICS_TOKEN
    if not token or not constant_time_compare(given, f"Bearer {token}"):
        raise Http404
    return HttpResponse(generate_latest(_figures()), content_type=CONTENT_TYPE_PLAIN_0_0_4)


def _figures() -> CollectorRegistry:
    registry = CollectorRegistry()
    jobs = Gauge(
        "reader_study_jobs",
        "Background jobs by kind and state",
        ["kind", "state"],
        registry=registry,
    )
    waiting = Gauge(
        "reader_study_oldest_queued_job_seconds",
        "How long the oldest queued job of a kind has waited",
        ["kind"],
        registry=registry,
    )
    room = Gauge(
        "reader_study_free_bytes", "Room on the disk of the data folder", registry=registry
    )
    now = timezone.now()
    for model in KINDS_OF_JOB:
        kind = model._meta.model_name
        rows = model._default_manager.order_by()
        for state in JobState.values:
            jobs.labels(kind, state).set(0)
        for row in rows.values("state").annotate(number=Count("pk")):
            jobs.labels(kind, row["state"]).set(row["number"])
        queued = rows.filter(state=JobState.QUEUED)
        oldest = queued.aggregate(oldest=Min("created_at"))["oldest"]
        waiting.labels(kind).set((now - oldest).total_seconds() if oldest else 0)
    room.set(shutil.disk_usage(settings.VAR).free)
    Gauge(
        "reader_study_policy_reports",
        "What browsers reported that the pages' policy stopped, since the cache was emptied",
        registry=registry,
    ).set(policy_report_count())
    return registry


def _plain(sentence: str, status: int = 200) -> HttpResponse:
    return HttpResponse(f"{sentence}\n", status=status, content_type="text/plain")
