#!/bin/sh
# A small certificate authority for a fleet: one certificate a device, its name is the vehicle id.
#   ca.sh init DIR                    make the authority (once; keep DIR safe and backed up)
#   ca.sh server DIR HOST             key and certificate of the broker
#   ca.sh worker DIR                  key and certificate of edge-pose fleet ingest
#   ca.sh sign DIR NAME < csr > crt   sign a box's request; refuses a name that is in use
#   ca.sh root DIR                    print the authority's certificate
#   ca.sh revoke DIR NAME             a box is lost: refuse it from now on, free its name
set -eu
umask 077

say() { echo "ca.sh: $*" >&2; exit 1; }
[ $# -ge 2 ] || { sed -n '2,9s/^# \{0,1\}//p' "$0" >&2; exit 2; }
job=$1 dir=$2 name=${3:-}
DAYS_ROOT=7300 DAYS_SERVER=825 DAYS_BOX=1095

check_name() {
    case $name in
        "" | *[!A-Za-z0-9._-]* | .*) say "a name is letters, digits, dot, dash, underscore: '$name'" ;;
    esac
}

authority() { [ -f "$dir/ca.key" ] || say "$dir holds no authority: ca.sh init $dir"; }

crl() { openssl ca -config "$dir/ca.cnf" -gencrl -out "$dir/crl.pem" 2>/dev/null && chmod 644 "$dir/crl.pem"; }

sign() { # sign REQUEST CERTIFICATE DAYS EXTENSIONS NAME
    openssl ca -batch -config "$dir/ca.cnf" -in "$1" -out "$2" -days "$3" -extensions "$4" \
        -subj "/CN=$5" -notext 2>"$dir/last-error" || { cat "$dir/last-error" >&2; exit 1; }
}

make_own() { # make_own FILE CN EXTENSIONS DAYS
    openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=$2" \
        -keyout "$dir/$1.key" -out "$dir/$1.csr" 2>/dev/null
    sign "$dir/$1.csr" "$dir/$1.crt" "$4" "$3" "$2"
    chmod 644 "$dir/$1.crt"
    rm -f "$dir/$1.csr"
}

case $job in
init)
    [ ! -e "$dir/ca.key" ] || say "$dir holds an authority already"
    mkdir -p "$dir/issued"
    chmod 755 "$dir"
    : >"$dir/index.txt"
    echo 01 >"$dir/crlnumber"
    cat >"$dir/ca.cnf" <<EOF
[ca]
default_ca = fleet
[fleet]
dir = $(cd "$dir" && pwd)
database = \$dir/index.txt
new_certs_dir = \$dir/issued
certificate = \$dir/ca.crt
private_key = \$dir/ca.key
crlnumber = \$dir/crlnumber
rand_serial = yes
default_md = sha256
default_crl_days = 3650
policy = any
unique_subject = yes
copy_extensions = none
[any]
commonName = supplied
[box]
basicConstraints = critical,CA:FALSE
extendedKeyUsage = clientAuth
[server]
basicConstraints = critical,CA:FALSE
extendedKeyUsage = serverAuth
subjectAltName = \${ENV::FLEET_HOST}
EOF
    openssl req -x509 -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
        -days $DAYS_ROOT -subj "/CN=edge_pose fleet" -keyout "$dir/ca.key" -out "$dir/ca.crt" \
        -addext "basicConstraints=critical,CA:TRUE" -addext "keyUsage=critical,keyCertSign,cRLSign" \
        2>/dev/null
    chmod 644 "$dir/ca.crt"
    FLEET_HOST=DNS:localhost crl
    ;;
server)
    authority
    check_name
    case $name in *[!0-9.]*) FLEET_HOST="DNS:$name" ;; *) FLEET_HOST="IP:$name" ;; esac
    export FLEET_HOST
    make_own server "$name" server $DAYS_SERVER
    ;;
worker)
    authority
    export FLEET_HOST=DNS:localhost
    make_own fleet-ingest fleet-ingest box $DAYS_BOX
    ;;
sign)
    authority
    check_name
    [ "$name" != fleet-ingest ] || say "that is the worker's name"
    export FLEET_HOST=DNS:localhost
    request=$(mktemp) certificate=$(mktemp)
    trap 'rm -f "$request" "$certificate"' EXIT
    cat >"$request"
    grep -q "CERTIFICATE REQUEST" "$request" || say "no certificate request on standard input"
    ! grep -q "^V.*/CN=$name\$" "$dir/index.txt" || say "'$name' has a certificate: ca.sh revoke $dir $name first"
    sign "$request" "$certificate" $DAYS_BOX box "$name"
    cat "$certificate"
    ;;
root) authority && cat "$dir/ca.crt" ;;
revoke)
    authority
    check_name
    export FLEET_HOST=DNS:localhost
    serial=$(awk -F'\t' -v cn="/CN=$name" '$1 == "V" && $6 == cn { print $4 }' "$dir/index.txt")
    [ -n "$serial" ] || say "'$name' has no valid certificate"
    openssl ca -config "$dir/ca.cnf" -revoke "$dir/issued/$serial.pem" 2>/dev/null
    crl
    echo "revoked; the broker must read $dir/crl.pem again" >&2
    ;;
*) say "unknown job '$job'" ;;
esac
