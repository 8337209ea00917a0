"""What the chain costs: recording an event with it, against inserting the bare row.

    python -m tests.services embedded python -m benchmarks.audit_chain
    python -m tests.services production python -m benchmarks.audit_chain

Each event is a transaction of its own, as the shortest requests are. Prints medians in ms, and how
long a whole chain takes to verify; last line JSON.
"""

import json
import os
import time
import uuid
from collections.abc import Callable
from statistics import median

EVENTS = 2000
WARM_UP = 50
DETAIL = {"grade": 3, "unscorable_reason": "", "attempt": 1}


def main() -> None:
    """Migrate the empty database of this run, and time in it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reader_study.settings")
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection, transaction
    from django.utils import timezone

    from reader_study.audit import guards
    from reader_study.audit.models import Event
    from reader_study.audit.services import record
    from reader_study.audit.verification import check_chain

    call_command("migrate", verbosity=0)
    bare_study, study = uuid.uuid4(), uuid.uuid4()

    def chained(number: int) -> None:
        record(action="step", actor=None, study_id=study, subject=str(number), **DETAIL)

    @transaction.atomic
    def bare(number: int) -> None:
        Event.objects.create(
            at=timezone.now(),
            action="step",
            study_id=bare_study,
            subject=str(number),
            detail=DETAIL,
            chain=str(bare_study),
            sequence=number + 1,
            key_id="0" * 16,
            mac="0" * 64,
        )

    with_chain = median_ms(chained)
    guards.remove(connection)  # a bare row follows no head
    without = median_ms(bare)
    guards.install_all(connection)
    started = time.perf_counter()
    check = check_chain(str(study))
    verify_s = time.perf_counter() - started
    found = {
        "database": connection.vendor,
        "events": EVENTS,
        "bare_ms": round(without, 3),
        "chained_ms": round(with_chain, 3),
        "verified": check.state,
        "verify_us_per_event": round(1e6 * verify_s / check.checked, 1),
    }
    print(f"{connection.vendor}: a bare row {without:.2f} ms, a chained one {with_chain:.2f} ms")
    print(f"{check.checked} events verified in {verify_s:.2f} s: {check.state}")
    print(json.dumps(found))


def median_ms(write: Callable[[int], None]) -> float:
    """Return the median time of a write, in milliseconds."""
    times = []
    for number in range(EVENTS):
        started = time.perf_counter()
        write(number)
        times.append(time.perf_counter() - started)
    return 1000 * median(times[WARM_UP:])


if __name__ == "__main__":
    main()
