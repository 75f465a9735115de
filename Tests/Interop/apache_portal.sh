#!/bin/bash
# Runs Apache with mod_auth_openidc as a portal until it is ended.
#
# usage: apache_portal.sh FOLDER PORT
# FOLDER is made. The portal's settings come from the environment: ISSUER, CLIENT_ID,
# CLIENT_SECRET, PORTAL, LEVEL, CA, CERTIFICATE and CERTIFICATE_KEY.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
export FOLDER=$1 PORT=$2 MODULES=/usr/lib/apache2/modules CONFIGURATION=$here/apache_portal.conf
PASSPHRASE=$(openssl rand -hex 32)
export PASSPHRASE

# Apache gives up root's rights and must still find its pages and the CA.
(umask 022 && mkdir -p "$FOLDER/pages/api" && cp "$CA" "$FOLDER/ca.pem")
export CA=$FOLDER/ca.pem
for page in index goodbye api/index; do
    echo "<!doctype html><title>$page</title>" >"$FOLDER/pages/$page.html"
done
mv "$FOLDER/pages/goodbye.html" "$FOLDER/pages/goodbye"
chmod -R a+rX "$FOLDER/pages"

# One process: whoever ends it has ended everything.
exec /usr/sbin/apache2 -X -f "$here/apache_server.conf"
