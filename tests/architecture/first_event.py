"""Signs in as a tenant's admin through nginx and opens an event stream; run by Debian's Python on the server itself."""

import http.cookiejar
import re
import socket
import ssl
import subprocess
import time
import urllib.parse
import urllib.request

PORTAL = "https://portal.example.com"
PASSWORD = "five-long-words-of-a-test"

resolved = socket.getaddrinfo
socket.getaddrinfo = lambda host, *rest, **more: resolved("127.0.0.1", *rest, **more)
for command in (
    "tenant create events --name Events",
    "person create admin@events.example --tenant events --role admin --password-stdin",
):
    call = ["sluice-manage", *command.split()]
    subprocess.run(call, input=PASSWORD.encode(), check=True, stdout=subprocess.DEVNULL, timeout=60)

trusted = urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile="/etc/sluice/tls/certificate.pem"))
cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
browser = urllib.request.build_opener(trusted, cookies)
page = browser.open(f"{PORTAL}/accounts/login/").read().decode()
token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
fields = dict.fromkeys(re.findall(r'<input[^>]* name="(\w+)"', page), "")
fields |= {"csrfmiddlewaretoken": token, "username": "admin@events.example", "password": PASSWORD}
form = urllib.parse.urlencode(fields).encode()
browser.addheaders = [("Referer", f"{PORTAL}/accounts/login/")]
browser.open(f"{PORTAL}/accounts/login/", form).read()
began = time.monotonic()
with browser.open(f"{PORTAL}/events/tenant/events/", timeout=30) as stream:
    line = stream.readline().decode().strip()
    print(f"first line after {time.monotonic() - began:.2f} s: {stream.headers['Content-Type']}: {line}")
