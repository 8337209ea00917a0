"""Results as plain JSON values: intervals as [low, high], nothing ever NaN."""

from typing import Any

from reader_study.agreement.coefficient import Coefficient, Interval
from reader_study.agreement.kappa import Kappa
from reader_study.agreement.paired_tests import ChiSquareTest
from reader_study.agreement.rates import clopper_pearson_interval, wilson_interval
from reader_study.agreement.resampling import BootstrapPlan, KappaBootstrap

Json = dict[str, Any]


def interval_values(interval: Interval | None) -> list[float] | None:
    """Return [low, high], or None."""
    return None if interval is None else list(interval)


def coefficient_values(coefficient: Coefficient) -> Json:
    """Return ``estimate, se, ci``."""
    return {
        "estimate": coefficient.estimate,
        "se": coefficient.se,
        "ci": interval_values(coefficient.ci),
    }


def chi_square_values(test: ChiSquareTest) -> Json:
    """Return ``statistic, df, p``."""
    return {"statistic": test.statistic, "df": test.df, "p": test.p}


def rate_values(rater: str, high: int, n: int, confidence: float) -> Json:
    """Return ``rater, high, n, rate, wilson, clopper_pearson``; no rate of no cases."""
    return {
        "rater": rater,
        "high": high,
        "n": n,
        "rate": high / n if n else None,
        "wilson": list(wilson_interval(high, n, confidence=confidence)) if n else None,
        "clopper_pearson": (
            list(clopper_pearson_interval(high, n, confidence=confidence)) if n else None
        ),
    }


def bootstrapped_kappa_values(kappa: Kappa, bootstrap: KappaBootstrap, plan: BootstrapPlan) -> Json:
    """Return ``estimate, se, se0, ci, method, resamples, undefined, refused``."""
    return {
        "estimate": kappa.estimate,
        "se": kappa.se,
        "se0": kappa.se0,
        "ci": interval_values(bootstrap.ci),
        "method": plan.method,
        "resamples": bootstrap.resamples,
        "undefined": bootstrap.undefined,
        "refused": kappa.undefined or bootstrap.refused,
    }
