"""A rater that reads through the API as a browser would: every file, every run, then a grade."""

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from reader_study.imaging.packed_pixels import unpack_images, unpack_labels
from scripts.api_client import ApiClient, ApiError

GRADE_WEIGHTS = (1, 1, 2, 4)
"""How often the four levels of the demo's protocol come up: mostly good, as in a real study."""
DISAGREEMENT = 0.35


class CheckFailedError(Exception):
    """Something is not as promised; the message says what."""


@dataclass
class ReadCase:
    """What the rater saw of a case and said about it."""

    volume_sha256: str
    grade: int
    media_bytes: int


def expect(condition: object, failure: str) -> None:
    """Raise ``CheckFailedError`` unless the condition holds."""
    if not condition:
        raise CheckFailedError(failure)


def expect_refusal(client: ApiClient, path: str, *statuses: int) -> None:
    """Check that a path is refused with one of the statuses."""
    try:
        client.get_bytes(path)
    except ApiError as error:
        expect(error.status in statuses, f"{path}: refused, but with status {error.status}")
    else:
        raise CheckFailedError(f"{path} was served to somebody who must not see it")


def read_all_cases(client: ApiClient, study_id: str, rater: int) -> list[ReadCase]:
    """Read the rater's whole list in its stored order."""
    read: list[ReadCase] = []
    worklist = client.get(f"/api/reading/{study_id}/worklist")
    levels = [level["value"] for level in worklist["protocol"]["levels"]]
    code = worklist["next"]
    while code is not None:
        case = client.get(f"/api/reading/cases/{code}")
        expect(case["position"] == len(read) + 1, f"case {code} came out of its order")
        digest, size = check_media(client, case["media"])
        grade = scripted_grade(digest, rater, levels)
        answer = submit(client, case, grade)
        read.append(ReadCase(volume_sha256=digest, grade=grade, media_bytes=size))
        expect(answer["submitted"] == len(read), f"case {code} was not counted")
        code = answer["next"]
    expect(len(read) == worklist["total"], f"rater {rater} was given {len(read)} cases")
    return read


def submit(client: ApiClient, case: dict[str, Any], grade: int) -> dict[str, Any]:
    """Submit a grade: refused while a run is unopened, accepted afterwards, locked then."""
    path = f"/api/reading/cases/{case['code']}"
    answers = {"grade": grade, "unscorable_reason": None, "comment": "Scripted rater."}
    runs = case["media"]["manifest"]["runs"]
    expect(runs, f"case {case['code']} has no angiography run")
    expect_post_refusal(client, f"{path}/submit", case["revision"], answers, 400)
    for number in range(len(runs)):
        opened = client.post(f"{path}/opened", {"run": number})
        expect(number in opened["opened_runs"], f"run {number} was not noted as opened")
    answer: dict[str, Any] = client.post(
        f"{path}/submit", {"revision": case["revision"], "answers": answers}
    )
    expect_post_refusal(client, f"{path}/submit", case["revision"] + 1, answers, 409)
    return answer


def expect_post_refusal(
    client: ApiClient, path: str, revision: int, answers: dict[str, Any], status: int
) -> None:
    """Check that the server refuses these answers."""
    expect_post_refused(client, path, {"revision": revision, "answers": answers}, status)


def expect_post_refused(client: ApiClient, path: str, content: dict[str, Any], status: int) -> None:
    """Check that the server refuses what is sent."""
    try:
        client.post(path, content)
    except ApiError as error:
        expect(error.status == status, f"{path}: refused, but with status {error.status}")
    else:
        raise CheckFailedError(f"{path} took what it must refuse")


def check_media(client: ApiClient, media: dict[str, Any]) -> tuple[str, int]:
    """Fetch every file of the manifest, check each one's size; return the volume's hash, bytes."""
    manifest, base = media["manifest"], media["base"]
    volume, labels = manifest["volume"], manifest["labels"]
    content = client.get_bytes(base + volume["file"])
    fetched = len(content)
    voxels = unpack_images(content, volume["shape"], "<i2")
    low, high = volume["clip"]
    expect(low <= voxels.min() <= voxels.max() <= high, "the CT holds values that were clipped")
    volume_sha256 = hashlib.sha256(voxels.tobytes()).hexdigest()
    expect(labels, "the segmentation is missing")
    content = client.get_bytes(base + labels["file"])
    fetched += len(content)
    expect(unpack_labels(content, volume["shape"]).any(), "the segmentation shows no artery")
    for run in manifest["runs"]:
        count = len(run["frames"])
        expect(count == len(run["frameStartsMs"]), "a frame has no time")
        expect(len(set(run["frames"])) == 1, "a run is in several files")
        content = client.get_bytes(base + run["frames"][0])
        fetched += len(content)
        unpack_images(content, (count, run["rows"], run["columns"]), f"<u{run['bits'] // 8}")
    expect(manifest["tree"], "the artery tree is missing")
    tree = client.get_bytes(base + manifest["tree"]["file"])
    expect(tree.startswith(b"glTF"), "the artery tree is no glTF file")
    return volume_sha256, fetched + len(tree)


def scripted_grade(volume_sha256: str, rater: int, levels: Sequence[int]) -> int:
    """Return a grade that depends on the image alone; rater 2 at times moves it by one level."""
    shared = random.Random(volume_sha256)  # noqa: S311 (no secret)
    (index,) = shared.choices(range(len(levels)), weights=GRADE_WEIGHTS)
    if rater == 2 and shared.random() < DISAGREEMENT:
        index += 1 if index == 0 else -1
    return levels[index]
