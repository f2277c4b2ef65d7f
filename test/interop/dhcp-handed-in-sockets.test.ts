import { expect, it } from 'vitest';
import { builtProgram } from '../support/build.ts';
import { asResponder, type Responder, responderCommand, runUdhcpc } from '../support/dhcp-namespaces.ts';
import { BOTH, describeInNetwork, heardOn } from '../support/dhcp-network.ts';
import type { ResponderOptions } from '../support/dhcp-responder.ts';
import type { HandInOptions } from '../support/hand-in-sockets.ts';
import { speakLines } from '../support/line-process.ts';

describeInNetwork('DHCP sockets handed in by the service manager', 'handed', (network) => {
  function startHandedIn(sockets: HandInOptions['sockets'], options: ResponderOptions): Responder {
    const handIn: HandInOptions = { sockets, command: responderCommand(options) };
    const program = builtProgram('test/support/hand-in-sockets.ts');
    return asResponder(
      speakLines(network.spaces.spawn('server', [process.execPath, program, JSON.stringify(handIn)])),
    );
  }
  const UNITS = BOTH.map((device) => ({ name: `dhcp-${device}`, port: 67, device }));

  it.each([
    { name: 'with koffi', withoutKoffi: false },
    { name: 'without koffi', withoutKoffi: true },
  ])('serves two interfaces $name', async ({ withoutKoffi }) => {
    const responder = startHandedIn(UNITS, { interfaces: BOTH, reply: 'broadcast', withoutKoffi });
    await responder.started();
    const clients = await Promise.all([
      runUdhcpc(network.spaces, 'client0'),
      runUdhcpc(network.spaces, 'client1'),
    ]);
    expect(clients.map(({ code }) => code)).toEqual([0, 0]);
    expect((await heardOn(responder)).sort()).toEqual([
      `lan0 ${network.macOf('client0')}`,
      `lan1 ${network.macOf('client1')}`,
    ]);
    expect(await responder.status()).toMatchObject(
      BOTH.map(() => ({ socket: 'handed-in', counters: { received: 2, replied: 2 } })),
    );
  });

  it('refuses a socket without BindToDevice= and one of another port', async () => {
    const units = [
      { name: 'dhcp-lan0', port: 67 },
      { name: 'dhcp-lan1', port: 6767, device: 'lan1' },
    ];
    const responder = startHandedIn(units, { interfaces: BOTH, reply: 'broadcast' });
    expect(await responder.started()).toMatchObject([
      { code: 'WRONG_DEVICE', remedy: expect.stringContaining('BindToDevice=lan0') },
      { code: 'WRONG_PORT', remedy: expect.stringContaining('ListenDatagram=0.0.0.0:67') },
    ]);
  });

  it('does not use a descriptor again after it was closed', async () => {
    const responder = startHandedIn(UNITS, { interfaces: BOTH, reply: 'broadcast' });
    await responder.started();
    await responder.reconcile(['lan0']);
    expect(await responder.reconcile(BOTH)).toMatchObject([
      { name: 'lan0', state: 'listening' },
      { name: 'lan1', state: 'refused', code: 'USED_UP' },
    ]);
  });
});
