# bash completion for rego: eval "$(rego completion bash)"
_rego() {
    local IFS=$'\n' value
    COMPREPLY=()
    # A value behind "=" is a word of its own for bash.
    while IFS=$'\t' read -r value _; do
        if [[ $value == '<files>' ]]; then
            compopt -o default 2>/dev/null
        elif [[ $value == '<more>' ]]; then
            compopt -o nospace 2>/dev/null
        else
            if [[ $value == *[^A-Za-z0-9_.,:/=@-]* ]]; then printf -v value '%q' "$value"; fi
            COMPREPLY+=("$value")
        fi
    done < <(rego --complete "$((COMP_CWORD))" "${COMP_WORDS[@]}" 2>/dev/null)
}
complete -F _rego rego
