"""The ratings as an input file of iMRMC, the FDA's multi-reader multi-case software.

iMRMC estimates areas under the ROC curve, with variances that count readers and cases as
sampled. The rate of high quality is such an area: every case enters as a signal-present case with
its grade, and a few reference cases enter as signal-absent ones with a constant score half a step
below the cut-point. Each reader's area is then exactly the share of that reader's grades at or
above the cut-point.
"""

from reader_study.analysis.snapshot import SnapshotDocument, printed_audit_head

REFERENCE_CASES = 2
"""The smallest number of signal-absent cases of which iMRMC can take a variance (here 0)."""

TRUTH = -1
MODALITY = 1


def imrmc(snapshot: SnapshotDocument) -> str:
    """Return the grades in iMRMC's format (``.imrmc``).

    Rows are ``reader,case,modality,score``; reader −1 states the truth. Readers are numbered as
    the snapshot orders them and cases in the order of their codes, because some programs that
    read this format take nothing but whole numbers. Unscorable cases have no row for that reader;
    iMRMC treats the design as not fully crossed.
    """
    codes = sorted({rating["case"] for rating in snapshot["ratings"]})
    case_number = {code: number for number, code in enumerate(codes, start=1)}
    reader_number = {
        rater["code"]: number for number, rater in enumerate(snapshot["raters"], start=1)
    }
    reference = range(len(codes) + 1, len(codes) + REFERENCE_CASES + 1)
    below_cut = snapshot["protocol"]["high_from"] - 0.5
    graded = sorted(
        (reader_number[rating["rater"]], case_number[rating["case"]], rating["grade"])
        for rating in snapshot["ratings"]
        if rating["grade"] is not None
    )
    lines = [
        *_header(snapshot, cases=len(codes)),
        "BEGIN DATA:",
        *(f"{TRUTH},{case},0,0" for case in reference),
        *(f"{TRUTH},{case},0,1" for case in case_number.values()),
        *(
            f"{reader},{case},{MODALITY},{below_cut}"
            for reader in reader_number.values()
            for case in reference
        ),
        *(f"{reader},{case},{MODALITY},{grade}" for reader, case, grade in graded),
    ]
    return "\n".join(lines) + "\n"


def _header(snapshot: SnapshotDocument, *, cases: int) -> list[str]:
    # Programs look for "N0:" and its like anywhere above the data: no other line has a colon.
    notice = snapshot["study"]["data_notice"].replace(":", " ").splitlines()
    return [
        "Reader study of arterial segmentations, grades as scores",
        *notice,
        f"Snapshot SHA-256 {snapshot['snapshot_sha256']}",
        f"Protocol SHA-256 {snapshot['protocol_sha256']}",
        *_audit_head(snapshot),
        "The area under the curve of a reader is that reader's rate of high quality.",
        f"Cases 1 to {cases} are the cases in the order of their codes.",
        f"The last {REFERENCE_CASES} cases are no patients but a constant reference below the "
        "cut-point.",
        "",
        f"NR: {len(snapshot['raters'])}",
        f"N0: {REFERENCE_CASES}",
        f"N1: {cases}",
        "NM: 1",
        "",
    ]


def _audit_head(snapshot: SnapshotDocument) -> list[str]:
    head = printed_audit_head(snapshot.get("audit_head")).replace(":", " ")
    return [f"Audit trail at the lock {head}"] if head else []
