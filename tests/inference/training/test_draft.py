"""The draft finds what contrast medium adds in tubes, and nothing that both scans show."""

import numpy as np
import pytest
import SimpleITK as sitk

from inference.evaluation.measures import dice
from inference.phantom import Scanner
from inference.training.draft import difference, draft_label
from inference.training.moving import cta_on_ncct
from tests.inference.training.phantom_pairs import make_pair

SPACING = (1.2, 1.2, 1.2)
NCCT = Scanner("NCCT", (100, 160, 140), SPACING, noise_hu=4.0)
CTA = Scanner("CTA", (112, 172, 150), (1.1, 1.1, 1.1), noise_hu=8.0)
MIDDLE_Z, MIDDLE_Y, MIDDLE_X = 55, 80, 70


@pytest.fixture(scope="module")
def pair():
    return make_pair(
        7, turns_deg=(5, 2, -3), shift_mm=(3, -4, 2), ncct_scanner=NCCT, cta_scanner=CTA
    )


def drafted(ncct, added):
    cta = sitk.GetImageFromArray((sitk.GetArrayFromImage(ncct) + added).astype(np.int16))
    cta.CopyInformation(ncct)
    return sitk.GetArrayFromImage(draft_label(ncct, cta)).astype(bool)


def test_the_draft_is_close_to_the_true_arteries(pair):
    moved = cta_on_ncct(pair.cta, pair.ncct, pair.transform)
    draft = draft_label(pair.ncct, moved)
    found, true = sitk.GetArrayFromImage(draft), sitk.GetArrayFromImage(pair.labels)
    bright = sitk.GetArrayFromImage(difference(pair.ncct, moved)) > 120
    assert dice(found, true) > 0.45  # arteries are thinner than these voxels
    assert dice(found, true) > 2 * dice(bright, true)


def test_a_tube_is_drafted_and_a_sheet_is_not(pair):
    tube = np.zeros(NCCT.shape_zyx, np.int16)
    tube[MIDDLE_Z : MIDDLE_Z + 3, MIDDLE_Y : MIDDLE_Y + 3, MIDDLE_X - 20 : MIDDLE_X + 20] = 300
    sheet = np.zeros(NCCT.shape_zyx, np.int16)
    sheet[MIDDLE_Z : MIDDLE_Z + 2, MIDDLE_Y - 25 : MIDDLE_Y + 25, MIDDLE_X - 25 : MIDDLE_X + 25] = (
        300
    )
    assert dice(drafted(pair.ncct, tube), tube) > 0.7
    assert drafted(pair.ncct, sheet).sum() < 0.3 * (sheet > 0).sum()


def test_calcium_that_both_scans_show_is_not_drafted(pair):
    values = sitk.GetArrayFromImage(pair.ncct)
    values[MIDDLE_Z : MIDDLE_Z + 3, MIDDLE_Y : MIDDLE_Y + 3, MIDDLE_X - 20 : MIDDLE_X + 20] = 600
    calcified = sitk.GetImageFromArray(values)
    calcified.CopyInformation(pair.ncct)
    assert not drafted(calcified, np.zeros(NCCT.shape_zyx, np.int16)).any()


def test_the_difference_is_signed_and_does_not_overflow():
    low = sitk.Image(4, 4, 4, sitk.sitkInt16) - 30000
    high = sitk.Image(4, 4, 4, sitk.sitkInt16) + 30000
    values = sitk.GetArrayFromImage(difference(low, high))
    assert (values == 4096).all()
    assert (sitk.GetArrayFromImage(difference(high, low)) == -4096).all()
