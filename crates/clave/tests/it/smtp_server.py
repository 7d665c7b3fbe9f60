"""A real mail server for the tests: aiosmtpd, told how to behave.

Prints its port, then one JSON line for each message that it was given whole. Ends when its standard input does.
"""

import argparse
import asyncio
import json
import logging
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult


def say(what):
    print(json.dumps(what), flush=True)


class Handler:
    def __init__(self, behaviour):
        self.behaviour = behaviour

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.behaviour == "refuse":
            return f"550 5.1.1 <{address}> unknown"
        if self.behaviour == "denied":
            return f"550 5.7.1 <{address}> Relay access denied"
        if self.behaviour == "later":
            return f"451 4.7.1 <{address}> greylisted"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server, session, envelope):
        say(
            {
                "from": envelope.mail_from,
                "to": envelope.rcpt_tos,
                "content": envelope.content.decode("ascii"),
                "tls": server.transport.get_extra_info("ssl_object") is not None,
                "user": session.auth_data.login.decode() if session.auth_data else None,
                "peer": session.peer[1],
            }
        )
        if self.behaviour == "hang":
            await asyncio.sleep(3600)
        if self.behaviour == "drop":
            server.transport.abort()
        return "250 2.0.0 OK"


def login(server, session, envelope, mechanism, data):
    right = (data.login, data.password) == (b"clavero", b"secreto")
    return AuthResult(success=right, handled=False, auth_data=data)


async def main():
    logging.disable()  # refusals are what the tests are about
    parser = argparse.ArgumentParser()
    parser.add_argument("--behaviour", default="accept")
    parser.add_argument("--security", choices=["none", "starttls", "tls"], default="none")
    parser.add_argument("--certificate")
    parser.add_argument("--key")
    parser.add_argument("--auth", action="store_true")
    arguments = parser.parse_args()
    context = None
    if arguments.certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(arguments.certificate, arguments.key)
    starttls = arguments.security == "starttls"

    def protocol():
        return SMTP(
            Handler(arguments.behaviour),
            hostname="localhost",
            tls_context=context if starttls else None,
            require_starttls=starttls,
            authenticator=login,
            auth_required=arguments.auth,
            auth_require_tls=starttls,
        )

    wrapped = context if arguments.security == "tls" else None
    server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", 0, ssl=wrapped)
    say(server.sockets[0].getsockname()[1])
    await asyncio.to_thread(sys.stdin.read)


asyncio.run(main())
