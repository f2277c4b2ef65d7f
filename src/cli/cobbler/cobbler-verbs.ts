/** What a command of Cobbler is here: other words, or a sentence about what is done here in its place. */
export type VerbMeaning = { readonly words: readonly string[] } | { readonly instead: string };

/** Commands that Cobbler's users type: `noun verb`, or one word. Those that are commands of ours stand nowhere here. */
export const COBBLER_VERBS: Readonly<Record<string, VerbMeaning>> = {
  'system poweron': { words: ['power', 'on'] },
  'system poweroff': { words: ['power', 'off'] },
  'system powerstatus': { words: ['power', 'status'] },
  'system reboot': { words: ['power', 'cycle'] },
  'system dumpvars': { words: ['explain'] },
  'system get-autoinstall': { words: ['explain'] },
  'system getks': { words: ['explain'] },
  'profile getks': { instead: 'ask for a system of that profile: provision explain NAME' },
  'profile get-autoinstall': { instead: 'ask for a system of that profile: provision explain NAME' },
  check: { words: ['doctor'] },
  mkloaders: { words: ['loaders', 'install'] },
  sync: { instead: 'there is nothing to sync: an edit is in the next packet' },
  list: { instead: 'name what: provision system list, or all of it: provision export' },
  report: { instead: 'name what: provision system show NAME, or all of it: provision export' },
  import: {
    instead:
      'say where kernel, initrd and packages are: provision distro add NAME --kernel FILE --initrd FILE --tree URL',
  },
  replicate: {
    instead: 'all records are one document: provision export | provision apply -f - --context OTHER',
  },
  'validate-autoinstalls': {
    instead: 'answer files are checked when an install is armed: provision explain NAME',
  },
  setting: { instead: 'settings are the configuration file of provisiond, see docs/operations.md' },
  settings: { instead: 'settings are the configuration file of provisiond, see docs/operations.md' },
  reposync: {
    instead:
      'mirrors are made by the tools for it; a tree is named with: provision distro edit NAME --tree URL',
  },
  aclsetup: {
    instead: 'the owner of the data folder may use the socket; others are users: provision help user',
  },
  buildiso: { instead: 'there are no boot media: machines boot from the network' },
  signature: { instead: 'there are no signatures: provision distro add says what a release is' },
  hardlink: { instead: 'there are no copies of files to link' },
  repo: { instead: 'there are no repository records: they are part of the answer file, or of the hand-off' },
  image: { instead: 'there are no image records: provision profile add NAME --install image --image FILE' },
  menu: { instead: 'there are no boot menus: a machine boots what its record says' },
  mgmtclass: { instead: 'there are no classes: machines have roles, provision system edit NAME --role web' },
};
