import { describe, expect, it } from 'vitest';
import type { BmcFailure } from '../../src/domain/power/bmc-error.ts';
import { errorOf } from '../../src/redfish/failure.ts';
import type { RedfishRequest } from '../../src/redfish/transport.ts';
import { refusal } from '../support/redfish-sim/simulated-redfish.ts';

const request: RedfishRequest = {
  method: 'GET',
  path: '/redfish/v1/Systems/1',
  headers: { 'x-auth-token': 'token-that-nobody-sees' },
  body: null,
};
const bare = (status: number, text = '') => ({ status, headers: {}, text });

describe('an answer that says no', () => {
  const statuses: [number, BmcFailure][] = [
    [400, 'refused'],
    [401, 'wrong-credentials'],
    [403, 'privilege'],
    [404, 'unsupported'],
    [405, 'unsupported'],
    [409, 'refused'],
    [412, 'busy'],
    [418, 'refused'],
    [429, 'busy'],
    [500, 'busy'],
    [501, 'unsupported'],
    [503, 'busy'],
    [304, 'malformed'],
    [101, 'malformed'],
  ];
  it.each(statuses)('with status %i means %s', (status, failure) => {
    const error = errorOf(request, bare(status));
    expect(error?.failure).toBe(failure);
    expect(error?.message).toBe(`answered GET /redfish/v1/Systems/1 with status ${status}`);
  });

  it.each([200, 201, 202, 204])('is none with status %i', (status) => {
    expect(errorOf(request, bare(status))).toBeUndefined();
  });

  const messages: [number, string, BmcFailure][] = [
    [400, 'Base.1.8.SessionLimitExceeded', 'out-of-sessions'],
    [503, 'IDRAC.2.4.RAC0218', 'out-of-sessions'],
    [400, 'Base.1.4.0.InsufficientPrivilege', 'privilege'],
    [400, 'Base.1.8.ActionNotSupported', 'unsupported'],
    [400, 'Base.1.8.ServiceShuttingDown', 'busy'],
    [400, 'Base.1.8.constructor', 'refused'],
  ];
  it.each(messages)('with status %i and %s means %s', (status, id, failure) => {
    expect(errorOf(request, refusal(status, id, 'No.'))?.failure).toBe(failure);
  });

  it('is told in the words of the BMC, with their arguments', () => {
    const info = {
      MessageId: 'Base.1.8.PropertyValueNotInList',
      Message: 'The value %1 for %2 is odd, %3.',
      MessageArgs: ['Pxe', 'Target'],
    };
    const text = JSON.stringify({
      error: { code: 'Base.1.8.GeneralError', '@Message.ExtendedInfo': [info] },
    });
    expect(errorOf(request, bare(400, text))?.message).toBe(
      'answered GET /redfish/v1/Systems/1 with status 400: The value Pxe for Target is odd, %3.',
    );
  });

  it('shows nothing that a terminal obeys, no endless text, and no token', () => {
    const message = `\u001b[2J${'x'.repeat(5000)}`;
    const text = errorOf(request, refusal(400, 'X.1.0.X', message))?.message ?? '';
    expect(text).toContain('\\u{1b}[2Jxxx');
    expect(text).toMatch(/…$/);
    expect(text.length).toBeLessThan(400);
    expect(text).not.toContain('token-that-nobody-sees');
  });

  it.each([
    '<html>',
    '[]',
    'null',
    '{"error": 1}',
    '{"error": {"@Message.ExtendedInfo": "x"}}',
    '{"error": {"@Message.ExtendedInfo": [null, 1, {"Message": 5}]}}',
    `"${'x'.repeat(100_000)}"`,
  ])('may have any body: %s', (text) => {
    expect(errorOf(request, bare(500, text))?.message).toBe(
      'answered GET /redfish/v1/Systems/1 with status 500',
    );
  });
});
