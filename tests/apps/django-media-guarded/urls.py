from django.contrib.auth.decorators import login_required
from django.urls import path
from django.views.static import serve
from site_settings import MEDIA_ROOT


@login_required
def private(request, p):
    return serve(request, p, document_root=MEDIA_ROOT)


urlpatterns = [path("media/<path:p>", private)]
