"""What Firehose could not deliver, from the files under a delivery's error prefix."""
