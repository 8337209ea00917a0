"""The iMRMC file: its form, and that its area under the curve is the rate."""

from reader_study.agreement.constructed_tables import CONSTRUCTED_NOTICE
from reader_study.analysis.exports.imrmc import REFERENCE_CASES, imrmc
from tests.analysis.snapshots import constructed_b, hostile


def parts(text):
    """Return header values and data rows, read as RJafroc and iMRMC read them."""
    head, data = text.split("BEGIN DATA:\n")
    counts = dict(line.split(": ") for line in head.splitlines() if ":" in line)
    rows = [line.split(",") for line in data.splitlines()]
    return {key: int(value) for key, value in counts.items()}, rows


def area(rows, reader):
    """Return the empirical area under the ROC curve of a reader."""
    truth = {case: int(state) for code, case, _, state in rows if code == "-1"}
    scores = [(truth[case], float(score)) for code, case, _, score in rows if code == reader]
    absent = [score for state, score in scores if state == 0]
    present = [score for state, score in scores if state == 1]
    wins = sum((high > low) + 0.5 * (high == low) for high in present for low in absent)
    return wins / (len(absent) * len(present))


def test_each_readers_area_is_that_raters_rate_of_high_quality():
    _, rows = parts(imrmc(constructed_b()))

    assert area(rows, "1") == 282 / 285
    assert area(rows, "2") == 285 / 290


def test_the_counts_of_the_header_are_those_of_the_data():
    counts, rows = parts(imrmc(constructed_b()))

    assert counts == {"NR": 2, "N0": REFERENCE_CASES, "N1": 290, "NM": 1}
    truth = [row for row in rows if row[0] == "-1"]
    assert [row[3] for row in truth].count("0") == REFERENCE_CASES
    assert [row[3] for row in truth].count("1") == 290
    assert len(rows) - len(truth) == 285 + 290 + 2 * REFERENCE_CASES
    assert all(len(row) == 4 and row[1].isdigit() for row in rows)


def test_it_carries_hash_and_notice():
    snapshot = constructed_b()

    assert snapshot["snapshot_sha256"] in imrmc(snapshot)
    assert CONSTRUCTED_NOTICE in imrmc(snapshot)


def test_a_notice_cannot_add_counts_or_data():
    counts, rows = parts(imrmc(hostile("NR: 9\nBEGIN DATA:\n-1,1,0,1")))

    assert counts["NR"] == 2
    assert len(rows) == 5 + 2 * REFERENCE_CASES + 5
