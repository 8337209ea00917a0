"""The reproduction bundle: complete, the same bytes, and its scripts agree with the report."""

import hashlib
import io
import json
import re
import shutil
import subprocess
import sys
import zipfile
from functools import cache

import pytest

from reader_study.agreement import CaseGrades
from reader_study.agreement.constructed_tables import SCALE_A
from reader_study.agreement.further_numbers import HABIT_TESTS
from reader_study.analysis.exports.bundle import reproduction_bundle
from reader_study.analysis.statistics import report_from_snapshot
from tests.analysis.snapshots import (
    constructed_a,
    constructed_b,
    four_raters,
    simulated,
    snapshot_of,
    with_items,
    with_occlusions,
    with_repeats,
)

SNAPSHOTS = {
    "table A": constructed_a,
    "table B": constructed_b,
    "BCa": lambda: simulated(
        1, cases=60, levels=4, high_from=3, weights="linear", ci_method="bca", resamples=50_000
    ),
    "five levels": lambda: simulated(
        2, cases=150, levels=5, high_from=4, weights="quadratic", confidence=0.9
    ),
    "sites": lambda: simulated(
        4,
        cases=120,
        levels=3,
        high_from=2,
        sites=[f"Site {n}" for n in range(12)],
        resampling_unit="site",
    ),
    "one site": lambda: simulated(
        5, cases=30, levels=3, high_from=2, sites=["North"], resampling_unit="site"
    ),
    "four raters": four_raters,
    "four raters, BCa": lambda: four_raters(ci_method="bca", cases=50),
    "four raters, sites": lambda: four_raters(
        sites=[f"Site {n}" for n in range(10)], resampling_unit="site"
    ),
    "repeats": lambda: with_repeats(simulated(6, cases=90, levels=4, high_from=3)),
    "four raters, repeats": lambda: with_repeats(four_raters()),
    "four raters, unweighted": lambda: four_raters(weights="none"),
    "occlusions": lambda: with_occlusions(simulated(7, cases=60, levels=4, high_from=3)),
    "four raters, occlusions": lambda: with_occlusions(four_raters(), unknown=False),
    "items": lambda: with_items(simulated(8, cases=70, levels=4, high_from=3)),
    "items, weighted, BCa": lambda: with_items(
        simulated(9, cases=60, levels=3, high_from=2, weights="linear", ci_method="bca")
    ),
    "four raters, items": lambda: with_items(four_raters()),
    "four raters, items, sites": lambda: with_items(
        four_raters(sites=[f"Site {n}" for n in range(10)], resampling_unit="site")
    ),
    "no kappa": lambda: snapshot_of(
        [CaseGrades(f"C-{n}", "North", (4, 4)) for n in range(9)], SCALE_A, resamples=2000
    ),
    "no case": lambda: snapshot_of(
        [CaseGrades("C-1", "North", (None, 3))], SCALE_A, resamples=2000
    ),
}


def bundle(snapshot):
    return reproduction_bundle(snapshot, report_from_snapshot(snapshot))


def unpacked(snapshot, directory):
    with zipfile.ZipFile(io.BytesIO(bundle(snapshot))) as archive:
        archive.extractall(directory)
    return next(directory.iterdir())


def run(*command, within):
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=within)


@cache
def r_can_run():
    """Return whether R and the packages that the script names are installed."""
    if shutil.which("Rscript") is None:
        return False
    load = "library(jsonlite); library(psych); library(boot)"
    return subprocess.run(["Rscript", "-e", load], capture_output=True, check=False).returncode == 0


def both_scripts(test):
    """Run a test with the Python and, where it is installed, with the R script."""
    needs_r = pytest.mark.skipif(not r_can_run(), reason="R and its packages are not installed")
    scripts = [
        pytest.param((sys.executable, "reproduce.py"), id="Python"),
        pytest.param(("Rscript", "reproduce.R"), id="R", marks=needs_r),
    ]
    return pytest.mark.parametrize("script", scripts)(test)


def test_every_file_has_its_sum_and_the_protocol_its_hash(tmp_path):
    snapshot = constructed_a()
    folder = unpacked(snapshot, tmp_path)

    sums = dict(
        reversed(line.split("  ")) for line in (folder / "SHA256SUMS").read_text().splitlines()
    )
    assert {path.name for path in folder.iterdir()} == {*sums, "SHA256SUMS"}
    for name, digest in sums.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    assert sums["protocol.json"] == snapshot["protocol_sha256"]
    assert snapshot["snapshot_sha256"] in (folder / "README.md").read_text()


def test_the_same_snapshot_gives_the_same_bytes_without_anybodys_account():
    assert bundle(constructed_a()) == bundle(constructed_a())
    assert b"user0" not in bundle(constructed_a())


@pytest.mark.parametrize("name", SNAPSHOTS)
def test_the_python_script_recomputes_every_number(name, tmp_path):
    folder = unpacked(SNAPSHOTS[name](), tmp_path)

    done = run(sys.executable, folder / "reproduce.py", within=tmp_path)

    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    assert re.search(r"\d+ numbers\. All agree\.", done.stdout)
    assert done.stdout.count(" OK") > 80


@pytest.mark.skipif(not r_can_run(), reason="R with jsonlite, psych and boot is not installed")
@pytest.mark.parametrize("name", SNAPSHOTS)
def test_the_r_script_recomputes_every_number(name, tmp_path):
    folder = unpacked(SNAPSHOTS[name](), tmp_path)

    done = run("Rscript", folder / "reproduce.R", "8000", within=tmp_path)

    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    assert re.search(r"\d+ numbers\. All agree\.", done.stdout)


def test_the_python_script_leaves_no_number_out(tmp_path):
    folder = unpacked(with_items(with_repeats(four_raters())), tmp_path)

    done = run(sys.executable, folder / "reproduce.py", "--resamples", "5000", within=tmp_path)

    numbers = re.findall(r"(\d+) numbers\.", done.stdout)
    rows = [line for line in done.stdout.splitlines() if re.search(r" (OK|DIFFERS)", line)]
    assert [str(len([row for row in rows if not row.startswith("sentence")]))] == numbers


@both_scripts
def test_wrong_numbers_of_a_pair_all_raters_and_repeats_are_found(script, tmp_path):
    folder = unpacked(with_repeats(four_raters()), tmp_path)
    report = json.loads((folder / "report.json").read_text())
    report["pairs"][4]["kappa"]["estimate"] += 0.01
    report["overall"][1]["estimate"] += 0.01
    report["overall"][5]["se"] += 0.01
    report["pairs"][2]["bowker"]["statistic"] += 0.01
    report["intra_rater"][2]["n_paired"] += 1
    report["kappa"]["ci"][0] -= 0.05
    (folder / "report.json").write_text(json.dumps(report))

    done = run(script[0], folder / script[1], within=tmp_path)

    rows = [line.split()[0] for line in done.stdout.splitlines() if "DIFFERS" in line]
    assert {
        "pairs[4].kappa.estimate",
        "overall[1].estimate",
        "overall[5].se",
        "pairs[2].bowker.statistic",
        "intra_rater[2].n_paired",
        "kappa.ci[0]",
    } <= set(rows)
    assert len(rows) <= 7  # the sentence, too, where the limit rounds otherwise


@both_scripts
def test_every_wrong_number_is_found(script, tmp_path):
    folder = unpacked(constructed_a(), tmp_path)
    report = json.loads((folder / "report.json").read_text())
    report["n_paired"] = 177
    report["rates"][0]["wilson"][0] = 0.9
    report["kappas"][1]["se"] = 0.07
    report["kappa"]["ci"][0] = 0.6
    report["histogram"]["counts"][20] = 5000
    report["dichotomised_kappa"]["undefined"] = 9000
    (folder / "report.json").write_text(json.dumps(report))

    done = run(script[0], folder / script[1], within=tmp_path)

    assert done.returncode == 1
    rows = [line.split()[0] for line in done.stdout.splitlines() if "DIFFERS" in line]
    assert set(rows) == {
        "n_paired",
        "rates[0].wilson[0]",
        "kappas[1].se",
        "kappa.ci[0]",
        "histogram.counts[20]",
        "dichotomised_kappa.undefined",
        "sentence",  # which says 0.56, not 0.60
    }


def test_a_sentence_that_prints_another_number_is_found(tmp_path):
    folder = unpacked(constructed_a(), tmp_path)
    text = (folder / "report.json").read_text()
    (folder / "report.json").write_text(text.replace("(98.9 %,", "(99.9 %,"))

    done = run(sys.executable, folder / "reproduce.py", "--resamples", "5000", within=tmp_path)

    assert done.returncode == 1
    assert "The sentence does not say “(98.9 %”." in done.stdout


def test_a_number_that_the_script_does_not_know_is_named(tmp_path):
    folder = unpacked(constructed_a(), tmp_path)
    report = json.loads((folder / "report.json").read_text())
    (folder / "report.json").write_text(json.dumps({**report, "novel": {"estimate": 0.5}}))

    done = run(sys.executable, folder / "reproduce.py", "--resamples", "5000", within=tmp_path)

    assert done.returncode == 1
    assert "novel.estimate: not recomputed here." in done.stdout


def test_a_report_of_another_snapshot_is_refused():
    with pytest.raises(ValueError, match="another snapshot"):
        reproduction_bundle(constructed_a(), report_from_snapshot(constructed_b()))


@both_scripts
def test_a_report_that_the_first_release_stored_is_recomputed_too(script, tmp_path):
    snapshot = constructed_b()
    report = report_from_snapshot(snapshot)
    for key in ("pairs", "overall", "resampling", "intra_rater", *HABIT_TESTS):
        del report[key]
    with zipfile.ZipFile(io.BytesIO(reproduction_bundle(snapshot, report))) as archive:
        archive.extractall(tmp_path)

    done = run(script[0], next(tmp_path.iterdir()) / script[1], within=tmp_path)

    assert done.returncode == 0, done.stdout[-1000:] + done.stderr
