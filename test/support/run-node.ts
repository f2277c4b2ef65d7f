import { spawn } from 'node:child_process';
import type { Finished } from './namespaces.ts';

/** Runs a built program to its end, with no variable of the test's own but PATH. */
export function runNode(
  argv: readonly string[],
  { env = {}, stdin = '' }: { readonly env?: Record<string, string>; readonly stdin?: string } = {},
): Promise<Finished> {
  const child = spawn(process.execPath, argv, { env: { PATH: process.env['PATH'] ?? '', ...env } });
  const text = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].on('data', (chunk: Buffer) => {
      text[name] += chunk.toString();
    });
  child.stdin.end(stdin);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, ...text }));
  });
}
