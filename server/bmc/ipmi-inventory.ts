import type { BmcInfo } from '../../src/domain/power/bmc-driver.ts';
import { BmcError } from '../../src/domain/power/bmc-error.ts';
import { decodeDeviceId, GET_DEVICE_ID, manufacturerName } from '../../src/ipmi/device-id.ts';
import {
  decodeFruArea,
  decodeFruData,
  decodeFruHeader,
  decodeFruInfo,
  FRU_AREA_HEAD_BYTES,
  FRU_HEADER_BYTES,
  type FruArea,
  type FruFields,
  fruAreaBytes,
  GET_FRU_INFO,
  readFru,
} from '../../src/ipmi/fru.ts';
import { decodeLanAddress, decodeLanMac, getLanParameter, LAN_CHANNELS } from '../../src/ipmi/lan-config.ts';
import { type IpmiCommands, readAnswer } from './ipmi-commands.ts';

/** Bytes that every BMC can put into one answer. */
const FRU_CHUNK_BYTES = 16;

/** What a BMC says about itself and its machine. What it does not tell is null; only the device ID it must have. */
export async function readInfo(commands: IpmiCommands): Promise<BmcInfo> {
  const device = await commands.read(GET_DEVICE_ID, decodeDeviceId);
  const areas = (await optional(() => readFruAreas(commands))) ?? new Map<FruArea, FruFields>();
  const field = (area: FruArea, name: string) => areas.get(area)?.get(name);
  return {
    vendor:
      field('product', 'manufacturer') ??
      field('board', 'manufacturer') ??
      manufacturerName(device.manufacturer),
    model: field('product', 'name') ?? field('board', 'name') ?? null,
    serial: field('product', 'serial') ?? field('chassis', 'serial') ?? field('board', 'serial') ?? null,
    firmwareVersion: device.firmwareVersion,
    lan: await readLan(commands),
  };
}

async function readFruAreas(commands: IpmiCommands): Promise<ReadonlyMap<FruArea, FruFields>> {
  const { bytes: size, unitBytes } = await commands.read(GET_FRU_INFO, decodeFruInfo);
  const read = (from: number, bytes: number) =>
    readRange(commands, { from, to: Math.min(from + bytes, size), unitBytes });
  const areas = new Map<FruArea, FruFields>();
  for (const [area, offset] of readAnswer(await read(0, FRU_HEADER_BYTES), decodeFruHeader)) {
    const bytes = readAnswer(await read(offset, FRU_AREA_HEAD_BYTES), fruAreaBytes);
    areas.set(
      area,
      readAnswer(await read(offset, bytes), (data) => decodeFruArea(area, data)),
    );
  }
  return areas;
}

/** Bytes of the FRU device, piece by piece. */
async function readRange(
  commands: IpmiCommands,
  { from, to, unitBytes }: { from: number; to: number; unitBytes: 1 | 2 },
): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for (let at = from; at < to; ) {
    const units = Math.ceil(Math.min(FRU_CHUNK_BYTES, to - at) / unitBytes);
    const piece = await commands.read(readFru(at / unitBytes, units), (data) =>
      decodeFruData(data, unitBytes),
    );
    pieces.push(piece.subarray(0, to - at));
    at += piece.length;
  }
  return Buffer.concat(pieces);
}

async function readLan(commands: IpmiCommands): Promise<BmcInfo['lan']> {
  for (const channel of LAN_CHANNELS) {
    const address = await optional(() =>
      commands.read(getLanParameter(channel, 'address'), decodeLanAddress),
    );
    if (address === null) continue;
    const mac = await optional(() => commands.read(getLanParameter(channel, 'mac'), decodeLanMac));
    return { address, mac };
  }
  return null;
}

/** null where the BMC answers that it has no such thing, or answers nonsense; silence is an error as ever. */
async function optional<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    const failures = ['unsupported', 'refused', 'privilege', 'malformed', 'busy'];
    if (error instanceof BmcError && failures.includes(error.failure)) return null;
    throw error;
  }
}
