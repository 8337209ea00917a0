"""The folder of a training: what each step writes, and where the next one finds it.

====================================  ===========================================================
``cases/<case>/ncct.nii.gz``          the NCCT, upright
``cases/<case>/cta.nii.gz``           the CTA on the NCCT's grid
``cases/<case>/arteries.nii.gz``      the given mask on the NCCT's grid
``cases/<case>/draft.nii.gz``         where there is no mask: a draft, to be corrected
``cases/<case>/difference.nii.gz``    CTA − NCCT, HU, from which the draft comes
``cases/<case>/corrected.nii.gz``     the draft as a person corrected it; nothing else makes it
``cases/<case>/registration.png``     for a look, with ``case.json`` for the numbers
``registration.csv``                  all cases, the worst registration first
``review.csv``                        what a person decided about doubtful cases
``nnunet/``                           nnU-Net's raw, preprocessed and results folders
====================================  ===========================================================
"""

from dataclasses import dataclass
from pathlib import Path

DATASET_NAME = "Dataset001_Arteries"
CONFIGURATION = "3d_fullres"
PLANS_NAME = "nnUNetPlans"


@dataclass(frozen=True)
class CaseFolder:
    """Files of one case.

    Attributes
    ----------
    folder
        Where they are.
    """

    folder: Path

    @property
    def ncct(self) -> Path:
        """The NCCT, upright."""
        return self.folder / "ncct.nii.gz"

    @property
    def cta(self) -> Path:
        """The CTA on the NCCT's grid."""
        return self.folder / "cta.nii.gz"

    @property
    def arteries(self) -> Path:
        """The given mask on the NCCT's grid."""
        return self.folder / "arteries.nii.gz"

    @property
    def draft(self) -> Path:
        """The draft."""
        return self.folder / "draft.nii.gz"

    @property
    def difference(self) -> Path:
        """CTA − NCCT."""
        return self.folder / "difference.nii.gz"

    @property
    def corrected(self) -> Path:
        """The draft as a person corrected it."""
        return self.folder / "corrected.nii.gz"

    @property
    def figure(self) -> Path:
        """The picture of the registration."""
        return self.folder / "registration.png"

    @property
    def record(self) -> Path:
        """What was done and measured; written last."""
        return self.folder / "case.json"


@dataclass(frozen=True)
class Workspace:
    """The folder of a training.

    Attributes
    ----------
    root
        Where it is.
    """

    root: Path

    def case(self, name: str) -> CaseFolder:
        """Return the files of a case."""
        return CaseFolder(self.root / "cases" / name)

    @property
    def summary(self) -> Path:
        """All cases, the worst registration first."""
        return self.root / "registration.csv"

    @property
    def review(self) -> Path:
        """What a person decided about doubtful cases."""
        return self.root / "review.csv"

    @property
    def chosen(self) -> Path:
        """Which cases went into the data set with which label, and which did not and why."""
        return self.root / "dataset.json"

    @property
    def nnunet(self) -> Path:
        """Parent of nnU-Net's three folders."""
        return self.root / "nnunet"

    @property
    def raw(self) -> Path:
        """nnU-Net's raw data set."""
        return self.nnunet / "raw" / DATASET_NAME

    @property
    def preprocessed(self) -> Path:
        """nnU-Net's preprocessed data set."""
        return self.nnunet / "preprocessed" / DATASET_NAME

    @property
    def plans(self) -> Path:
        """nnU-Net's plans."""
        return self.preprocessed / f"{PLANS_NAME}.json"

    def results(self, trainer: str) -> Path:
        """Return nnU-Net's results folder of a trainer."""
        folder = f"{trainer}__{PLANS_NAME}__{CONFIGURATION}"
        return self.nnunet / "results" / DATASET_NAME / folder
