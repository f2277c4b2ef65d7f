#!/usr/bin/env node
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Config, ConfigError, parseConfig } from '../src/config.ts';
import { DomainError } from '../src/domain/errors.ts';
import { announce } from './announce.ts';
import { restoreInPlace } from './backup/restore.ts';
import { readCommandLine, USAGE } from './command-line.ts';
import { giveToOwner } from './folder-owner.ts';
import { createLog } from './log.ts';
import { refuseLaxConfig } from './private-modes.ts';
import { buildProvisiond, type Provisiond } from './provisiond.ts';
import { rotateKey } from './rotate-key.ts';

/** 0: clean stop. 2: the command line or the configuration cannot be used. 1: anything else. */
const EXIT = { ok: 0, failed: 1, usage: 2 } as const;

async function main(argv: readonly string[]): Promise<void> {
  process.umask(0o077);
  const commandLine = readCommandLine(argv, process.env);
  if (commandLine === undefined) {
    process.stderr.write(USAGE);
    process.exit(EXIT.usage);
  }
  const { order, configPath } = commandLine;
  const root = projectRoot();
  const version = (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string })
    .version;
  refuseLaxConfig(configPath);
  const config = readConfig(configPath);
  if (order.work !== 'serve') {
    const work =
      order.work === 'restore' ? restoreInPlace(config, order.file, Date.now()) : rotateKey(config);
    process.stdout.write(await work.finally(() => giveToOwner(config.dataDir)));
    return;
  }
  const log = createLog(config.log.level);
  const provisiond = await buildProvisiond({ config, log, root, version });
  handleSignals(provisiond, configPath, log);
  await provisiond.start();
  process.stdout.write(
    announce(config, provisiond.status(), await provisiond.openSetup(), provisiond.socketPath),
  );
}

function handleSignals(
  provisiond: Provisiond,
  configPath: string | null,
  log: ReturnType<typeof createLog>,
): void {
  let stopping = false;
  const stop = (signal: string): void => {
    // A second signal means that somebody is out of patience.
    if (stopping) process.exit(EXIT.failed);
    stopping = true;
    log.info({ signal }, 'stopping');
    provisiond.stop().then(
      () => process.exit(EXIT.ok),
      (error) => fail(error),
    );
  };
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
  process.on('SIGHUP', () => {
    reload(provisiond, configPath, log).catch((error) =>
      log.error({ err: error }, 'not reloaded; nothing was changed'),
    );
  });
}

async function reload(
  provisiond: Provisiond,
  path: string | null,
  log: ReturnType<typeof createLog>,
): Promise<void> {
  const needRestart = await provisiond.reload(readConfig(path));
  log.info({ needRestart }, needRestart.length === 0 ? 'reloaded' : 'reloaded; some keys need a restart');
}

function readConfig(path: string | null): Config {
  return parseConfig(path === null ? null : readFileSync(path, 'utf8'), process.env);
}

/** The folder of package.json: the same from server/ (sources) and from dist/server/ (built). */
function projectRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error('package.json of provision was not found above its own files');
    folder = parent;
  }
  return folder;
}

function fail(error: unknown): never {
  if (error instanceof ConfigError) {
    process.stderr.write(`provisiond: ${error.message}\n`);
    process.exit(EXIT.usage);
  }
  if (error instanceof DomainError) {
    process.stderr.write(
      `provisiond: ${error.message}\n${error.hint === undefined ? '' : `  ${error.hint}\n`}`,
    );
    process.exit(EXIT.failed);
  }
  process.stderr.write(
    `provisiond: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  process.exit(EXIT.failed);
}

main(process.argv.slice(2)).catch(fail);
