from django.apps import AppConfig


class MessagesConfig(AppConfig):
    name = "portal.messages"
    label = "message_catalogue"  # "messages" is django.contrib.messages
