"""A mail server for the tests.

It prints its port on the first line, then a line of JSON for each mail or silent connection.
"""

import argparse
import asyncio
import email
import email.policy
import ipaddress
import json
import logging
import ssl

from aiosmtpd.smtp import SMTP, AuthResult

# It warns of a name that it uses itself.
logging.getLogger("mail.log").setLevel(logging.ERROR)

parser = argparse.ArgumentParser()
parser.add_argument("--starttls", nargs=2, metavar=("CERTIFICATE", "KEY"))
parser.add_argument("--tls", nargs=2, metavar=("CERTIFICATE", "KEY"))
parser.add_argument("--login", nargs=2, metavar=("USER", "PASSWORD"))
parser.add_argument("--refuse", action="store_true", help="550 to every recipient")
parser.add_argument("--busy", type=int, default=0, help="451 to so many recipients at first")
parser.add_argument("--picky", action="store_true", help="504 to a greeting without a full name")
parser.add_argument("--silent", action="store_true", help="never say a word")
options = parser.parse_args()


def say(what):
    print(json.dumps(what) if isinstance(what, dict) else what, flush=True)


def part(message, kind):
    body = message.get_body((kind,))
    return body and body.get_content()


def is_full_name(name):
    """Whether a server that wants a full name takes this one: Postfix's reject_non_fqdn_helo."""
    if name.startswith("[") and name.endswith("]"):
        name = name[1:-1]
        is_v6 = name.startswith("IPv6:")
        address = ipaddress.ip_address(name.removeprefix("IPv6:"))
        return address.version == (6 if is_v6 else 4)
    return "." in name and not name.replace(".", "").isdigit()


class Handler:
    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name = hostname
        if options.picky and not is_full_name(hostname):
            return ["504 5.5.2 a fully qualified host name is wanted"]
        return responses

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        if options.refuse:
            return "550 5.1.1 nobody of that name lives here"
        if options.busy > 0:
            options.busy -= 1
            say({"refused": address})
            return "451 4.7.1 greylisted, come back later"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 fine"

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        say({
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "headers": {name.lower(): str(value) for name, value in message.items()},
            "hello": session.host_name,
            "encrypted": session.ssl is not None or options.tls is not None,
            "text": part(message, "plain"),
            "html": part(message, "html"),
        })
        return "250 2.0.0 taken as 4711"


def check_login(server, session, envelope, mechanism, data):
    sent = [data.login.decode(), data.password.decode()]
    return AuthResult(success=sent == options.login, handled=False)


def context(files):
    if files is None:
        return None
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(*files)
    return made


async def stay_silent(reader, writer):
    say({"connected": True})
    await asyncio.Event().wait()


async def main():
    loop = asyncio.get_running_loop()

    def talk():
        return SMTP(
            Handler(),
            hostname="mail.test",
            loop=loop,
            tls_context=context(options.starttls),
            authenticator=check_login,
            auth_required=options.login is not None,
        )

    if options.silent:
        server = await asyncio.start_server(stay_silent, "127.0.0.1", 0)
    else:
        server = await loop.create_server(talk, "127.0.0.1", 0, ssl=context(options.tls))
    say(server.sockets[0].getsockname()[1])
    await server.serve_forever()


asyncio.run(main())
