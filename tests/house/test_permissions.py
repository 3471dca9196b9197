"""No view without a declared permission, and none whose unsafe methods slip past the form token."""

from __future__ import annotations

from flask import Flask

from portal.kernel import permissions
from portal.kernel.permissions import Permission


def test_every_view_declares_a_permission(app: Flask) -> None:
    bare = [rule.rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"
            and not isinstance(getattr(app.view_functions[rule.endpoint], "permission", None), Permission)]
    assert bare == []


def test_permissions_are_of_the_table(app: Flask) -> None:
    used = {app.view_functions[rule.endpoint].permission for rule in app.url_map.iter_rules()
            if rule.endpoint != "static"}
    assert used <= set(permissions.ALL)


def test_public_views_take_no_form(app: Flask) -> None:
    """A public page has no session, hence no form token: nothing may be changed through one."""
    unsafe = [rule.rule for rule in app.url_map.iter_rules()
              if rule.endpoint != "static" and app.view_functions[rule.endpoint].permission.public
              and rule.methods - {"GET", "HEAD", "OPTIONS"}]
    assert unsafe == []


def test_the_trust_boundary_is_the_address(app: Flask) -> None:
    """Staff addresses ask for staff, filers' for a member, account addresses for an account."""
    wanted = {"/review/": lambda p: bool(p.staff), "/admin/": lambda p: bool(p.staff),
              "/workspace/": lambda p: p.account, "/account/": lambda p: p.account}
    wrong = [rule.rule for rule in app.url_map.iter_rules() for prefix, good in wanted.items()
             if rule.rule.startswith(prefix) and not good(app.view_functions[rule.endpoint].permission)]
    assert wrong == []
