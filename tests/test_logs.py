"""The logs tell what went wrong and give nothing away."""

import io
import logging

import pytest
from django.test import Client

TOKEN = "a-link-that-still-works"


@pytest.mark.django_db
def test_the_token_of_an_invitation_is_in_no_log_line():
    (console,) = (
        handler
        for handler in logging.getLogger().handlers
        if type(handler) is logging.StreamHandler
    )
    lines = io.StringIO()
    real = console.setStream(lines)
    try:
        Client().post(f"/api/invitations/{TOKEN}/accept", {}, content_type="application/json")
    finally:
        console.setStream(real)
    assert "/api/invitations/…/accept" in lines.getvalue()
    assert TOKEN not in lines.getvalue()
