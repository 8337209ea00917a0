"""The C-arm's geometry against the published examples and against plain optics."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reader_study.imaging.carm import (
    CArmView,
    detector_direction,
    detector_right,
    detector_up,
)

angles = st.floats(-120, 120)


def view(primary: float = 0.0, secondary: float = 0.0, **changes) -> CArmView:
    settings = {"sid_mm": 1100.0, "sod_mm": 750.0, "pixel_spacing_mm": (0.3, 0.3)}
    return CArmView(primary, secondary, rows=512, columns=640, **{**settings, **changes})


@pytest.mark.parametrize(
    ("primary", "secondary", "direction"),
    [
        (0, 0, (0, -1, 0)),
        (90, 0, (1, 0, 0)),
        (0, 25, (0, -0.9063, 0.4226)),
        (30, 20, (0.4698, -0.8138, 0.3420)),
    ],
)
def test_detector_direction_matches_the_published_examples(primary, secondary, direction):
    assert detector_direction(primary, secondary) == pytest.approx(direction, abs=5e-5)


def test_in_the_pa_view_the_patients_left_is_on_the_right_and_the_head_up():
    (column, row), (_, head_row) = view().project([(50, 0, 0), (0, 0, 50)])
    assert column > 319.5
    assert row == pytest.approx(255.5)
    assert head_row < 255.5


def test_in_the_left_lateral_view_the_front_of_the_head_is_on_the_left():
    ((column, _),) = view(90).project([(0, -50, 0)])
    assert column < 319.5


@given(angles, angles)
def test_direction_up_and_right_are_a_right_handed_frame(primary, secondary):
    axes = [f(primary, secondary) for f in (detector_right, detector_up, detector_direction)]
    np.testing.assert_allclose(np.stack(axes) @ np.stack(axes).T, np.eye(3), atol=1e-12)
    assert np.linalg.det(np.stack(axes)) == pytest.approx(1)


@given(angles, angles, st.tuples(*[st.floats(-50, 50)] * 3))
def test_the_isocentre_is_always_at_the_centre_of_the_detector(primary, secondary, isocentre):
    projected = view(primary, secondary, isocentre_lps_mm=isocentre).project([isocentre])
    np.testing.assert_allclose(projected, [(319.5, 255.5)], atol=1e-6)


@pytest.mark.parametrize("towards_detector_mm", [-100, 0, 100])
def test_magnification_is_sid_over_distance_from_the_source(towards_detector_mm):
    depth = 750 + towards_detector_mm
    centre = detector_direction(30, 20) * towards_detector_mm
    points = [centre, centre + 10 * detector_right(30, 20), centre + 10 * detector_up(30, 20)]
    origin, right, up = view(30, 20, pixel_spacing_mm=(0.4, 0.2)).project(points)
    assert right - origin == pytest.approx((10 * 1100 / depth / 0.2, 0))
    assert up - origin == pytest.approx((0, -10 * 1100 / depth / 0.4))


def test_the_matrix_gives_depth_from_the_source_as_its_third_coordinate():
    arm = view(-40, 10, isocentre_lps_mm=(5, 6, 7))
    point = np.array([12.0, -8.0, 30.0])
    depth = (arm.projection_matrix() @ [*point, 1])[2]
    assert depth == pytest.approx((point - arm.source_lps_mm()) @ detector_direction(-40, 10))
