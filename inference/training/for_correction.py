"""What a person needs beside a draft to correct it in ITK-SNAP or 3D Slicer."""

from pathlib import Path

_ITK_SNAP_LABELS = """################################################
# ITK-SnAP Label Description File
# IDX   -R-  -G-  -B-  -A--  VIS MSH  LABEL
################################################
    0     0    0    0        0  0  0    "Clear Label"
    1   220   50   47        1  1  1    "artery"
"""

_README = """Draft of the arteries of case {case}
{line}

draft.nii.gz was made by a program from the CTA minus the NCCT. It is NOT reviewed: veins may be in
it, thin arteries and arteries inside bone may be missing, and bone may be taken for artery where
the registration is not exact. Look at registration.png first.

ITK-SNAP
1. File > Open Main Image: ncct.nii.gz (or cta.nii.gz).
2. File > Add Another Image: cta.nii.gz and difference.nii.gz.
3. Segmentation > Import Label Descriptions: itk-snap-labels.txt.
4. Segmentation > Open Segmentation: draft.nii.gz. Paint label 1 where artery is missing, the clear
   label where something else is.
5. Segmentation > Save Segmentation Image as corrected.nii.gz, in this folder.

3D Slicer
1. Add Data: ncct.nii.gz, cta.nii.gz, difference.nii.gz; and draft.nii.gz with "Segmentation" in the
   column Description.
2. Segment Editor: source volume cta; paint and erase.
3. Segmentations > Export to files: NIfTI with the reference volume ncct; rename the file to
   corrected.nii.gz and put it into this folder.

Save corrected.nii.gz even if nothing had to be changed: it says that a person has looked. Without
it the case is left out of the training.
"""


def write_instructions(folder: Path, case: str) -> None:
    """Write a README and ITK-SNAP's label descriptions beside a draft.

    Parameters
    ----------
    folder
        The case's folder.
    case
        Its name.
    """
    line = "=" * len(f"Draft of the arteries of case {case}")
    (folder / "README.txt").write_text(_README.format(case=case, line=line))
    (folder / "itk-snap-labels.txt").write_text(_ITK_SNAP_LABELS)
