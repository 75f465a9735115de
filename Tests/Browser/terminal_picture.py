#!/usr/bin/env python3
"""A picture of what a command shows at a terminal.

usage: terminal_picture.py PICTURE.png [--columns N] [--prompt TEXT] [--seconds N] -- COMMAND...

The command runs in a pseudo-terminal of N columns; what it writes there, results and messages alike, becomes a page that
Chromium takes a picture of. TEXT stands behind the `$` instead of the command. After --seconds it is stopped and shown as it
is then, e.g. with a progress display. Understands line feeds, carriage returns, backspaces and SGR (bold, colours).
Needs chromium and chromedriver (Debian: chromium chromium-driver). Standard library only.
"""
import argparse
import base64
import fcntl
import html
import os
import pty
import re
import select
import shlex
import signal
import struct
import sys
import tempfile
import termios
import time
import unicodedata

from login_in_chromium import Browser

COLOURS = ["#24292f", "#cf222e", "#1a7f37", "#9a6700", "#0969da", "#8250df", "#1b7c83", "#d0d7de"]


def run(command, columns, seconds):
    """What the command wrote to its terminal."""
    child, master = pty.fork()
    if child == 0:
        os.environ["TERM"] = "xterm-256color"
        try:
            os.execvp(command[0], command)
        except OSError as error:
            print(f"{command[0]}: {error.strerror}", file=sys.stderr)
            os._exit(127)
    fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", 60, columns, 0, 0))
    output, end = b"", time.monotonic() + seconds
    while True:
        left = end - time.monotonic()
        if left <= 0:
            os.kill(child, signal.SIGTERM)
            break
        if not select.select([master], [], [], left)[0]:
            continue
        try:
            data = os.read(master, 65536)
        except OSError:
            break
        if not data:
            break
        output += data
    os.close(master)
    os.waitpid(child, 0)
    return output.decode("utf-8", "replace")


def width(character):
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def screen(text, columns):
    """The rows of the terminal; each a list of (character, style)."""
    rows, row, column, style = [[]], 0, 0, (False, None)
    position = 0
    while position < len(text):
        escape = re.compile(r"\x1b\[([0-9;]*)([A-Za-z])").match(text, position)
        if escape:
            if escape[2] == "m":
                for code in (escape[1] or "0").split(";"):
                    number = int(code or 0)
                    if number == 0:
                        style = (False, None)
                    elif number == 1:
                        style = (True, style[1])
                    elif 30 <= number <= 37:
                        style = (style[0], COLOURS[number - 30])
            elif escape[2] == "K":
                rows[row] = rows[row][:column]
            position = escape.end()
            continue
        character = text[position]
        position += 1
        if character == "\n":
            row, column = row + 1, column
            rows.append([])
        elif character == "\r":
            column = 0
        elif character == "\b":
            column = max(0, column - 1)
        elif character >= " ":
            if column + width(character) > columns:
                rows.append([])
                row, column = row + 1, 0
            line = rows[row]
            line.extend([(" ", (False, None))] * (column - len(line)))
            line[column:column + 1] = [(character, style)]
            column += 1
    while rows and not rows[-1]:
        rows.pop()
    return rows


def page(prompt, rows, columns):
    lines = [f'<b class="prompt">$</b> <b>{html.escape(prompt)}</b>']
    for row in rows:
        spans = []
        for character, (bold, colour) in row:
            style = ("font-weight:bold;" if bold else "") + (f"color:{colour}" if colour else "")
            text = html.escape(character)
            spans.append(f'<span style="{style}">{text}</span>' if style else text)
        lines.append("".join(spans))
    return f"""<!doctype html><meta charset="utf-8"><style>
body {{ margin: 0; background: #fff; }}
pre {{ margin: 0; padding: 14px 18px; font: 14px/19px "DejaVu Sans Mono", "Liberation Mono", monospace; color: #24292f;
       border: 1px solid #d0d7de; border-radius: 8px; width: {columns}ch; white-space: pre-wrap;
       overflow-wrap: anywhere; }}
.prompt {{ color: #1a7f37; }}
</style><pre>""" + "\n".join(lines) + "</pre>", len(lines)


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("picture")
    parser.add_argument("--columns", type=int, default=100)
    parser.add_argument("--prompt")
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("command", nargs="+")
    options = parser.parse_args()
    text = run(options.command, options.columns, options.seconds)
    prompt = options.prompt or shlex.join(options.command)
    content, count = page(prompt, screen(text, options.columns), options.columns)
    browser = Browser(int(options.columns * 9) + 60, count * 20 + 400)
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "terminal.html")
            with open(path, "w", encoding="utf-8") as file:
                file.write(content)
            browser.open("file://" + path)
            picture = browser.call("GET", f"/element/{browser.find('pre')}/screenshot")
    finally:
        browser.close()
    with open(options.picture, "wb") as file:
        file.write(base64.b64decode(picture))


if __name__ == "__main__":
    main()
