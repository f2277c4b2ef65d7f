import { expect, test } from 'vitest';
import { formatLogLine } from '../../src/syslog/log-line.ts';
import { decodeMessage } from '../../src/syslog/message.ts';

const AT = Date.UTC(2026, 10, 22, 18, 4, 5, 6);

test.each([
  [
    '<30>Nov 22 01:02:03 main-menu[315]: INFO: x',
    '2026-11-22T18:04:05.006Z daemon.info main-menu[315]: INFO: x',
  ],
  ['<4>kernel: [ 0.1] x', '2026-11-22T18:04:05.006Z kern.warning kernel: [ 0.1] x'],
  ['hello', '2026-11-22T18:04:05.006Z user.notice hello'],
  ['<191>', '2026-11-22T18:04:05.006Z local7.debug'],
])('%s', (sent, line) => {
  expect(formatLogLine(decodeMessage(Buffer.from(sent)), AT)).toBe(line);
});
