"""Values of many raters computed in R (irrCAC, irr, psych) on published data sets."""

import csv
from typing import Any

import numpy as np
import pytest

from reader_study.agreement.chance_corrected import brennan_prediger, scott_pi
from reader_study.agreement.coefficient import Coefficient
from reader_study.agreement.gradings import MISSING, Gradings, level_counts
from reader_study.agreement.kappa import agreement_weights
from reader_study.agreement.krippendorff import krippendorff_alpha
from reader_study.agreement.many_raters import (
    brennan_prediger_of_counts,
    conger_kappa,
    fleiss_kappa,
    gwet_ac_of_counts,
    kendall_w,
    light_kappa,
)
from tests.agreement.test_r_packages import SCHEME_OF, expected, paradox_tables, rows
from tests.shared_data import shared_file

ROUNDED = 6e-6  # irrCAC prints five decimals of what it computes from raw ratings


def gradings(name: str, skip: int = 0) -> tuple[Gradings, int]:
    """Return positions of the grades of a file, on the levels that occur in it."""
    with shared_file(f"agreement/{name}.csv").open(newline="") as file:
        cells = [row[skip:] for row in list(csv.reader(file))[1:]]
    levels = sorted({cell for row in cells for cell in row if cell})
    position = {level: index for index, level in enumerate(levels)} | {"": MISSING}
    return np.array([[position[cell] for cell in row] for row in cells]), len(levels)


def coefficients(grades: Gradings, levels: int, words: str) -> dict[str, Coefficient]:
    weights = agreement_weights(levels, SCHEME_OF[words])
    counts = level_counts(grades, levels)
    return {
        "gwet.ac1.raw": gwet_ac_of_counts(counts, weights),
        "fleiss.kappa.raw": fleiss_kappa(counts, weights),
        "krippen.alpha.raw": krippendorff_alpha(counts, weights),
        "conger.kappa.raw": conger_kappa(grades, levels, weights),
        "bp.coeff.raw": brennan_prediger_of_counts(counts, weights),
    }


@pytest.mark.parametrize(
    ("name", "skip"),
    [
        ("anxiety_3raters_ordinal", 0),
        ("ben_gerry_2raters_missing", 2),
        ("fleiss1971_diagnoses_30x6", 0),
        ("krippendorff_4raters_12units_missing", 0),
    ],
)
def test_irrcac_gives_the_same_coefficients_of_raw_ratings(name, skip):
    grades, levels = gradings(name, skip)
    for words, peers in expected(name)["irrCAC"].items():
        ours = coefficients(grades, levels, words)
        for coefficient, result in ours.items():
            assert result.estimate == pytest.approx(peers[coefficient]["coef"], abs=ROUNDED)
            assert result.se == pytest.approx(peers[coefficient]["se"], abs=1e-5)


def test_irrcac_gives_the_same_coefficients_of_counts():
    peers = expected("psychiatric_6raters_counts")["irrCAC"]["unweighted"]
    counts = np.array([[int(cell) for cell in row] for row in rows("psychiatric_6raters_counts")])

    for name, result in (
        ("gwet.ac1.dist", gwet_ac_of_counts(counts)),
        ("fleiss.kappa.dist", fleiss_kappa(counts)),
        ("bp.coeff.dist", brennan_prediger_of_counts(counts)),
    ):
        assert result.estimate == pytest.approx(peers[name]["coef"], abs=1e-9)
        assert result.se == pytest.approx(peers[name]["se"], abs=1e-9)
    alpha = krippendorff_alpha(counts, "nominal")
    assert alpha.estimate == pytest.approx(peers["krippen.alpha.dist"]["coef"], abs=1e-9)
    # irrCAC's function of counts halves the derivative of pe; that of raw ratings does not, and
    # without missing cells gives Fleiss' standard error.
    assert alpha.se == pytest.approx(peers["fleiss.kappa.dist"]["se"], abs=1e-9)


@pytest.mark.parametrize("words", SCHEME_OF)
def test_irrcac_gives_the_same_coefficients_of_two_raters(words):
    named = {
        "abstractors": (
            np.array([[int(n) for n in row[1:]] for row in rows("abstractors_3x3_table")]),
            expected("abstractors_3x3_table")[words],
        )
    }
    paradox = expected("kappa_paradox_2x2")
    named |= {name: (table, paradox[name][words]) for name, table in paradox_tables().items()}
    for table, peers in named.values():
        for name, coefficient in (("scott2.table", scott_pi), ("bp2.table", brennan_prediger)):
            result = coefficient(table, SCHEME_OF[words])
            assert result.estimate == pytest.approx(peers[name]["coef"], abs=1e-9)
            assert result.se == pytest.approx(peers[name]["se"], abs=1e-9)


def test_irr_gives_the_same_krippendorff_alpha_in_four_metrics():
    grades, levels = gradings("krippendorff_4raters_12units_missing")
    peers = expected("krippendorff_4raters_12units_missing")["kripp_irr"]

    for metric, alpha in peers.items():
        result = krippendorff_alpha(level_counts(grades, levels), metric)
        assert result.estimate == pytest.approx(alpha, abs=1e-9)


def test_irr_gives_the_same_fleiss_conger_and_light_of_the_diagnoses():
    grades, levels = gradings("fleiss1971_diagnoses_30x6")
    peers = expected("fleiss1971_diagnoses_30x6")
    fleiss: Any = fleiss_kappa(level_counts(grades, levels))

    assert fleiss.estimate == pytest.approx(peers["fleiss_irr"]["value"], abs=1e-9)
    assert fleiss.estimate / fleiss.se0 == pytest.approx(peers["fleiss_irr"]["statistic"], abs=1e-6)
    assert conger_kappa(grades, levels).estimate == pytest.approx(
        peers["fleiss_exact_conger_irr"]["value"], abs=1e-9
    )
    assert light_kappa(grades, levels).estimate == pytest.approx(
        peers["light_irr"]["value"], abs=1e-9
    )


def test_irr_gives_the_same_concordance_and_fleiss_of_the_anxiety_ratings():
    grades, levels = gradings("anxiety_3raters_ordinal")
    peers = expected("anxiety_3raters_ordinal")
    concordance, fleiss = kendall_w(grades, levels), fleiss_kappa(level_counts(grades, levels))

    assert concordance.w == pytest.approx(peers["kendall"]["value"], abs=1e-9)
    assert concordance.statistic == pytest.approx(peers["kendall"]["statistic"], abs=1e-6)
    assert concordance.p == pytest.approx(peers["kendall"]["p"], abs=1e-9)
    assert fleiss.estimate == pytest.approx(peers["fleiss"]["value"], abs=1e-9)
    assert fleiss.estimate is not None
    assert fleiss.se0 is not None
    assert fleiss.estimate / fleiss.se0 == pytest.approx(peers["fleiss"]["statistic"], abs=1e-6)
