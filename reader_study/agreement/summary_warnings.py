"""What makes the numbers of a summary less sure than they look, in sentences."""

from collections.abc import Mapping, Sequence

from reader_study.agreement.as_json import Json
from reader_study.agreement.coefficient import Coefficient
from reader_study.agreement.joint_bootstrap import FEW_CLUSTERS, JointBootstrap
from reader_study.agreement.krippendorff import Metric
from reader_study.agreement.ratings_file import Ratings
from reader_study.agreement.resampling import WARN_UNDEFINED_SHARE

NAMES = {
    "ac1": "AC1",
    "pabak": "PABAK",
    "scott": "Scott's π",
    "fleiss": "Fleiss' κ",
    "krippendorff": "Krippendorff's α",
}


def of_reasons(reasons: Mapping[str, str | None]) -> list[str]:
    """Return a sentence for each thing that has no value, from its name and the reason."""
    return [f"{name} has no value: {reason}." for name, reason in reasons.items() if reason]


def of_coefficients(coefficients: Mapping[str, Coefficient | None]) -> list[str]:
    """Return a sentence for each coefficient, by key, without a value or an interval."""
    present = {NAMES[key]: coefficient for key, coefficient in coefficients.items() if coefficient}
    certain = [
        name
        for name, coefficient in present.items()
        if coefficient.estimate is not None and coefficient.ci is None
    ]
    found = of_reasons({name: coefficient.undefined for name, coefficient in present.items()})
    if certain:
        found.append(
            f"{', '.join(certain)}: no interval, because the standard error is 0 or needs more "
            "cases; an interval of no width would claim certainty."
        )
    return found


def of_alphas(alphas: Mapping[Metric, Coefficient]) -> list[str]:
    """Return a sentence for Krippendorff's α, or for those metrics in which it has no value."""
    reasons = {metric: alpha.undefined for metric, alpha in alphas.items()}
    if len(set(reasons.values())) == 1:
        return of_coefficients({"krippendorff": alphas["nominal"]})
    named = {f"{NAMES['krippendorff']}, {metric},": reason for metric, reason in reasons.items()}
    return of_reasons(named)


def of_kappas(kappas: Sequence[Json]) -> list[str]:
    """Return a sentence for each κ without value or interval, or often undefined."""
    found = []
    for kappa in kappas:
        name = f"κ (weights {kappa['weights']})"
        share = kappa["undefined"] / kappa["resamples"]
        if kappa["estimate"] is None:
            found.append(f"{name} has no value: {kappa['refused']}.")
        elif kappa["refused"]:
            found.append(f"{name} has no interval: {kappa['refused']}.")
        elif share > WARN_UNDEFINED_SHARE:
            found.append(
                f"{name} is undefined in {100 * share:.1f} % of the resamples; they were dropped."
            )
    return found


def of_design(ratings: Ratings, joint: JointBootstrap | None) -> list[str]:
    """Return what more than two raters, or few clusters, do to the numbers."""
    found = []
    if len(ratings.raters) > 2:
        found.append(
            f"{len(ratings.raters)} raters: κ is the mean over pairs (Light), each pair is under "
            "“pairs”, and numbers that exist for two raters only are null."
        )
    if ratings.clusters is not None and joint and joint.units < FEW_CLUSTERS:
        found.append(
            f"Only {joint.units} clusters: a cluster bootstrap of fewer than {FEW_CLUSTERS} tends "
            "to give intervals that are too narrow."
        )
    return found
