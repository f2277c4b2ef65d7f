import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtProgram } from '../support/build.ts';
import type { FloodEvent, FloodOptions } from '../support/dhcp-flood.ts';
import { speakLines } from '../support/line-process.ts';
import { declareMachine, declareProfile } from '../support/machine-records.ts';
import { createNamespaces, type Namespaces, reasonAgainstNamespaces } from '../support/namespaces.ts';
import { type RunningProvisiond, showLogOnFailure, startProvisiond } from '../support/running-provisiond.ts';

const reason = reasonAgainstNamespaces();

const KNOWN = '52:54:00:00:00:11';
const FLOOD = { floods: 5, strangers: 1_500, mad: 500, garbage: 500 };

/** server lan0 10.67.0.1/16, with room for every stranger of every flood. */
describe.skipIf(reason !== undefined)(`floods of DHCP packets${reason ? ` (${reason})` : ''}`, () => {
  let spaces: Namespaces;
  let server: RunningProvisiond;

  beforeAll(async () => {
    spaces = createNamespaces('wire-flood', ['server', 'flood'], [{ ends: ['server:lan0', 'flood:eth0'] }]);
    spaces.ip('server', 'address', 'add', '10.67.0.1/16', 'dev', 'lan0');
    // Broadcasts of a socket on 0.0.0.0 need a way out.
    spaces.ip('flood', 'route', 'add', 'default', 'dev', 'eth0');
    server = await startProvisiond(spaces, 'server', { inMemory: true });
    await server.must('POST', '/api/v1/subnets', {
      name: 'lab',
      network: '10.67.0.0/16',
      dhcp: 'authoritative',
      ranges: [{ from: '10.67.64.0', to: '10.67.127.255' }],
    });
    await declareProfile(server);
    await declareMachine(server, 'web001', KNOWN, '10.67.0.11');
  });
  afterAll(async () => {
    await server?.stop().finally(() => spaces.remove());
  });
  showLogOnFailure(() => server);

  it('a machine with a record that comes last is offered its address before most strangers, who lose nothing', {
    timeout: 120_000,
  }, async () => {
    const options: FloodOptions = { ...FLOOD, known: KNOWN };
    const program = builtProgram('test/support/dhcp-flood.ts');
    const lines = speakLines<FloodEvent>(
      spaces.spawn('flood', [process.execPath, program, JSON.stringify(options)]),
    );
    await lines.ended();
    expect(lines.events.map(({ strangersAnswered }) => strangersAnswered)).toEqual(
      Array.from({ length: FLOOD.floods }, () => FLOOD.strangers),
    );
    for (const { strangersBefore } of lines.events) expect(strangersBefore).toBeLessThan(FLOOD.strangers / 2);
  });

  it('the mad client and the garbage are stopped at the door, counted, and told in a few lines', async () => {
    const [counters] = (await server.must('GET', '/api/v1/status')).dhcp;
    const perFlood = FLOOD.strangers + FLOOD.mad + FLOOD.garbage + 1;
    expect(counters).toMatchObject({
      interface: 'lan0',
      port: 67,
      received: FLOOD.floods * perFlood,
      strangersDropped: 0,
      dropped: 0,
      failed: 0,
    });
    expect(counters.limited).toBeGreaterThan(0);
    const log = server.log();
    expect(log.filter(({ level }) => level >= 50)).toEqual([]);
    expect(log.filter(({ msg }) => msg.startsWith('DHCP packets dropped')).length).toBeLessThan(20);
  });
});
