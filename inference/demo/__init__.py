"""The demo model: trained and scored on phantoms only."""
