"""Why no data arrives: every check that can name a cause, in the order of causes. order.py lists them."""
