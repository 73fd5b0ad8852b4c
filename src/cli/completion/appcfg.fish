# Completion of appcfg for fish: appcfg completion fish | source
function __appcfg_words
    set -l current (commandline -ct)
    set -l words (commandline -opc) "$current"
    set -l lines (command appcfg completion --words $words[2..-1] 2>/dev/null </dev/null)
    if test "$lines[1]" = files
        __fish_complete_path "$current"
    else if test (count $lines) -gt 1
        printf '%s\n' $lines[2..-1]
    end
end
complete -c appcfg -f -a '(__appcfg_words)'
