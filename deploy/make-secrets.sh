#!/bin/sh
# Makes the secrets that compose.yaml hands to the containers, once; what is there already stays. Run it as root, in any folder.
# The containers' user (10001) must be able to read them, and nobody else. Keep a copy elsewhere: without data_key nothing can be read.
set -eu
umask 077
cd "$(dirname "$0")/.."
mkdir -p secrets
for name in data_key address_key visitor_key session_key metrics_token nlu_token database_password; do
  [ -s "secrets/$name" ] || head -c 32 /dev/urandom | base64 | tr -d '=\n' | tr '/+' '_-' > "secrets/$name"
done
[ -s secrets/database_url ] || printf 'postgresql://danloi:%s@db/danloi' "$(cat secrets/database_password)" > secrets/database_url
if [ "$(id -u)" = 0 ]; then
  chown -R 10001:10001 secrets
else
  echo "not run as root: the containers' user cannot read secrets/ yet (chown -R 10001:10001 secrets)" >&2
fi
