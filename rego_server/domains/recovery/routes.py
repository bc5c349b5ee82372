"""`/auth`: forgotten passwords, and e-mail addresses that are yet to be verified."""

from __future__ import annotations

from functools import partial

from rego.wire.users import ForgotPassword, PasswordReset, Requested, RequestVerification, ResetPassword, User, Verify
from rego_server.domains.auth.routes import AUTH
from rego_server.domains.recovery import actions
from rego_server.web.admission import Tier
from rego_server.web.endpoint import Anyone, Request, RouteTable

table = RouteTable()


@table.add("POST", "/auth/forgot-password", needs=Anyone, tier=Tier.LOGIN, status=202)
async def forgot_password(request: Request, body: ForgotPassword) -> Requested:
    """Have a token mailed that sets a new password; the answer is the same, and as quick, for an address without an account."""
    await request.admit_account(body.email)
    mailroom = request.mailroom
    # Whether there is such an account is found out only after this answer, so that not even its delay tells.
    mailroom.post_when_written(partial(request.run, actions.forgot_password, body.email, mailroom.server))
    return Requested()


@table.add("POST", "/auth/reset-password", needs=Anyone, tier=Tier.LOGIN)
async def reset_password(request: Request, body: ResetPassword) -> PasswordReset:
    """Set a new password with such a token; all sessions end, personal tokens stay."""
    hashed = await request.http.app[AUTH].passwords.hash(body.password)
    return await request.run(actions.reset_password, body.token, hashed)


@table.add("POST", "/auth/request-verify-token", needs=Anyone, tier=Tier.LOGIN, status=202)
async def request_verification(request: Request, body: RequestVerification) -> Requested:
    """Have a token mailed that verifies the address; the answer is the same for an address without an account."""
    await request.admit_account(body.email)
    mailroom = request.mailroom
    mailroom.post_when_written(partial(request.run, actions.request_verification, body.email, mailroom.server))
    return Requested()


@table.add("POST", "/auth/verify", needs=Anyone, tier=Tier.LOGIN)
async def verify(request: Request, body: Verify) -> User:
    """Verify the address that the token was mailed to."""
    return await request.run(actions.verify, body.token)
