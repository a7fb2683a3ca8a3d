"""The organisations and people of the demo. Nothing here is secret, and nothing here exists outside the demo."""

from dataclasses import dataclass

VENDOR_NAME = "Halcyon Sensors"
VENDOR_ACCOUNT = "999900001111"
PORTAL_USER = "sluice-portal"
PORTAL_PRINCIPAL_ARN = f"arn:aws:iam::{VENDOR_ACCOUNT}:user/{PORTAL_USER}"
SENDER_USER = "building-sender"  # assumes producers' roles; has no access to the portal's
SENDER_PRINCIPAL_ARN = f"arn:aws:iam::{VENDOR_ACCOUNT}:user/{SENDER_USER}"
PASSWORD = "sluice-demo"
PUSHER = "pusher@halcyon.example"  # of the simulated building's API token; never signs in


@dataclass(frozen=True, slots=True)
class Client:
    """A tenant of the demo and its AWS account."""

    slug: str
    name: str
    account_id: str


@dataclass(frozen=True, slots=True)
class Person:
    """A person who can sign in: with a role in a client's tenant, or as the vendor's staff."""

    email: str
    full_name: str
    what: str
    client: Client | None = None
    role: str = ""


NORTHWIND = Client("northwind", "Northwind Estates", "111122223333")
CONTOSO = Client("contoso", "Contoso Towers", "444455556666")
FABRIKAM = Client("fabrikam", "Fabrikam Lofts", "333355557777")
CLIENTS = (NORTHWIND, CONTOSO, FABRIKAM)
DEVICE_STREAM = "sluice-fabrikam-climate"  # only Fabrikam's own devices send to it

PEOPLE = (
    Person("admin@northwind.example", "Nora West", "admin of Northwind Estates: start here", NORTHWIND, "admin"),
    Person("viewer@northwind.example", "Noah West", "viewer of Northwind Estates", NORTHWIND, "viewer"),
    Person(
        "admin@contoso.example", "Carla Torres", "admin of Contoso Towers, which has a live stream", CONTOSO, "admin"
    ),
    Person("admin@fabrikam.example", "Fay Briggs", "admin of Fabrikam Lofts, which has devices", FABRIKAM, "admin"),
    Person("support@halcyon.example", "Sam Porter", "the vendor's support staff", role="support"),
    Person("operator@halcyon.example", "Olga Perez", "the vendor's operator: sees every stream", role="operator"),
)
