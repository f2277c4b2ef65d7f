// node bmc-farm-program.js OPTIONS: many BMCs (options as JSON, see FarmOptions) until stdin ends. Says `{"ready":true}`
// when all listen, and answers each line on stdin with its figures.
import { createInterface } from 'node:readline';
import { type FarmOptions, startFarm } from './bmc-farm.ts';

const farm = await startFarm(JSON.parse(process.argv[2] ?? '') as FarmOptions);
console.log('{"ready":true}');
for await (const _ of createInterface({ input: process.stdin })) console.log(JSON.stringify(farm.figures()));
await farm.stop();
