# Completion of appcfg for bash: source <(appcfg completion bash)
_appcfg() {
  local line=${COMP_LINE:0:COMP_POINT} words=() word rest i
  # bash has split words at = and :, too.
  for ((i = 0; i <= COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    rest=${line#"${line%%[![:space:]]*}"}
    if ((i == COMP_CWORD)); then word=$rest; fi
    if [[ $rest != "$line" || ${#words[@]} -eq 0 ]]; then
      words+=("$word")
    else
      words[${#words[@]} - 1]+=$word
    fi
    line=${rest#"$word"}
  done
  local current=${words[${#words[@]} - 1]}
  local breaks=${COMP_WORDBREAKS//[[:space:]\"\'\\]/}
  local part=${current##*["$breaks"]}
  local prefix=${current%"$part"} mode= value
  COMPREPLY=()
  {
    IFS= read -r mode
    while IFS=$'\t' read -r value _; do
      if [[ $value == "$prefix"* ]]; then _appcfg_add "${value#"$prefix"}"; fi
    done
  } < <(command appcfg completion --words "${words[@]:1}" 2>/dev/null </dev/null)
  if [[ $mode == files ]]; then
    while IFS= read -r value; do
      if [[ -d $value ]]; then value+=/; fi
      _appcfg_add "$value"
    done < <(compgen -f -- "$part")
  fi
}
_appcfg_add() {
  local value=$1 quoted
  if [[ $current == *[\"\']* ]]; then
    # Between the user's own quotes only what needs none.
    if [[ $value != *[!a-zA-Z0-9_./=:,@%+-]* ]]; then COMPREPLY+=("$value"); fi
    return
  fi
  printf -v quoted %q "$value"
  if [[ $value != */ ]]; then quoted+=' '; fi
  COMPREPLY+=("$quoted")
}
complete -o nospace -F _appcfg appcfg
