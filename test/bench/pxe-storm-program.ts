// node pxe-storm-program.js OPTIONS: plays one storm (options as JSON, see PxeStormOptions) and prints its report as JSON.
import { type PxeStormOptions, runPxeStorm } from '../support/pxe-storm.ts';

const options = JSON.parse(process.argv[2] ?? '') as PxeStormOptions;
console.log(JSON.stringify(await runPxeStorm(options)));
