"""The one door to AWS: the only package that imports boto3, and it knows neither Django nor Celery."""
