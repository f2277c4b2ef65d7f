import type { BmcSensor } from '../../src/domain/power/bmc-driver.ts';
import { COMPLETED } from '../../src/ipmi/completion-codes.ts';
import {
  decodeSdrPart,
  decodeSdrReservation,
  decodeSensorRecord,
  FIRST_SDR_RECORD,
  getSdr,
  NO_MORE_SDR,
  RESERVE_SDR,
  SDR_HEAD_BYTES,
  type SensorRecord,
  sdrBytes,
} from '../../src/ipmi/sdr.ts';
import {
  convertReading,
  decodeSensorReading,
  getSensorReading,
  judgeStates,
} from '../../src/ipmi/sensor-reading.ts';
import { completed, type IpmiCommands, readAnswer } from './ipmi-commands.ts';

/** Bytes that every BMC can put into one answer. */
const SDR_CHUNK_BYTES = 16;
const RESERVATION_LOST = 0xc5;
/** A BMC that changes its records all the time is not followed for ever. */
const RESERVATIONS_MAX = 5;

/** All sensors that the BMC reads itself, with their readings. */
export async function readSensors(commands: IpmiCommands): Promise<readonly BmcSensor[]> {
  const sensors: BmcSensor[] = [];
  for (const record of await new SdrWalk(commands).sensors())
    sensors.push(await readSensor(commands, record));
  return sensors;
}

async function readSensor(commands: IpmiCommands, record: SensorRecord): Promise<BmcSensor> {
  const { name, unit, conversion } = record;
  const { completionCode, data } = await commands.ask(getSensorReading(record));
  // A sensor of something that is not plugged in answers so.
  if (completionCode !== COMPLETED) return { name, value: null, unit, state: 'unknown' };
  const { raw, states } = readAnswer(data, decodeSensorReading);
  const value = raw === undefined || conversion === undefined ? undefined : convertReading(conversion, raw);
  return { name, value: value ?? null, unit, state: judgeStates(record, states) };
}

/** Reads the records of the repository one after the other. */
class SdrWalk {
  readonly #commands: IpmiCommands;
  #reservation = 0;
  #reservations = 0;

  constructor(commands: IpmiCommands) {
    this.#commands = commands;
  }

  async sensors(): Promise<readonly SensorRecord[]> {
    await this.#reserve();
    const sensors: SensorRecord[] = [];
    const seen = new Set<number>();
    // A repository that goes round in circles must not keep us.
    for (let id = FIRST_SDR_RECORD; id !== NO_MORE_SDR && !seen.has(id); ) {
      seen.add(id);
      const { record, next } = await this.#record(id);
      const sensor = readAnswer(record, decodeSensorRecord);
      if (sensor?.ofBmc === true) sensors.push(sensor);
      id = next;
    }
    return sensors;
  }

  async #record(id: number): Promise<{ record: Buffer; next: number }> {
    const head = await this.#part(id, 0, SDR_HEAD_BYTES);
    const pieces = [head.bytes];
    const total = readAnswer(head.bytes, sdrBytes);
    for (let at = head.bytes.length; at < total; ) {
      const { bytes } = await this.#part(id, at, Math.min(SDR_CHUNK_BYTES, total - at));
      if (bytes.length === 0) break;
      pieces.push(bytes);
      at += bytes.length;
    }
    return { record: Buffer.concat(pieces), next: head.next };
  }

  async #part(id: number, offset: number, count: number): Promise<{ bytes: Buffer; next: number }> {
    const request = () => getSdr(this.#reservation, id, offset, count);
    let response = await this.#commands.ask(request());
    while (response.completionCode === RESERVATION_LOST && this.#reservations < RESERVATIONS_MAX) {
      await this.#reserve();
      response = await this.#commands.ask(request());
    }
    return readAnswer(completed(request(), response), decodeSdrPart);
  }

  async #reserve(): Promise<void> {
    this.#reservations += 1;
    this.#reservation = await this.#commands.read(RESERVE_SDR, decodeSdrReservation);
  }
}
