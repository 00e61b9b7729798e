#!/bin/sh
# Makes the environment: a Python of 3.11 or newer, its own folder, the pinned packages.
set -eu
cd "$(dirname "$0")/.."
venv=${VENV:-.venv}

say() { printf '%s\n' "$*" >&2; }
as_root() { if [ "$(id -u)" = 0 ]; then printf ''; else printf 'sudo '; fi; }

find_python() {
  for candidate in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
    if command -v "$candidate" >/dev/null 2>&1 &&
       "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$candidate"
      return 0
    fi
  done
  return 1
}

if ! python=$(find_python); then
  say "casefield needs Python 3.11 or newer, and none was found."
  say "Install it: $(as_root)apt-get install python3 python3-venv"
  exit 2
fi
if ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
  version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
  say "$python can't make environments: its venv module is missing."
  say "Install it: $(as_root)apt-get install python$version-venv"
  exit 2
fi

[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
say "Setting up $venv (once; some minutes on a slow line) ..."
# The lock names everything, so nothing is left to resolve: older pips would look past a pin for a
# newer release of whatever another package asks for with an extra.
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input \
  --require-hashes --no-deps --only-binary :all: -r requirements.lock
# The package itself is used from this folder; a .pth file is all an editable install would be.
site=$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])')
pwd > "$site/casefield.pth"
for command in casefield casefield-server; do
  module=casefield
  [ "$command" = casefield ] || module=casefield.server.admin
  printf '#!/bin/sh\nexec "%s/%s/bin/python" -m %s "$@"\n' "$(pwd)" "$venv" "$module" \
    > "$venv/bin/$command"
  chmod +x "$venv/bin/$command"
done
say "Ready."
