"""Reads {"records": {name: text}, "messages": [base64]} and prints, for each message, whether each signature verifies."""
import base64
import json
import sys

import dkim

job = json.load(sys.stdin)


def find(name, timeout=5):
    text = job["records"].get(name.decode().rstrip("."))
    return text.encode() if text else None


def verifies(message, n):
    try:
        return message.verify(idx=n, dnsfunc=find)
    except dkim.DKIMException:
        return False


for encoded in job["messages"]:
    message = dkim.DKIM(base64.b64decode(encoded))
    count = sum(1 for name, _ in message.headers if name.lower() == b"dkim-signature")
    print(json.dumps([verifies(message, n) for n in range(count)]))
