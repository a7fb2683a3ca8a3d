"""The page of one record, which opens in the row of a table too; and the bytes of its data record."""
