"""Two-rater values computed in R (irrCAC, irr, vcd) on published data sets."""

import csv
import json
from typing import Any

import numpy as np
import pytest

from reader_study.agreement.chance_corrected import gwet_ac, pabak, percent_agreement
from reader_study.agreement.contingency import Table, contingency_table
from reader_study.agreement.kappa import WeightScheme, cohen_kappa
from reader_study.agreement.scale import Level, Scale
from tests.shared_data import shared_file

SCHEME_OF: dict[str, WeightScheme] = {
    "unweighted": "none",
    "linear": "linear",
    "quadratic": "quadratic",
}


def expected(name: str) -> Any:
    return json.loads(shared_file(f"agreement/{name}.expected.json").read_text())


def rows(name: str) -> list[list[str]]:
    with shared_file(f"agreement/{name}.csv").open(newline="") as file:
        return list(csv.reader(file))[1:]


def paradox_tables() -> dict[str, Table]:
    return {
        row[0]: np.array([int(count) for count in row[1:]]).reshape(2, 2)
        for row in rows("kappa_paradox_2x2")
    }


def assert_matches_irrcac(table: Table, values: Any) -> None:
    for words, scheme in SCHEME_OF.items():
        for name, coefficient in (
            ("kappa2.table", cohen_kappa(table, scheme)),
            ("gwet.ac1.table", gwet_ac(table, scheme)),
        ):
            assert coefficient.estimate == pytest.approx(values[words][name]["coef"], abs=1e-6)
            assert coefficient.se == pytest.approx(values[words][name]["se"], abs=1e-5)


def test_the_three_level_table_of_the_abstractors():
    table = np.array([[int(n) for n in row[1:]] for row in rows("abstractors_3x3_table")])
    values = expected("abstractors_3x3_table")

    assert_matches_irrcac(table, values)
    agreement = values["unweighted"]["pa2.table"]["coef"]
    assert percent_agreement(table) == pytest.approx(agreement, abs=1e-9)


@pytest.mark.parametrize(
    "name",
    [
        "FC1_balanced",
        "FC2_high_prevalence",
        "FC3_symmetric_imbalance",
        "FC4_asymmetric_imbalance",
    ],
)
def test_the_paradox_tables_of_feinstein_and_cicchetti(name):
    table, values = paradox_tables()[name], expected("kappa_paradox_2x2")[name]

    assert_matches_irrcac(table, values)
    brennan_prediger = values["unweighted"]["bp2.table"]
    assert pabak(table).estimate == pytest.approx(brennan_prediger["coef"], abs=1e-9)
    assert pabak(table).se == pytest.approx(brennan_prediger["se"], abs=1e-9)


@pytest.mark.parametrize(
    ("scheme", "name"),
    [
        ("none", "kappa2_r12_unw"),
        ("linear", "kappa2_r12_equal"),
        ("quadratic", "kappa2_r12_squared"),
    ],
)
def test_the_anxiety_ratings_of_raters_1_and_2(scheme, name):
    scale = Scale.declare([Level(value, str(value)) for value in range(1, 7)], 4)
    pairs = [(int(row[0]), int(row[1])) for row in rows("anxiety_3raters_ordinal")]
    peer = expected("anxiety_3raters_ordinal")[name]

    kappa = cohen_kappa(contingency_table(pairs, scale), scheme)

    assert kappa.estimate == pytest.approx(peer["value"], abs=1e-6)
    assert kappa.estimate is not None
    assert kappa.se0 is not None
    # irr tests κ = 0 with the standard error under that hypothesis
    assert kappa.estimate / kappa.se0 == pytest.approx(peer["statistic"], abs=1e-5)
