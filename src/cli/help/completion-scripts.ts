/** Shells that can be completed in. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/**
 * What a shell reads once: from then on it asks `provision __complete -- WORD…` at each tab. `:files` among the answers
 * means files.
 */
export const COMPLETION_SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: `# bash completion of provision; to have it: source <(provision completion bash)
_provision() {
  local cur words cword line
  # Colons end words for bash, and are parts of words here: MAC addresses, names.
  if declare -F _get_comp_words_by_ref >/dev/null; then
    _get_comp_words_by_ref -n =: cur words cword
  else
    cur=\${COMP_WORDS[COMP_CWORD]} words=("\${COMP_WORDS[@]}") cword=$COMP_CWORD
  fi
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ $line == :files ]]; then
      compopt -o default 2>/dev/null
    else
      COMPREPLY+=("$line")
    fi
  done < <("\${words[0]}" __complete -- "\${words[@]:1:cword-1}" "$cur" 2>/dev/null)
  declare -F __ltrim_colon_completions >/dev/null && __ltrim_colon_completions "$cur"
  return 0
}
complete -F _provision provision
`,
  zsh: `#compdef provision
# zsh completion of provision; to have it: source <(provision completion zsh), or as _provision in a folder of $fpath
_provision() {
  local -a found
  found=("\${(@f)$("\${words[1]}" __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ \${found[1]} == :files ]]; then
    _files
  else
    found=("\${(@)found:#}")
    (( \${#found} )) && compadd -a found
  fi
}
if [[ $funcstack[1] == _provision ]]; then
  _provision "$@"
else
  compdef _provision provision
fi
`,
  fish: `# fish completion of provision; to have it: provision completion fish | source
function __provision_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l found ($words[1] __complete -- $words[2..-1] "$current" 2>/dev/null)
    if test "$found[1]" = ':files'
        __fish_complete_path "$current"
    else
        printf '%s\\n' $found
    end
end
complete -c provision -f -a '(__provision_complete)'
`,
};
