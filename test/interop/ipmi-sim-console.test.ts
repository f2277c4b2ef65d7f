import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createIpmiDriver, type IpmiDriver } from '../../server/bmc/ipmi-driver.ts';
import { bindUdp } from '../../server/net/datagram.ts';
import { plainPeers } from '../../server/net/peer-socket.ts';
import { Secret } from '../../src/domain/access/secret.ts';
import type { BmcConsole, ConsoleOptions } from '../../src/domain/power/bmc-console.ts';
import { bmcTarget } from '../support/bmc-target.ts';
import { type IpmiSim, SIM_PASSWORD, SIM_USER, startIpmiSim } from '../support/ipmi-sim.ts';
import { haveProgram } from '../support/real-clients.ts';

const missing = ['ipmi_sim', 'ipmitool'].filter((name) => !haveProgram(name));

/** The serial port of a machine: what is typed at it, and what it writes. */
class SerialPort {
  typed = '';
  readonly server = createServer((socket) => {
    this.#socket = socket;
    socket.setEncoding('latin1').on('data', (text) => {
      this.typed += text;
    });
  });
  #socket: Socket | undefined;

  async listen(): Promise<number> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return (this.server.address() as AddressInfo).port;
  }

  write(text: string): void {
    if (this.#socket === undefined) throw new Error('nobody is at the serial port');
    this.#socket.write(text, 'latin1');
  }

  close(): void {
    this.#socket?.destroy();
    this.server.close();
  }
}

describe.skipIf(missing.length > 0)('Serial over LAN of ipmi_sim', () => {
  const port = new SerialPort();
  let sim: IpmiSim;
  let driver: IpmiDriver;
  let shown = '';

  beforeAll(async () => {
    sim = await startIpmiSim({ config: [`sol "tcp:127.0.0.1:${await port.listen()}" 115200`] });
    driver = createIpmiDriver({
      bindPeers: plainPeers(bindUdp),
      now: () => performance.now(),
      random: randomBytes,
    });
  });

  afterAll(async () => {
    await driver.close();
    await sim.stop();
    port.close();
  });

  const target = () => bmcTarget({ port: sim.port, user: SIM_USER, password: new Secret(SIM_PASSWORD) });
  const open = (options: Partial<ConsoleOptions> = {}): Promise<BmcConsole> => {
    shown = '';
    return driver.openConsole(target(), {
      onOutput: (bytes) => {
        shown += bytes.toString('latin1');
      },
      takeOver: false,
      signal: new AbortController().signal,
      ...options,
    });
  };

  test('what is typed reaches the machine, and what it writes is shown', async () => {
    const console = await open();
    console.write(Buffer.from('root\r'));
    await expect.poll(() => port.typed).toBe('root\r');
    port.write('Password: ');
    await expect.poll(() => shown).toBe('Password: ');
    await console.close();
    expect(await console.ended).toBeNull();
  });

  test('much, both ways, whole and in order', async () => {
    const console = await open();
    const much = Array.from({ length: 400 }, (_, line) => `line ${line} of the log\r\n`).join('');
    port.typed = '';
    console.write(Buffer.from(much));
    port.write(much);
    await expect.poll(() => shown, { timeout: 15_000 }).toBe(much);
    await expect.poll(() => port.typed, { timeout: 15_000 }).toBe(much);
    await console.close();
  });

  test('it is open once; who wants it may take it', async () => {
    const first = await open();
    await expect(open()).rejects.toMatchObject({ failure: 'refused' });
    const second = await open({ takeOver: true });
    // ipmi_sim tells nobody; the one who lost it must not take it from the other by closing.
    await first.close();
    port.write('for the second');
    await expect.poll(() => shown).toBe('for the second');
    await second.close();
  });

  test('power is switched beside it, from the same socket', async () => {
    const console = await open();
    const { signal } = new AbortController();
    await driver.withSession(target(), (session) => session.power('on'), { signal });
    expect(await sim.ipmitool('power', 'status')).toContain('is on');
    port.write('booting');
    await expect.poll(() => shown).toBe('booting');
    await console.close();
  });

  test('it is given back: more one after the other than the BMC has', async () => {
    for (let count = 0; count < 40; count += 1) await (await open()).close();
    expect(await sim.ipmitool('sol', 'info')).toMatch(/Enabled +: true/);
  });
});
