// node tftp-storm-program.js OPTIONS: plays one storm (options as JSON, see TftpStormOptions) and prints its report as JSON.
import { loadLibc } from '../../server/net/libc.ts';
import { TftpStorm, type TftpStormOptions } from './tftp-storm.ts';

const options = JSON.parse(process.argv[2] ?? '') as TftpStormOptions;
const loaded = await loadLibc();
if (!loaded.ok) throw new Error(`the generator needs system calls: ${loaded.reason}`);
console.log(JSON.stringify(new TftpStorm(loaded.libc, options).run()));
