import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { declareProfile } from '../support/machine-records.ts';
import { createNamespaces, type Namespaces, reasonAgainstNamespaces } from '../support/namespaces.ts';
import { type RunningProvisiond, showLogOnFailure, startProvisiond } from '../support/running-provisiond.ts';
import { startWireClient } from '../support/wire-client.ts';

const reason = reasonAgainstNamespaces();
const ROUTED = '10.67.9.1';

describe.skipIf(reason !== undefined)(
  `a server whose address is routed to its loopback${reason ? ` (${reason})` : ''}`,
  () => {
    let spaces: Namespaces;
    let server: RunningProvisiond;
    beforeAll(async () => {
      spaces = createNamespaces('safety', ['server', 'client'], [{ ends: ['server:lan0', 'client:eth0'] }]);
      spaces.ip('server', 'address', 'add', '10.67.0.1/24', 'dev', 'lan0');
      spaces.ip('server', 'address', 'add', `${ROUTED}/32`, 'dev', 'lo');
      spaces.ip('client', 'address', 'add', '10.67.0.20/24', 'dev', 'eth0');
      spaces.ip('client', 'route', 'add', ROUTED, 'via', '10.67.0.1');
      server = await startProvisiond(spaces, 'server', { config: { dhcp: { probe: false } } });
      await declareProfile(server);
    });
    afterAll(async () => {
      await server?.stop();
      await spaces?.remove();
    });
    showLogOnFailure(() => server);

    it('gives it to no machine', async () => {
      const interfaces = [{ mac: '52:54:00:00:00:11', ip: ROUTED }];
      const said = await server.api('POST', '/api/v1/systems', {
        name: 'web001',
        profile: 'debian-13',
        interfaces,
      });
      expect(said.status).toBeGreaterThanOrEqual(400);
      expect(JSON.stringify(said.body)).toContain(`${ROUTED} is this provisioning server's own address`);
    });

    it('answers there', async () => {
      const client = startWireClient(spaces, 'client', '10.67.0.20', ROUTED);
      expect(await client.tftp('undionly.kpxe')).toBe('DATA');
      await client.end();
    });
  },
);
