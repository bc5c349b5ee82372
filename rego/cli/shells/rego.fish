# fish completion for rego: rego completion fish | source
function __rego_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l place (math (count $words) - 1)
    for line in (rego --complete $place $words 2>/dev/null)
        if test "$line" = '<files>'
            __fish_complete_path (commandline -ct)
        else if test "$line" != '<more>'
            echo $line
        end
    end
end
complete -c rego -f -a '(__rego_complete)'
