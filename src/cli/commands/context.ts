import { defineCommand } from '../command.ts';
import {
  getLogin,
  type Login,
  readCredentials,
  saveCredentials,
  withoutLogin,
} from '../connect/credentials.ts';
import type { Column } from '../output/table.ts';

/** A login as it may be shown: without its token. */
interface Context extends Omit<Login, 'token'> {
  readonly context: string;
  readonly current: boolean;
}

const COLUMNS: readonly Column<Context>[] = [
  { header: 'NAME', value: ({ context }) => context },
  { header: 'CURRENT', value: ({ current }) => (current ? 'yes' : null) },
  { header: 'SERVER', value: ({ server }) => server },
  { header: 'USER', value: ({ name }) => name },
  {
    header: 'CERTIFICATE',
    value: ({ certificate }) => (certificate === undefined ? null : `sha256:${certificate}`),
  },
];

export const contextList = defineCommand({
  noun: 'context',
  verb: 'list',
  summary: 'list the saved logins',
  operand: null,
  flags: [],
  examples: ['provision context list'],
  parse: () => ({}),
  run: async (_options, { deps, out }) => {
    const { current, contexts } = await readCredentials(deps);
    const items = Object.entries(contexts).map(([context, { token: _token, ...login }]) => ({
      context,
      current: context === current,
      ...login,
    }));
    out.list({ items }, items, COLUMNS, 'nobody is logged in; log in with: provision login URL');
    return undefined;
  },
});

export const contextUse = defineCommand({
  noun: 'context',
  verb: 'use',
  summary: 'send commands to the server of this login from now on',
  operand: 'name',
  flags: [],
  examples: ['provision context use lab'],
  parse: ({ name }) => ({ name }),
  run: async ({ name }, { deps, out }) => {
    const saved = await readCredentials(deps);
    const { server } = getLogin(name, saved);
    await saveCredentials({ ...saved, current: name }, deps);
    out.say(`commands go to ${server} now`);
    return undefined;
  },
});

export const contextRemove = defineCommand({
  noun: 'context',
  verb: 'remove',
  summary: 'forget a saved login; its token stays valid until it expires or is revoked',
  operand: 'name',
  flags: [],
  examples: ['provision context remove lab'],
  parse: ({ name }) => ({ name }),
  run: async ({ name }, { deps, out }) => {
    const saved = await readCredentials(deps);
    const { server } = getLogin(name, saved);
    await saveCredentials(withoutLogin(name, saved), deps);
    out.say(`forgot ${name} (${server})`);
    return undefined;
  },
});
