import { createServer } from 'node:net';

/** Below the ports that a kernel gives out by itself, so that nobody gets one of these by chance while its listener is not yet there. */
const FIRST = 20_000;
const EACH = 50;
const PROCESSES = 240;

let last = 0;

/** Ports of 127.0.0.1 that are free, all different, and not chosen by another process of these tests. */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  for (let tries = 0; ports.length < count; tries += 1) {
    if (tries === EACH) throw new Error(`no ${count} free ports from ${firstPort()}`);
    const port = firstPort() + (last % EACH);
    last += 1;
    if (await isFree(port)) ports.push(port);
  }
  return ports;
}

/** Processes whose ids are near to each other, as those of one run are, have places of their own. */
function firstPort(): number {
  return FIRST + (process.pid % PROCESSES) * EACH;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
