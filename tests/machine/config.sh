#!/bin/sh
# The config of the proofs: the demo clip again and again, the broker, the maker's key.
# usage: config.sh ROOT MEDIA       (in a guest: config.sh '' /media)
set -eu
root=$1 media=$2
mkdir -p "$root/etc/edge-pose" "$root/etc/systemd/system/edge-pose.service.d"
{
    cat "$media/play.toml"
    printf '\n[update]\nkey = "%s"\nhealthy_s = 15\n' "$(cut -d' ' -f1-2 "$media/maker.pub")"
} >"$root/etc/edge-pose/config.toml"
# A guest that is booted with the word "hold" starts the service only when its proof says so.
printf '[Unit]\nConditionKernelCommandLine=!hold\n' >"$root/etc/systemd/system/edge-pose.service.d/proof.conf"
