#!/bin/sh
# Opens the window on the demo; without a display it says so and runs the demo headless.
set -eu
cd "$(dirname "$0")/.."
python=${VENV:-.venv}/bin/python
if [ -z "${DISPLAY:-}" ] && [ -z "${WAYLAND_DISPLAY:-}" ] && [ "$(uname -s)" = Linux ]; then
  echo "There is no display here (DISPLAY and WAYLAND_DISPLAY are empty): running the demo headless."
  exec "$python" -m casefield demo --headless
fi
"$python" packaging/system_libraries.py
exec "$python" -m casefield demo
