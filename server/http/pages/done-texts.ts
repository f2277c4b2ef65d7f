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
