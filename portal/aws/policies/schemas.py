"""The action that reads a schema from AWS Glue Schema Registry."""

# Asked by the schema version's ID, it names no resource, so AWS cannot limit it to one registry:
# https://github.com/awslabs/aws-glue-schema-registry/issues/68
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsglue.html
GET_SCHEMA = "glue:GetSchemaVersion"
