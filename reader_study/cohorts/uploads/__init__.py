"""Uploads: files come in piece by piece, wait in quarantine for the intake, and are destroyed."""
