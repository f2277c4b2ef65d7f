import type { OpenConsoleLog } from '../../src/services/power/consoles.ts';

/** Keeps nothing of consoles. */
export const noConsoleLog: OpenConsoleLog = () => ({ write: () => {}, close: async () => {} });
