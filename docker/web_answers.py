"""Health check of the web container: does the API answer as it would behind the proxy?"""

import json
import os
import urllib.request

host = json.loads(os.environ["READER_STUDY_ALLOWED_HOSTS"])[0].lstrip(".")
request = urllib.request.Request(
    "http://127.0.0.1:8000/api/session", headers={"Host": host, "X-Forwarded-Proto": "https"}
)
with urllib.request.urlopen(request, timeout=8):  # noqa: S310 (a fixed http address)
    pass
