import { builtProgram } from './build.ts';
import { type LineProcess, speakLines } from './line-process.ts';
import type { Namespaces } from './namespaces.ts';
import type { ProbeCommand, ProbeEvent } from './wire-probe.ts';

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

export interface HttpParts {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Speaks to one server from one address, byte by byte as the test says. */
export interface WireClient {
  /** One request on a connection of its own; `target` goes out as it is. */
  http(target: string, parts?: HttpParts): Promise<HttpAnswer>;
  /** Asks for a file by TFTP; the first packet that comes back, as `DATA`, `OACK` or `ERROR 1`. */
  tftp(name: string): Promise<string>;
  end(): Promise<void>;
}

/** Starts one in a namespace that has the address `from`. Text is latin1: one character a byte. */
export function startWireClient(
  spaces: Namespaces,
  namespace: string,
  from: string,
  host: string,
): WireClient {
  const child = spaces.spawn(namespace, [process.execPath, builtProgram('test/support/wire-probe.ts')]);
  const lines: LineProcess<ProbeEvent> = speakLines(child);
  let lastId = 0;
  const ask = async (command: Pick<ProbeCommand, 'protocol' | 'port' | 'text'>): Promise<string> => {
    lastId += 1;
    const id = lastId;
    lines.send({ id, from, host, ...command } satisfies ProbeCommand);
    return (await lines.find((event): event is ProbeEvent => event.id === id)).answer;
  };
  return {
    http: async (target, { method = 'GET', headers = {}, body = '' } = {}) => {
      const all = { host, connection: 'close', ...headers };
      const hasLength = 'content-length' in all || 'transfer-encoding' in all || body === '';
      const fields = Object.entries(hasLength ? all : { ...all, 'content-length': String(body.length) });
      const head = [`${method} ${target} HTTP/1.1`, ...fields.map(([name, value]) => `${name}: ${value}`)];
      const answer = await ask({ protocol: 'tcp', port: 80, text: `${head.join('\r\n')}\r\n\r\n${body}` });
      const [first = '', ...rest] = answer.split('\r\n\r\n');
      return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(first)?.[1] ?? 0), body: rest.join('\r\n\r\n') };
    },
    tftp: async (name) => {
      const answer = await ask({ protocol: 'udp', port: 69, text: `\x00\x01${name}\x00octet\x00` });
      const kind = answer.charCodeAt(1);
      if (kind === 5) return `ERROR ${answer.charCodeAt(3)}`;
      return kind === 3 ? 'DATA' : `opcode ${kind}`;
    },
    end: async () => {
      child.kill('SIGTERM');
      await lines.ended();
    },
  };
}
