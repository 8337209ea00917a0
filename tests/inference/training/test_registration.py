"""A CTA is laid on the NCCT wherever the head was, and a wrong registration is noticed."""

import dataclasses

import numpy as np
import pytest
import SimpleITK as sitk

from inference.errors import VolumeError
from inference.phantom import rigid_motion
from inference.training.moving import cta_on_ncct
from inference.training.quality import assess
from inference.training.registration import register
from inference.training.registration_figure import draw_registration
from tests.inference.training.phantom_pairs import CTA_SCANNER, error_of, make_pair, transform_of


@pytest.mark.parametrize(
    ("seed", "turns_deg", "shift_mm"),
    [
        (0, (0.0, 0.0, 0.0), (0.0, 0.0, 0.0)),
        (1, (10.0, -8.0, 6.0), (15.0, -10.0, 8.0)),
        (2, (-10.0, 7.0, 10.0), (-6.0, 15.0, -15.0)),
    ],
)
def test_known_motion_is_recovered(seed, turns_deg, shift_mm):
    pair = make_pair(seed, turns_deg=turns_deg, shift_mm=shift_mm)
    off_mm, off_deg = error_of(register(pair.ncct, pair.cta).transform, pair.transform)
    assert off_mm < 1
    assert off_deg < 1


def test_a_cta_that_shows_less_of_the_head_is_laid_on_it_too():
    less = dataclasses.replace(CTA_SCANNER, shape_zyx=(40, 80, 80))
    pair = make_pair(3, turns_deg=(4.0, 3.0, -5.0), shift_mm=(4.0, 3.0, 9.0), cta_scanner=less)
    off_mm, off_deg = error_of(register(pair.ncct, pair.cta).transform, pair.transform)
    assert off_mm < 1
    assert off_deg < 1


def test_positions_are_the_patients_not_the_arrays():
    pair = make_pair(4, turns_deg=(3.0, 0.0, 0.0), shift_mm=(2.0, 0.0, 0.0))
    frame = rigid_motion((0.0, 20.0, -10.0), (120.0, -80.0, 300.0))
    cta = sitk.Image(pair.cta)
    corner = np.array([*pair.cta.GetOrigin(), 1.0])
    cta.SetDirection(frame[:3, :3].ravel().tolist())
    cta.SetOrigin((frame @ corner)[:3].tolist())
    true = sitk.CompositeTransform([transform_of(frame), pair.transform])
    off_mm, off_deg = error_of(register(pair.ncct, cta).transform, true)
    assert off_mm < 1
    assert off_deg < 1


def test_a_volume_without_a_head_is_refused():
    pair = make_pair(0)
    air = sitk.Image(pair.cta.GetSize(), sitk.sitkInt16) - 1000
    air.CopyInformation(pair.cta)
    with pytest.raises(VolumeError, match="no head"):
        register(pair.ncct, air)


@pytest.fixture(scope="module")
def registered():
    pair = make_pair(5, turns_deg=(3.0, -2.0, 4.0), shift_mm=(5.0, -3.0, 2.0))
    return pair, register(pair.ncct, pair.cta)


def test_the_same_scans_give_the_same_transform_again(registered):
    pair, first = registered
    again = register(pair.ncct, pair.cta)
    assert again.transform.GetParameters() == pytest.approx(first.transform.GetParameters())


def test_a_good_registration_raises_no_doubts(registered):
    pair, found = registered
    quality = assess(pair.ncct, pair.cta, found.transform, found.mutual_information)
    assert quality.doubts() == []
    assert quality.disagreement_mm < 0.7
    assert quality.shift_mm == pytest.approx(np.linalg.norm((5, -3, 2)), abs=0.7)
    turn = rigid_motion((3.0, -2.0, 4.0), (0.0, 0.0, 0.0))[:3, :3]
    angle_deg = np.degrees(np.arccos((np.trace(turn) - 1) / 2))
    assert quality.rotation_deg == pytest.approx(angle_deg, abs=0.3)


def test_a_registration_that_is_off_is_for_a_person_to_look_at(registered, tmp_path):
    pair, found = registered
    wrong = sitk.Euler3DTransform(found.transform)
    wrong.SetTranslation(np.add(wrong.GetTranslation(), (4.0, 0.0, 0.0)).tolist())
    quality = assess(pair.ncct, pair.cta, wrong, found.mutual_information)
    assert quality.disagreement_mm == pytest.approx(4, abs=0.5)
    assert any("both directions differ by" in doubt for doubt in quality.doubts())
    moved = cta_on_ncct(pair.cta, pair.ncct, wrong)
    figure = tmp_path / "registration.png"
    draw_registration(pair.ncct, moved, "case 5", quality, figure)
    assert figure.read_bytes().startswith(b"\x89PNG")


def test_a_cta_of_half_the_head_is_for_a_person_to_look_at(registered):
    pair, found = registered
    half = pair.cta[:, :, 34:]
    quality = assess(pair.ncct, half, found.transform, found.mutual_information)
    assert any("covers" in doubt for doubt in quality.doubts())
