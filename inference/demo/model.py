"""The small model that is shipped for demonstrations. Phantoms only, not for clinical use."""

from pathlib import Path

DEMO_MODEL_NAME = "demo-model-phantoms-only"
DEMO_MODEL_DIRECTORY = Path(__file__).parent / "phantoms_only_model"
DEMO_MODEL_NOTICE = "Demo model, trained on phantoms only. Not for clinical use."
