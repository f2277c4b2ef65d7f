import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createIpmiDriver, type IpmiDriver } from '../../server/bmc/ipmi-driver.ts';
import { bindUdp } from '../../server/net/datagram.ts';
import { plainPeers } from '../../server/net/peer-socket.ts';
import { Secret } from '../../src/domain/access/secret.ts';
import type { BmcSession } from '../../src/domain/power/bmc-driver.ts';
import { encodeFru } from '../support/bmc-sim/fru.ts';
import { encodeSensorRecord, SENSORS } from '../support/bmc-sim/sensor-records.ts';
import { bmcTarget } from '../support/bmc-target.ts';
import { type IpmiSim, SIM_PASSWORD, SIM_USER, startIpmiSim } from '../support/ipmi-sim.ts';
import { haveProgram } from '../support/real-clients.ts';

const missing = ['ipmi_sim', 'ipmitool'].filter((name) => !haveProgram(name));

const fru = encodeFru({
  manufacturer: 'Example Corp',
  product: 'Server 9000',
  partNumber: 'P-1',
  serial: 'SN-4711',
  assetTag: 'rack 7',
});

/** A compact record (IPMI 2.0 §43.2) of a power supply whose name is "PSU1". */
const POWER_SUPPLY = '00005102 1f 2000090a 01 6740 08 6f 000000000000 c0 00 00 01000000 00000000 c4 50535531';

const bytesOf = (bytes: Buffer): string => [...bytes].map((byte) => `0x${byte.toString(16)}`).join(' ');
const hexOf = (hex: string): string => bytesOf(Buffer.from(hex.replaceAll(' ', ''), 'hex'));

const COMMANDS = [
  `mc_add_fru_data 0x20 0 ${fru.length + 64} data ${bytesOf(fru)}`,
  ...SENSORS.flatMap((sensor, at) => [
    `main_sdr_add 0x20 ${bytesOf(encodeSensorRecord(sensor, at + 1))}`,
    `sensor_add 0x20 0 ${sensor.number} ${sensor.type} 1`,
    `sensor_set_value 0x20 0 ${sensor.number} ${sensor.raw ?? 0} 0`,
  ]),
  `main_sdr_add 0x20 ${hexOf(POWER_SUPPLY)}`,
  'sensor_add 0x20 0 9 8 0x6f',
  'sensor_set_bit 0x20 0 9 0 1 0',
  `sel_add 0x20 0x02 ${hexOf('00000000 2000 04 01 01 01 59 5a 55')}`,
  `sel_add 0x20 0x02 ${hexOf('00000000 2000 04 0c 02 6f 01 ff ff')}`,
  `sel_add 0x20 0x02 ${hexOf('00000000 2000 04 08 09 ef 03 ff ff')}`,
];

describe.skipIf(missing.length > 0).each(['2.0', '1.5'] as const)('ipmi_sim by IPMI %s', (protocol) => {
  let sim: IpmiSim;
  let driver: IpmiDriver;

  beforeAll(async () => {
    sim = await startIpmiSim({ commands: COMMANDS });
    const bindPeers = plainPeers(bindUdp);
    driver = createIpmiDriver({ bindPeers, now: () => performance.now(), random: randomBytes });
  });

  afterAll(async () => {
    await driver.close();
    await sim.stop();
  });

  const inSession = <T>(work: (session: BmcSession) => Promise<T>): Promise<T> => {
    const access = { port: sim.port, user: SIM_USER, password: new Secret(SIM_PASSWORD), protocol };
    return driver.withSession(bmcTarget(access), work, { signal: new AbortController().signal });
  };

  test('power', async () => {
    await inSession((session) => session.power('on'));
    expect(await sim.ipmitool('power', 'status')).toContain('Chassis Power is on');
    expect(await inSession((session) => session.powerState())).toBe('on');
  });

  test('inventory, as ipmitool reads it', async () => {
    const said = await sim.ipmitool('fru');
    expect(said).toMatch(/Product Name +: Server 9000/);
    expect(said).toMatch(/Product Serial +: SN-4711/);
    expect(await inSession((session) => session.info())).toEqual({
      vendor: 'Example Corp',
      model: 'Server 9000',
      serial: 'SN-4711',
      firmwareVersion: '9.08',
      lan: null,
    });
  });

  test('sensors, as ipmitool reads them', async () => {
    const sensors = await inSession((session) => session.sensors());
    const said = await sim.ipmitool('sdr', 'elist');
    expect(sensors.map(({ name }) => name)).toEqual([...SENSORS.map(({ name }) => name), 'PSU1']);
    for (const { name, value } of sensors)
      if (value !== null) expect(said).toMatch(new RegExp(`${name} .*\\| ${value} `));
    expect(sensors.find(({ name }) => name === '12V')).toEqual({
      name: '12V',
      value: 12.06,
      unit: 'V',
      state: 'ok',
    });
    expect(sensors.at(-1)).toEqual({ name: 'PSU1', value: null, unit: '', state: 'unknown' });
  });

  test('the event log, newest first, and no more than asked for', async () => {
    const entries = await inSession((session) => session.log(10));
    expect(entries.map(({ message }) => message)).toEqual([
      'Power supply sensor 0x09: input lost, no longer',
      'Memory sensor 0x02: uncorrectable ECC error',
      'Temperature sensor 0x01: upper critical going high (reading 0x5a, threshold 0x55)',
    ]);
    expect(await inSession((session) => session.log(2))).toEqual(entries.slice(0, 2));
    expect(await inSession((session) => session.log(0))).toEqual([]);
  });
});
