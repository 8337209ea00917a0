"""Health check of the web container: is it ready, asked as it would be behind the proxy?

It is not while migrations are due or final rows are unguarded, so the proxy waits.
"""

import json
import os
import urllib.request

host = json.loads(os.environ["READER_STUDY_ALLOWED_HOSTS"])[0].lstrip(".")
request = urllib.request.Request(
    "http://127.0.0.1:8000/ready", headers={"Host": host, "X-Forwarded-Proto": "https"}
)
with urllib.request.urlopen(request, timeout=8):  # noqa: S310 (a fixed http address)
    pass
