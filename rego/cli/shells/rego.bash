# bash completion for rego: eval "$(rego completion bash)"
_rego() {
    local IFS=$'\n' value
    COMPREPLY=()
    while IFS=$'\t' read -r value _; do
        if [[ $value == *[^A-Za-z0-9_.,:/=@-]* ]]; then printf -v value '%q' "$value"; fi
        COMPREPLY+=("$value")
    done < <(rego --complete "$((COMP_CWORD))" "${COMP_WORDS[@]}" 2>/dev/null)
    # A value behind "=" is a word of its own for bash, and files are its own business.
    if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == '<files>' ]]; then
        COMPREPLY=()
        compopt -o default 2>/dev/null
    fi
}
complete -F _rego rego
