"""What the checks of the independent clients share: a person with a browser and a phone, and a portal's own listener."""
import http.server
import json
import queue
import ssl
import subprocess
import threading
import urllib.parse


class Person:
    """Logs in with `citizen-phone login` and goes on in the same browser with curl."""

    def __init__(self, settings):
        self.phone, self.ca, self.jar = settings["phone"], settings["ca"], settings["cookie_jar"]

    def login(self, url):
        """The address of the portal to which the browser comes back."""
        program, *options = self.phone
        result = subprocess.run(
            [program, "login", url, "--json", "--stop-at-callback", "--cookie-jar", self.jar, *options],
            capture_output=True, text=True, timeout=60, check=False)
        if result.returncode != 0:
            raise RuntimeError(f"citizen-phone: {result.stdout}{result.stderr}")
        return json.loads(result.stdout)["callback"]

    def open(self, url):
        """The status of a page and where it redirects to; the redirect is not followed."""
        result = subprocess.run(
            ["curl", "--silent", "--show-error", "--max-time", "30", "--cacert", self.ca, "--cookie", self.jar,
             "--cookie-jar", self.jar, "--output", "/dev/null", "--write-out", "%{http_code} %{redirect_url}", url],
            capture_output=True, text=True, timeout=60, check=True)
        status, _, target = result.stdout.partition(" ")
        return int(status), target


class Listener:
    """The portal's endpoint for logout tokens, over TLS."""

    def __init__(self, settings):
        received = self.received = queue.Queue()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                received.put((self.path, self.headers["Content-Type"], urllib.parse.parse_qs(body)))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *arguments):
                pass

        address = ("127.0.0.1", urllib.parse.urlsplit(settings["portal"]).port)
        self.server = http.server.HTTPServer(address, Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(settings["certificate"], settings["certificate_key"])
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def next(self):
        """Path, content type and form of the next call."""
        return self.received.get(timeout=20)


class Checks:
    """Runs named checks in order and prints one JSON object: each name with "passed" or what was wrong."""

    def __init__(self):
        self.results = {}

    def run(self, name, function):
        try:
            function()
            self.results[name] = "passed"
        except Exception as error:  # whatever a client library throws is the result
            self.results[name] = f"{type(error).__name__}: {error}"

    def report(self, client):
        print(json.dumps({"client": client, "checks": self.results}))


def require(condition, message):
    if not condition:
        raise AssertionError(message)
