from django.http import HttpResponse
from django.urls import include, path, re_path


def page(request, **arguments):
    return HttpResponse("page")


urlpatterns = [
    path("", page),
    path("item/<int:number>/", page),
    re_path(r"^about/$", page),
    re_path(r"^(?P<year>[0-9]+)/$", page),
    path("api/", include([path("health", page), path("logout/", page)])),
]
