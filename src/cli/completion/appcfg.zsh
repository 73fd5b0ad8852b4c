#compdef appcfg
# Completion of appcfg for zsh, after compinit: source <(appcfg completion zsh)
_appcfg() {
  local -a lines plain shown open
  local line value about
  lines=("${(@f)$(command appcfg completion --words "${(@)words[2,CURRENT-1]}" "$PREFIX" 2>/dev/null </dev/null)}")
  if [[ $lines[1] == files ]]; then
    _files
    return
  fi
  shift lines
  for line in "${(@)lines}"; do
    value=${line%%$'\t'*}
    about=${line#*$'\t'}
    if [[ -z $value ]]; then continue; fi
    if [[ $value == */ ]]; then
      open+=("$value")
    else
      plain+=("$value")
      shown+=("$value${about:+  -- $about}")
    fi
  done
  compadd -S '' -a open
  compadd -l -d shown -a plain
}
if [[ $funcstack[1] == _appcfg ]]; then
  _appcfg "$@"
else
  compdef _appcfg appcfg
fi
