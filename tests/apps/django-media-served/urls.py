from django.urls import re_path
from django.views.static import serve
from site_settings import MEDIA_ROOT

urlpatterns = [re_path(r"^media/(?P<path>.*)$", serve, {"document_root": MEDIA_ROOT})]
