"""In place of the importing process: dies as the request's source says, or never answers."""

import json
import os
import sys
import time
from pathlib import Path

request = json.loads(sys.stdin.readline())
way = Path(request["source"]).stem
if way.isdigit():
    os.kill(os.getpid(), int(way))
time.sleep(60)
