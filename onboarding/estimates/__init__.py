"""How many shards traffic needs, which limit decides, and what a stream costs in a month. Pure, but for the command."""
