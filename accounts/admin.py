"""Accounts in the administrators' pages. What proves something can be revoked, never read."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from accounts.models import AuditEntry, Token, User

admin.site.unregister(Group)
# One door for all: the sign-in page slows guessing and writes sessions down.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]


class ReadOnly(ModelAdmin):
    """To be looked at; changed only by the deeds that the studio knows."""

    show_full_result_count = False  # counting a whole table is for nobody
    actions = None

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(User)
class PeopleAdmin(UserAdmin, ModelAdmin):
    form, add_form = UserChangeForm, UserCreationForm
    change_password_form = AdminPasswordChangeForm
    ordering = ("email",)
    list_display = ("email", "is_active", "is_superuser", "date_joined", "last_login")
    list_filter = ("is_active", "is_superuser")
    search_fields = ("email",)
    fieldsets = (
        (None, {"fields": ("email", "password")}),
        (None, {"fields": ("first_name", "last_name", "is_active", "is_staff", "is_superuser")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "password1", "password2")}),)


@admin.register(Token)
class TokenAdmin(ReadOnly):
    list_display = ("name", "user", "created_at", "revoked_at")
    fields = list_display
    list_select_related = ("user",)


@admin.register(AuditEntry)
class AuditAdmin(ReadOnly):
    list_display = ("at", "actor", "deed", "target")
    list_filter = ("deed",)
    list_select_related = ("actor",)

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False
