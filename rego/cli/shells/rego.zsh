#compdef rego
# zsh completion for rego: eval "$(rego completion zsh)", or this text as _rego in a directory of $fpath
_rego() {
    local -a found
    local line value help
    while IFS=$'\t' read -r value help; do
        if [[ $value == '<files>' ]]; then
            _files
            return
        fi
        found+=("${value//:/\\:}${help:+:$help}")
    done < <(rego --complete "$((CURRENT - 1))" "${words[@]}" 2>/dev/null)
    _describe -V rego found
}
if [[ $funcstack[1] == _rego ]]; then
    _rego "$@"
else
    compdef _rego rego
fi
