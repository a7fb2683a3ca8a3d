"""How long the slow AWS takes: read by the emulator and, in another environment, by what measures against it."""

STREAM_CREATING_SECONDS = 10.0
STREAM_UPDATING_SECONDS = 3.0
FIREHOSE_CREATING_SECONDS = 15.0
IAM_SECONDS = 10.0
