#compdef rego
# zsh completion for rego: eval "$(rego completion zsh)", or this text as _rego in a directory of $fpath
_rego() {
    local -a found behind
    local line value help
    while IFS=$'\t' read -r value help; do
        if [[ $value == '<files>' ]]; then
            compset -P '--*='
            _files
            return
        fi
        if [[ $value == '<more>' ]]; then
            behind=(-S '')
            continue
        fi
        found+=("${value//:/\\:}${help:+:$help}")
    done < <(rego --complete "$((CURRENT - 1))" "${words[@]}" 2>/dev/null)
    _describe -V rego found "${behind[@]}"
}
if [[ $funcstack[1] == _rego ]]; then
    _rego "$@"
else
    compdef _rego rego
fi
