from django.contrib.auth.decorators import login_required
from django.urls import path
from django.views.static import serve

urlpatterns = [path("media/invoices/<path:path>", login_required(serve), {"document_root": "media/invoices"})]
