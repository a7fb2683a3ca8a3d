"""The pages that decide who sees records: allowed fields, withheld rights, and acts of unmasking; and the download."""
