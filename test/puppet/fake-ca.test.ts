import { expect, it } from 'vitest';
import { CONVERSATION, comparable, recordedAnswers } from '../support/puppet-ca/conversation.ts';
import { FakeCa } from '../support/puppet-ca/fake-ca.ts';
import { makeCertificate } from '../support/redfish-sim/certificate.ts';

it('the fake CA answers as the CA of puppetserver was recorded to', () => {
  const ca = new FakeCa(makeCertificate({ name: 'Puppet CA', isAuthority: true }));
  const answers = CONVERSATION.map((step) => comparable(ca.handle(step)));
  expect(answers).toEqual(recordedAnswers());
});
