"""`python -m portal.demo.run PART [ARGUMENT…]`: sets Django up, then runs one part of the demo that uses its models."""

import importlib
import sys

import django

PARTS = {"seed": "portal.demo.seed", "example": "portal.demo.example"}

if __name__ == "__main__":
    django.setup()
    from portal import database_scope

    with database_scope.every_tenant("the demo plays the vendor and all clients"):
        importlib.import_module(PARTS[sys.argv[1]]).main(sys.argv[2:])
