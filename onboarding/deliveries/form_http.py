"""The inputs of HTTP endpoints and Splunk."""

from onboarding.deliveries.form_inputs import Input, InputKind
from onboarding.deliveries.form_parts import BACKUP, DESTINATION, Group, retry_duration, secret_arn

HTTP = (
    Group(
        DESTINATION,
        (
            Input("destination.url", "URL", "https://…, without user name or password."),
            Input("destination.endpoint_name", "Endpoint name", "", required=False),
            secret_arn("api_key, if the endpoint requires an access key", required=False),
            Input(
                "destination.content_encoding",
                "Content encoding",
                "",
                InputKind.CHOICE,
                (("NONE", "None"), ("GZIP", "GZIP")),
                "NONE",
            ),
            Input(
                "destination.attributes",
                "Request attributes",
                "One per line, such as site: harbour.",
                InputKind.PAIRS,
                required=False,
            ),
            BACKUP,
            retry_duration("300"),
        ),
        closed=False,
    ),
)
SPLUNK = (
    Group(
        DESTINATION,
        (
            Input("destination.hec_endpoint", "HTTP Event Collector URL", "https://…:8088"),
            Input(
                "destination.hec_endpoint_type",
                "Endpoint type",
                "",
                InputKind.CHOICE,
                (("Raw", "Raw"), ("Event", "Event: records are in Splunk’s event format")),
                "Raw",
            ),
            secret_arn("hec_token"),
            Input(
                "destination.ack_timeout_seconds",
                "Acknowledgement timeout",
                "180 to 600.",
                InputKind.WHOLE,
                initial="180",
                required=False,
                unit="seconds",
            ),
            BACKUP,
            retry_duration("300"),
        ),
        closed=False,
    ),
)
