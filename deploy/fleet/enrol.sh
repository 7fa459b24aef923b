#!/bin/sh
# One command on the box: its key is made here and never leaves it; the centre signs its name.
#   sudo sh enrol.sh ca@centre.example van-07
# Needs an ssh login at the centre that may run ca.sh (docs/fleet.md shows a restricted one).
#   BROKER=broker.example   where the broker is, if not the centre's host
#   SIGN, ROOT              other commands that sign a request and print the authority
set -eu
umask 077

say() { echo "enrol.sh: $*" >&2; exit 1; }
[ $# -eq 2 ] || { sed -n '2,7s/^# \{0,1\}//p' "$0" >&2; exit 2; }
centre=$1 name=$2
host=${BROKER:-${centre#*@}}
etc=${EDGE_POSE_ETC:-/etc/edge-pose}
SIGN=${SIGN:-ssh $centre sign $name}
ROOT=${ROOT:-ssh $centre root}
case $name in "" | *[!A-Za-z0-9_-]*) say "a vehicle id is letters, digits, dash, underscore" ;; esac
[ -d "$etc" ] || say "$etc is missing: install edge_pose first"

new=$(mktemp -d)
trap 'rm -rf "$new"' EXIT
openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=$name" \
    -keyout "$new/box.key" -out "$new/box.csr" 2>/dev/null
$ROOT </dev/null >"$new/ca.crt" || say "the centre did not send its authority"
$SIGN <"$new/box.csr" >"$new/box.crt" || say "the centre did not sign '$name'"
openssl verify -CAfile "$new/ca.crt" "$new/box.crt" >/dev/null || say "the certificate does not fit"

keys=$etc/fleet
mkdir -p "$keys"
install -m 644 "$new/ca.crt" "$new/box.crt" "$keys/"
install -m 640 "$new/box.key" "$keys/"
if getent group edge-pose >/dev/null; then
    chgrp edge-pose "$keys" "$keys/box.key" && chmod 750 "$keys"
fi

settings="[mqtt]
enabled = true
host = \"$host\"
tls = true
ca_file = \"$keys/ca.crt\"
cert_file = \"$keys/box.crt\"
key_file = \"$keys/box.key\"
discovery = false
minutes = true
confirm = \"centre\""
config=$etc/config.toml
if [ -f "$config" ] && grep -Eq '^[[:space:]]*(\[mqtt\]|vehicle_id|\[runtime\])' "$config"; then
    printf '%s\n' "keys are in $keys; $config has [mqtt] or [runtime] already, so put this into it:" \
        "" "[runtime]" "vehicle_id = \"$name\"" "" "$settings"
    exit 3
fi
printf '\n%s\n\n%s\n' "[runtime]
vehicle_id = \"$name\"" "$settings" >>"$config"
echo "enrolled as $name at $host; now: systemctl restart edge-pose"
