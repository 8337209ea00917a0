"""Put an evaluation into the card of the model that was evaluated."""

import json
from pathlib import Path
from typing import Any

from inference.errors import ModelError
from inference.models.card_text import model_card_text, with_evaluation


def put_into_card(directory: Path, evaluation: dict[str, Any]) -> None:
    """Write an evaluation into ``model-card.json`` and ``MODEL_CARD.md`` of a model.

    Nothing that the model's SHA-256 covers is touched: it stays the same model. Of a text that is
    there only the section about the evaluation changes.

    Parameters
    ----------
    directory
        The model's directory, already verified.
    evaluation
        `inference.evaluation.evaluate.Evaluation.as_json`.

    Raises
    ------
    ModelError
        If the card would become too large to be read again.
    """
    from inference.models.files import LARGEST_JSON_BYTES

    path, text_path = directory / "model-card.json", directory / "MODEL_CARD.md"
    card = json.loads(path.read_text()) | {"evaluation": evaluation}
    content = json.dumps(card, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    if len(content.encode()) > LARGEST_JSON_BYTES:
        raise ModelError(
            f"{path} would be larger than {LARGEST_JSON_BYTES} bytes with this evaluation; "
            "nothing was written"
        )
    before = text_path.read_text() if text_path.is_file() else None
    text = model_card_text(card) if before is None else with_evaluation(before, evaluation)
    for target, new in ((path, content), (text_path, text)):
        unfinished = target.with_name(target.name + ".new")
        unfinished.write_text(new)
        unfinished.replace(target)
