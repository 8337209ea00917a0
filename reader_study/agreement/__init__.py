"""Agreement between raters: rates, the κ family and its bootstrap, and the report of a study.

Pure numpy and scipy; no database and no web framework. ``docs/statistics.md`` explains every
number, its formula and its source.
"""

from reader_study.agreement.report import agreement_report
from reader_study.agreement.report_cases import CaseGrades
from reader_study.agreement.scale import Level, Scale

__all__ = ["CaseGrades", "Level", "Scale", "agreement_report"]
