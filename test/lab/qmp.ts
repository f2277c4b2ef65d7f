import { once } from 'node:events';
import { createConnection } from 'node:net';
import { createInterface } from 'node:readline';

/** One command over QEMU's machine protocol: a greeting, the negotiation, the command, its answer. Events are passed over. */
export async function sendQmp(path: string, command: string, args?: object): Promise<void> {
  const socket = createConnection(path);
  try {
    await once(socket, 'connect');
    const lines = createInterface({ input: socket })[Symbol.asyncIterator]();
    const ask = async (execute: string, options?: object): Promise<void> => {
      socket.write(
        `${JSON.stringify({ execute, ...(options === undefined ? {} : { arguments: options }) })}\n`,
      );
      for (let line = await lines.next(); !line.done; line = await lines.next()) {
        const said = JSON.parse(line.value) as { return?: object; error?: { desc: string } };
        if (said.error !== undefined) throw new Error(`QEMU refuses ${execute}: ${said.error.desc}`);
        if (said.return !== undefined) return;
      }
      throw new Error(`QEMU did not answer ${execute}`);
    };
    await ask('qmp_capabilities');
    await ask(command, args);
  } finally {
    socket.destroy();
  }
}
