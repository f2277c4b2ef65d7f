/** What a page says was done, by the code in its address: no text of an address is ever shown. */
export const DONE_TEXTS: Readonly<Record<string, string>> = {
  added: 'The system was added.',
  saved: 'The changes were saved.',
  removed: 'The system was removed.',
  power: 'The order is under way; the timeline below shows what becomes of it.',
  asked: 'The BMC was asked.',
  install: 'The install was asked for; the timeline below shows how far it is.',
  cancelled: 'The install was cancelled.',
  locked: 'The system is locked: nobody can install it.',
  unlocked: 'The system is not locked any more.',
  out: 'You are logged out.',
};

/** What was done, and where one goes on from there. */
export interface Done {
  readonly says: string;
  readonly links: readonly { readonly href: string; readonly text: string }[];
}

/** By the code in the address of a page; null for one that is not known. */
export function doneOf(code: string, path: string): Done | null {
  const says = Object.hasOwn(DONE_TEXTS, code) ? DONE_TEXTS[code] : undefined;
  if (says === undefined) return null;
  const links = [
    { href: `${path}/copy`, text: 'Add another like it' },
    { href: '/add-system', text: 'Add another one' },
  ];
  return { says, links: code === 'added' && /^\/systems\/[^/]+$/.test(path) ? links : [] };
}
