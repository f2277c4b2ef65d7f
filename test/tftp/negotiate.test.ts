import { describe, expect, test } from 'vitest';
import { blockLimitForMtu, negotiate } from '../../src/tftp/negotiate.ts';

const LIMITS = { blockBytes: 1468, windowBlocks: 16 };

/** Options from `name=value` words. */
function options(words: string) {
  return words
    .split(' ')
    .filter((word) => word !== '')
    .map((word) => {
      const [name = '', value = ''] = word.split('=');
      return { name, value };
    });
}

/** Every negotiation rests on a file of 3000 bytes. */
const CASES: readonly { asked: string; oack: string; agreed?: object }[] = [
  {
    asked: '',
    oack: '',
    agreed: { blockBytes: 512, windowBlocks: 1, timeoutSeconds: undefined, sizeAsked: false },
  },
  { asked: 'blksize=1024', oack: 'blksize=1024', agreed: { blockBytes: 1024 } },
  { asked: 'blksize=8', oack: 'blksize=8', agreed: { blockBytes: 8 } },
  { asked: 'blksize=1469', oack: 'blksize=1468', agreed: { blockBytes: 1468 } },
  { asked: 'blksize=65464', oack: 'blksize=1468', agreed: { blockBytes: 1468 } },
  { asked: 'blksize=7', oack: '', agreed: { blockBytes: 512 } },
  { asked: 'blksize=65465', oack: '', agreed: { blockBytes: 512 } },
  { asked: 'blksize=', oack: '', agreed: { blockBytes: 512 } },
  { asked: 'blksize=-8', oack: '', agreed: { blockBytes: 512 } },
  { asked: 'blksize=1e3', oack: '', agreed: { blockBytes: 512 } },
  { asked: 'blksize=0x200', oack: '', agreed: { blockBytes: 512 } },
  { asked: 'blksize=99999999999999999999', oack: '', agreed: { blockBytes: 512 } },
  { asked: 'BlkSize=600', oack: 'BlkSize=600', agreed: { blockBytes: 600 } },
  { asked: 'blksize=600 BLKSIZE=700', oack: 'blksize=600', agreed: { blockBytes: 600 } },
  { asked: 'blksize=3 blksize=700', oack: '', agreed: { blockBytes: 512 } },
  { asked: 'tsize=0', oack: 'tsize=3000', agreed: { sizeAsked: true } },
  { asked: 'tsize=17', oack: 'tsize=3000', agreed: { sizeAsked: true } },
  { asked: 'tsize=x', oack: '', agreed: { sizeAsked: false } },
  { asked: 'timeout=1', oack: 'timeout=1', agreed: { timeoutSeconds: 1 } },
  { asked: 'timeout=255', oack: 'timeout=255', agreed: { timeoutSeconds: 255 } },
  { asked: 'timeout=0', oack: '', agreed: { timeoutSeconds: undefined } },
  { asked: 'timeout=256', oack: '', agreed: { timeoutSeconds: undefined } },
  { asked: 'windowsize=1', oack: 'windowsize=1', agreed: { windowBlocks: 1 } },
  { asked: 'windowsize=4', oack: 'windowsize=4', agreed: { windowBlocks: 4 } },
  { asked: 'windowsize=65535', oack: 'windowsize=16', agreed: { windowBlocks: 16 } },
  { asked: 'windowsize=0', oack: '', agreed: { windowBlocks: 1 } },
  { asked: 'windowsize=65536', oack: '', agreed: { windowBlocks: 1 } },
  { asked: 'utimeout=5 multicast= rollover=1 blksize2=1024 constructor=1', oack: '' },
  {
    asked: 'windowsize=8 tsize=0 timeout=3 blksize=1468',
    oack: 'windowsize=8 tsize=3000 timeout=3 blksize=1468',
  },
];

describe('options', () => {
  test.for(CASES)('[$asked] -> [$oack]', ({ asked, oack, agreed }) => {
    const result = negotiate(options(asked), 3000, LIMITS);
    expect(result.oack).toEqual(options(oack));
    if (agreed !== undefined) expect(result).toMatchObject(agreed);
  });

  test('the size of an empty file is not told: curl takes "tsize 0" for an error', () => {
    expect(negotiate(options('tsize=0 blksize=512'), 0, LIMITS).oack).toEqual(options('blksize=512'));
  });

  test('a window limit above 64 is 64', () => {
    const limits = { blockBytes: 512, windowBlocks: 1000 };
    expect(negotiate(options('windowsize=900'), 1, limits).windowBlocks).toBe(64);
  });
});

describe('block limit of an interface', () => {
  test.for([
    { mtu: 1500, family: 4, blockBytes: 1468 },
    { mtu: 1500, family: 6, blockBytes: 1448 },
    { mtu: 1450, family: 4, blockBytes: 1418 },
    { mtu: 9000, family: 4, blockBytes: 8968 },
    { mtu: 65536, family: 4, blockBytes: 65464 },
    { mtu: 0, family: 4, blockBytes: 8 },
  ] as const)('MTU $mtu, IPv$family: $blockBytes', ({ mtu, family, blockBytes }) => {
    expect(blockLimitForMtu(mtu, family)).toBe(blockBytes);
  });
});
