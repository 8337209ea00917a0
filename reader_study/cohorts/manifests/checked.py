"""Check a list of cases against the study that it is sent to."""

from collections.abc import Iterator
from typing import Any

from reader_study.accounts.models import User
from reader_study.cohorts.manifests.manifest import Manifest, ManifestError, read_manifest
from reader_study.cohorts.manifests.table import ManifestProblem
from reader_study.cohorts.models import Case
from reader_study.studies.models import Study
from reader_study.studies.selectors import sites_visible_to


def checked_manifest(text: str, user: User, study: Study) -> list[dict[str, Any]]:
    """Return the rows of a list as ``Upload.manifest`` stores them.

    Raises
    ------
    ManifestError
        With every problem of the list: of its own, or, where it has none, with the study's cases.
    """
    sites = set(sites_visible_to(user, study).values_list("code", flat=True))
    manifest = read_manifest(text, sites)
    problems = list(_clashes(manifest, study, sites))
    if problems:
        raise ManifestError(problems)
    return manifest.as_json()


def _clashes(manifest: Manifest, study: Study, sites: set[str]) -> Iterator[ManifestProblem]:
    """Find codes that the study has given to a case of another site, or spells otherwise."""
    cases = Case.objects.filter(study=study).values_list("code", "site__code")
    known = {code.casefold(): (code, site) for code, site in cases}
    for row in manifest.rows:
        code, site = known.get(row.case_code.casefold(), (row.case_code, row.site))
        if site not in sites:
            message = f"{code} is taken in this study; use another code."
            yield ManifestProblem(row.line, "case", message)
        elif site != row.site:
            message = f"{code} is a case of the site {site} already; correct the code or the site."
            yield ManifestProblem(row.line, "case", message)
        elif code != row.case_code:
            message = f"The study has a case {code} already; write it so, or use another code."
            yield ManifestProblem(row.line, "case", message)
