"""People who sign in to the admin."""

from django.test import Client

from tests.world import PASSWORD


def signed_in(email: str) -> Client:
    client = Client()
    assert client.login(username=email, password=PASSWORD)
    return client
