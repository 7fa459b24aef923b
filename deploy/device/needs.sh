#!/usr/bin/env bash
# Says at once which programs a job lacks, and how to install all of them.
# usage: needs.sh JOB [root] PROGRAM=PACKAGE ...
set -euo pipefail

job=$1
shift
missing=() packages=()
for pair in "$@"; do
    if [[ $pair == root ]]; then
        [[ $EUID -eq 0 ]] || missing+=("root (sudo make $job)")
    elif ! PATH=$PATH:/usr/sbin:/sbin command -v "${pair%%=*}" >/dev/null; then
        missing+=("${pair%%=*}")
        packages+=("${pair#*=}")
    fi
done
((${#missing[@]})) || exit 0
advice=''
if ((${#packages[@]})); then
    advice=": sudo apt-get install $(printf '%s\n' "${packages[@]}" | sort -u | paste -sd ' ')"
fi
printf '%s needs %s%s\n' "$job" "$(printf '%s, ' "${missing[@]}" | sed 's/, $//')" "$advice" >&2
exit 1
