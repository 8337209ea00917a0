"""The protocols to start from are complete: a coordinator can open a study with any of them."""

import pytest

from reader_study.studies.protocol import ProtocolDocument
from reader_study.studies.protocol_templates import PROTOCOL_TEMPLATES, SEED_STUDY_PROTOCOL

DOCUMENTS = {template.key: template.document for template in PROTOCOL_TEMPLATES}


@pytest.mark.parametrize("key", DOCUMENTS)
def test_a_template_is_a_valid_protocol_with_an_anchor_for_each_level(key):
    document = ProtocolDocument.model_validate_json(DOCUMENTS[key].model_dump_json())
    assert document == DOCUMENTS[key]
    assert all(len(level.anchor) > 20 for level in document.levels)
    assert len({level.anchor for level in document.levels}) == len(document.levels)
    assert document.unscorable_reasons
    assert document.resamples >= 100_000


def test_the_templates_cover_the_scales_in_use():
    values = {key: document.level_values for key, document in DOCUMENTS.items()}
    assert values["three-point"] == [1, 2, 3]
    assert values["four-point"] == [1, 2, 3, 4]
    assert values["zero-to-five"] == [0, 1, 2, 3, 4, 5]


def test_the_seed_studys_template_repeats_one_case_in_ten_after_four_weeks():
    repeats = SEED_STUDY_PROTOCOL.repeats
    assert repeats is not None
    assert (repeats.share, repeats.minimum, repeats.washout_days) == (0.1, 30, 28)
    assert SEED_STUDY_PROTOCOL.calibration is None


def test_the_per_segment_template_asks_for_twelve_segments_and_clinical_use():
    document = DOCUMENTS["per-segment"]
    assert len(document.territories) == 12
    assert [question.label for question in document.questions] == [
        "Clinically usable to plan thrombectomy?"
    ]
