import { readFileSync } from 'node:fs';
import { csrFixture, PUPPET_FIXTURES } from './fixtures.ts';

/** One request to a CA, as HTTP has it. */
export interface CaStep {
  readonly method: 'GET' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly contentType: string | null;
  readonly body: string | null;
}

export interface CaAnswer {
  readonly status: number;
  readonly text: string;
}

const BASE = '/puppet-ca/v1';
const NAME = 'web001.lab.test';

const get = (noun: string, name = NAME): CaStep => ({
  method: 'GET',
  path: `${BASE}/${noun}/${name}`,
  contentType: null,
  body: null,
});
const remove = (): CaStep => ({ ...get('certificate_status'), method: 'DELETE' });
const want = (state: string, name = NAME): CaStep => ({
  method: 'PUT',
  path: `${BASE}/certificate_status/${name}`,
  contentType: 'application/json',
  body: JSON.stringify({ desired_state: state }),
});
/** As agents do. */
const submit = (fixture: string, name = NAME): CaStep => ({
  method: 'PUT',
  path: `${BASE}/certificate_request/${name}`,
  contentType: 'text/plain',
  body: csrFixture(fixture),
});

/** Everything that a hand-off makes a CA do, and what could get in its way; the CA knows nothing of the names before. */
export const CONVERSATION: readonly CaStep[] = [
  get('certificate_status'),
  get('certificate_request'),
  get('certificate'),
  want('revoked'),
  want('signed'),
  remove(),
  submit('puppet-agent'),
  get('certificate_status'),
  get('certificate_request'),
  submit('plain'),
  remove(),
  get('certificate_status'),
  submit('plain'),
  want('signed'),
  get('certificate_status'),
  get('certificate_request'),
  get('certificate'),
  submit('other-key'),
  want('signed'),
  want('revoked'),
  get('certificate_status'),
  want('revoked'),
  submit('other-key'),
  remove(),
  get('certificate_status'),
  get('certificate'),
  submit('alternative-names'),
  want('signed'),
  remove(),
  submit('authorization'),
  want('signed'),
  remove(),
  submit('other-name'),
  want('signd'),
];

/** What the real CA has answered, step by step. */
export function recordedAnswers(): CaAnswer[] {
  return JSON.parse(readFileSync(`${PUPPET_FIXTURES}/conversation.json`, 'utf8')) as CaAnswer[];
}

/** An answer without what differs from one time to the next: of a status its state, of PEM what it is. */
export function comparable({ status, text }: CaAnswer): CaAnswer {
  if (text.startsWith('{')) return { status, text: (JSON.parse(text) as { state: string }).state };
  if (text.startsWith('-----BEGIN CERTIFICATE-----')) return { status, text: 'a certificate' };
  if (text.startsWith('-----BEGIN CERTIFICATE REQUEST-----')) return { status, text: 'a request' };
  return { status, text: text.trim() };
}
