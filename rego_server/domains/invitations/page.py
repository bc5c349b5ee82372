"""What a browser shows of an invitation's link: how to accept it in a terminal. It never learns the token behind the `#`."""

from __future__ import annotations

from html import escape

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "Referrer-Policy": "no-referrer",
}

_PAGE = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>An invitation to a board on Rego</title>
<style>body {{ font: 1rem/1.6 system-ui, sans-serif; max-width: 40rem; margin: 3rem auto; padding: 0 1rem }}</style>
<h1>You are invited to a board</h1>
<p>Rego is a kanban board for people who live in a terminal. In yours,</p>
<ol>
<li>make an account, if you have none: <code>rego register --server {server}</code>,
<li>or log in with it: <code>rego login --server {server}</code>,
<li>run <code>rego invites accept</code>, and paste the whole address of this page when it asks.
</ol>
<p>The invitation is the part behind the <code>#</code>. It is good once: keep it to yourself.</p>
</html>
"""


def page(server: str) -> str:
    """The page of a server whose address is known, or empty."""
    return _PAGE.format(server=escape(server) or "<var>the beginning of this page's address</var>")
