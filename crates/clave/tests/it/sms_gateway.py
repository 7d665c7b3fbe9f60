"""An SMS gateway for the tests that keeps to docs/SMS-GATEWAY.md, told how to behave. Nothing of it is ours: Python's http.server and hmac.

Prints its port, then one JSON line for each request. Ends when its standard input does.
"""

import argparse
import hashlib
import hmac
import json
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

lock = threading.Lock()


def say(what):
    with lock:
        print(json.dumps(what), flush=True)


def signature(secret, timestamp, body):
    return "v1=" + hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


class Gateway(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def signed(self, body):
        timestamp = self.headers.get("Clavero-Timestamp", "")
        wanted = signature(self.server.secret, timestamp, body)
        return hmac.compare_digest(wanted, self.headers.get("Clavero-Signature", ""))

    def answer(self, status, what=b"", **headers):
        body = what if isinstance(what, bytes) else json.dumps(what).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        signed = self.signed(b"")
        say({"probe": signed})
        self.answer(204 if signed else 401)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        behaviour = self.server.behaviour
        say(
            {
                "signed": self.signed(body),
                "key": self.headers.get("Idempotency-Key"),
                "timestamp": self.headers.get("Clavero-Timestamp"),
                "type": self.headers.get("Content-Type"),
                "message": json.loads(body),
                "path": self.path,
            }
        )
        reference = "g-" + json.loads(body)["id"][:8]
        if behaviour == "accept":
            self.answer(202, {"reference": reference, "receipts": True})
        elif behaviour == "silent":
            self.answer(200, {"reference": reference, "receipts": False})
        elif behaviour == "nonsense":
            self.answer(200, b"<html>")
        elif behaviour == "huge":
            self.answer(200, {"reference": reference, "receipts": True, "rest": "x" * 100_000})
        elif behaviour == "busy":
            self.answer(429, Retry_After="7")
        elif behaviour == "redirect":
            self.answer(307, Location=f"http://127.0.0.1:{self.server.server_port}/elsewhere")
        elif behaviour == "slow":
            time.sleep(2)
            self.answer(200, {"reference": reference, "receipts": True})
        elif behaviour == "hang":
            time.sleep(3600)
        elif behaviour == "drop":
            self.close_connection = True
            self.connection.close()
        else:
            self.answer(int(behaviour))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--behaviour", default="accept")
    parser.add_argument("--secret", default="0123456789abcdef0123456789abcdef")
    arguments = parser.parse_args()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
    server.daemon_threads = True
    server.behaviour, server.secret = arguments.behaviour, arguments.secret
    say(server.server_port)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()


main()
