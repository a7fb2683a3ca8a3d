"""The URLs of stream health."""

from django.urls import path

from monitoring import views

urlpatterns = [
    path("board/", views.board, name="board"),
    path("t/<slug:slug>/streams/", views.streams, name="streams"),
    path("t/<slug:slug>/streams/<slug:uid>/", views.stream, name="stream"),
]
