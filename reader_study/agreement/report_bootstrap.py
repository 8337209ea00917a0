"""The bootstrap behind a report: of cases, or of sites with all their cases."""

from collections.abc import Sequence

import numpy as np

from reader_study.agreement.bootstrap import bootstrap_kappas
from reader_study.agreement.contingency import pair_table
from reader_study.agreement.gradings import Gradings
from reader_study.agreement.joint_bootstrap import JointBootstrap, bootstrap_rater_pairs
from reader_study.agreement.kappa import Weights
from reader_study.agreement.resampling import BootstrapPlan, KappaBootstrap

LEAST_SITES = 2
ONE_SITE = (
    "the protocol resamples sites, and all cases come from one: nothing can be said about how "
    "sites differ"
)


def bootstrap_of_report(
    positions: Gradings,
    levels: int,
    weights: Sequence[Weights],
    plan: BootstrapPlan,
    *,
    clusters: Sequence[str] | None,
) -> JointBootstrap:
    """Bootstrap κ of every pair of raters; two raters' cases by a draw of the table's cells.

    Parameters
    ----------
    positions
        (n, R) positions on the declared scale.
    levels, weights, plan
        As :func:`~reader_study.agreement.joint_bootstrap.bootstrap_rater_pairs`.
    clusters
        The site of each case where sites are resampled. With fewer than LEAST_SITES of them
        every interval is refused.
    """
    if clusters is not None and 0 < len(set(clusters)) < LEAST_SITES:
        return _refused(bootstrap_rater_pairs(positions, levels, weights, plan))
    if clusters is None and positions.shape[1] == 2:
        table = pair_table(positions[:, 0], positions[:, 1], levels)
        of_cells = bootstrap_kappas(
            table,
            weights,
            seed=plan.seed,
            method=plan.method,
            resamples=plan.resamples,
            confidence=plan.confidence,
        )
        return JointBootstrap({(0, 1): of_cells}, of_cells, int(table.sum()))
    return bootstrap_rater_pairs(positions, levels, weights, plan, clusters=clusters)


def _refused(joint: JointBootstrap) -> JointBootstrap:
    def without(bootstraps: list[KappaBootstrap]) -> list[KappaBootstrap]:
        return [KappaBootstrap(np.empty(0), 0, one.resamples, None, ONE_SITE) for one in bootstraps]

    pairs = {pair: without(bootstraps) for pair, bootstraps in joint.pairs.items()}
    return JointBootstrap(pairs, without(joint.light), 1)
