import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SHELLS, useSnippetBench } from '../../support/snippet-shell.ts';

const bench = useSnippetBench();

describe.each(SHELLS)('send_log in $shell', ({ shell }) => {
  const log = (text: string): string => {
    const path = join(bench.folder, 'a.log');
    writeFileSync(path, text);
    return path;
  };
  const send = (path: string, env = {}) =>
    bench.run(shell, 'send-log.sh', `send_log anaconda '${path}'`, env);

  it('sends a log as it is, past the site’s proxy', async () => {
    const text = 'a=b&c\n% + "quoted"\n';
    const proxies = { http_proxy: 'http://127.0.0.1:9', HTTP_PROXY: 'http://127.0.0.1:9' };
    expect(await send(log(text), proxies)).toMatchObject({ status: 0, stderr: '' });
    expect(bench.received).toEqual([{ method: 'POST', url: '/i/TOKEN/log/anaconda', body: text }]);
  });

  it('of a large one the end', async () => {
    await send(log(`begin${'x'.repeat(4_100_000)}end`));
    expect(bench.received[0]?.body).toHaveLength(4_000_000);
    expect(bench.received[0]?.body.endsWith('xend')).toBe(true);
  });

  it('sends nothing of a log that is empty or is not there', async () => {
    expect(await send(log(''))).toMatchObject({ status: 0, stderr: '' });
    expect(await send('/nowhere/a.log')).toMatchObject({ status: 0, stderr: '' });
    expect(bench.received).toEqual([]);
  });

  it('tries again, and leaves no file behind', async () => {
    let asked = 0;
    bench.respond = (_request, response) => {
      asked += 1;
      response.statusCode = asked === 1 ? 503 : 200;
      response.end();
    };
    expect(await send(log('x'), { TMPDIR: bench.folder })).toMatchObject({ status: 0 });
    expect(bench.received).toHaveLength(2);
    expect(readdirSync(bench.folder).sort()).toEqual(['a.log', 'script.sh']);
  });
});
