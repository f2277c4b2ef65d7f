import { expect, it } from 'vitest';
import { DomainError } from '../../../src/domain/errors.ts';
import { everyReason } from '../../../src/services/records/every-reason.ts';

const notReady = (...messages: string[]) =>
  Promise.reject(
    new DomainError('not-ready', 'not yet', {
      problems: messages.map((message) => ({ path: 'x', message })),
    }),
  );
const taken = () => Promise.reject(new DomainError('address-taken', 'it is in use', { hint: 'turn it off' }));

it('gives what every check gave', async () => {
  expect(await everyReason('web001', [Promise.resolve(1), Promise.resolve('two')])).toEqual([1, 'two']);
});

it('throws the one refusal as it is', async () => {
  await expect(everyReason('web001', [taken(), Promise.resolve()])).rejects.toMatchObject({
    code: 'address-taken',
  });
});

it('throws all refusals as one', async () => {
  await expect(everyReason('web001', [notReady('a', 'b'), taken(), notReady('c')])).rejects.toMatchObject({
    code: 'not-ready',
    message: "system 'web001' was not armed: a (and 3 more)",
    problems: [
      { path: 'x', message: 'a' },
      { path: 'x', message: 'b' },
      { path: 'address-taken', message: 'it is in use; turn it off' },
      { path: 'x', message: 'c' },
    ],
  });
});

it('hides no fault behind refusals', async () => {
  const fault = new TypeError('a mistake of ours');
  await expect(everyReason('web001', [notReady('a'), Promise.reject(fault)])).rejects.toBe(fault);
});
