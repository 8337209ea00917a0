"""Set-up and demonstration commands; run as ``python -m scripts.NAME`` from the repository."""
