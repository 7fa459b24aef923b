# Completion of edge-pose for bash: verbs, then each verb's options as its --help tells them.
_edge_pose() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} verb=${COMP_WORDS[1]:-} words
    if ((COMP_CWORD == 1)); then
        words=$(edge-pose --help 2>/dev/null | sed -n 's/^    \([a-z]\+\) .*/\1/p')
    elif [[ $before =~ ^--(config|from|out|bundle)$ || $word != -* ]]; then
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
        return
    else
        words=$(edge-pose "$verb" --help 2>/dev/null | grep -oE -- '--[a-z-]+' | sort -u)
    fi
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}
complete -o filenames -F _edge_pose edge-pose
