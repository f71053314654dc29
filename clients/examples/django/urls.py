"""The addresses of the app."""

from django.urls import path
from users import sign_in
from views import home, hooks, link, linked

urlpatterns = [
    path("", home, name="home"),
    path("sign-in", sign_in, name="sign-in"),
    path("link", link, name="link"),
    path("linked", linked),
    path("hooks", hooks),
]
