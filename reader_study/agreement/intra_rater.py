"""Agreement of each rater with himself, from cases that were read twice."""

from collections.abc import Mapping, Sequence

from reader_study.agreement.as_json import Json, bootstrapped_kappa_values
from reader_study.agreement.chance_corrected import percent_agreement
from reader_study.agreement.contingency import pair_table
from reader_study.agreement.gradings import grade_positions
from reader_study.agreement.kappa import WeightScheme, agreement_weights, cohen_kappa
from reader_study.agreement.report_bootstrap import bootstrap_of_report
from reader_study.agreement.report_cases import CaseGrades
from reader_study.agreement.resampling import BootstrapPlan
from reader_study.agreement.scale import Scale


def intra_rater_report(
    repeats: Mapping[str, Sequence[CaseGrades]],
    scale: Scale,
    weights: WeightScheme,
    plan: BootstrapPlan,
    *,
    by_site: bool = False,
) -> list[Json]:
    """Return each rater's agreement between the first and the repeated reading.

    Parameters
    ----------
    repeats
        For each rater the repeated cases, their grades being (first, repeated); None where the
        rater found the case unscorable.
    scale, weights
        The declared scale, and the weights of the study's primary κ.
    plan, by_site
        The bootstrap, of cases or of sites.

    Returns
    -------
    list of dict
        ``rater``, ``n_repeated``, ``n_paired`` (graded both times), ``table`` (rows first
        reading), ``kappa``, ``percent_agreement``.
    """
    return [
        {
            "rater": rater,
            "n_repeated": len(cases),
            **_of_rater(cases, scale, weights, plan, by_site),
        }
        for rater, cases in repeats.items()
    ]


def _of_rater(
    cases: Sequence[CaseGrades],
    scale: Scale,
    weights: WeightScheme,
    plan: BootstrapPlan,
    by_site: bool,
) -> Json:
    levels = len(scale.levels)
    matrix = agreement_weights(levels, weights)
    positions = grade_positions([case.grades for case in cases], scale, 2)
    table = pair_table(positions[:, 0], positions[:, 1], levels)
    clusters = [case.site for case in cases] if by_site else None
    bootstrap = bootstrap_of_report(positions, levels, [matrix], plan, clusters=clusters)
    kappa = cohen_kappa(table, matrix, confidence=plan.confidence)
    return {
        "n_paired": int(table.sum()),
        "table": table.tolist(),
        "kappa": {
            "weights": weights,
            **bootstrapped_kappa_values(kappa, bootstrap.pairs[0, 1][0], plan),
        },
        "percent_agreement": percent_agreement(table),
    }
