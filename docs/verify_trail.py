"""Verify an exported audit trail without the program that wrote it.

    python verify_trail.py trail.json keys.txt [SEQUENCE:MAC …]

keys.txt has one audit key a line; further arguments are heads that exports show. Python alone is
needed. Ends with status 1 where something does not hold.
"""

import hashlib
import hmac
import json
import sys
from pathlib import Path


def mac(key: bytes, content: dict[str, object]) -> str:
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hmac.new(key, canonical.encode(), hashlib.sha256).hexdigest()


def main(trail_file: str, key_file: str, *heads: str) -> str | None:
    trail = json.loads(Path(trail_file).read_text(encoding="utf-8"))
    keys = {
        hmac.new(key, b"key id", hashlib.sha256).hexdigest()[:16]: key
        for key in Path(key_file).read_bytes().split()
    }
    previous, withheld = "", 0
    for place, event in enumerate(trail["events"], start=1):
        stated = event["mac"]
        content = {key: value for key, value in event.items() if key != "mac"}
        if content.pop("withheld", False):  # its content is not in the file, its MAC is
            withheld += 1
        elif event["key_id"] not in keys:
            return f"event {place}: key {event['key_id']} is not in {key_file}"
        elif stated != mac(
            keys[event["key_id"]],
            {**content, "chain": trail["chain"], "sequence": place, "previous": previous},
        ):
            return f"event {place}: the chain is broken here"
        previous = stated
    if trail["head"] != {"sequence": len(trail["events"]), "mac": previous}:
        return "the head is not that of the last event"
    for head in heads:
        sequence, beginning = head.split(":")
        if not 0 < int(sequence) <= len(trail["events"]):
            return f"{head}: the trail has {len(trail['events'])} events"
        if not trail["events"][int(sequence) - 1]["mac"].startswith(beginning):
            return f"{head}: another event stands there"
    events = len(trail["events"])
    print(f"unbroken: {events} events, {withheld} of them withheld; {len(heads)} heads fit")
    return None


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
