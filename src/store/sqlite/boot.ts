import type BetterSqlite3 from 'better-sqlite3';
import { type Install, LIVE_STATES } from '../../domain/install/install.ts';
import type { InstallChange } from '../../domain/install/install-state.ts';
import { createInstallMemory } from '../installs/install-memory.ts';
import { type InstallWithSystem, toInstall } from '../installs/installs.ts';
import type { BootStore, InstallDecision, InstallOutcome } from '../interfaces/boot-store.ts';
import { createGroupCommit } from '../interfaces/group-commit.ts';
import { timeText } from '../schema/rows.ts';
import type { Changes } from './changes.ts';

const INSTALL = 'select n.*, s.name as system from installs n join systems s on s.id = n.system_id where';

const MOVE = `
  update installs set state = @state, position = @position, attempts_used = @attemptsUsed,
    scripts_served = @scriptsServed, expires_at = @expiresAtMs, stage = @stage, reason = @reason, failure = @failure,
    hint = @hint, host_keys = @hostKeysJson, updated_at = @nowMs,
    state_at = case when state = @state then state_at else @nowMs end
  where id = @id`;

const NEWEST = 'select max(id) as id from installs where system_id = ?';

interface Move {
  readonly id: number;
  readonly decide: (install: Install) => InstallDecision;
  readonly nowMs: number;
}

/** The two connections, and the way to write. */
interface SqliteParts {
  readonly reader: BetterSqlite3.Database;
  readonly writer: BetterSqlite3.Database;
  /** Runs a synchronous piece of work while no other transaction is open there; resolves once the disk has it. */
  readonly durably: (work: () => void) => Promise<void>;
  /** Resolves once the disk has what the last such work has committed. */
  readonly flushed: () => Promise<void>;
}

/** `null` stands for an install that is not there (any more). */
type Moved = InstallOutcome | null;

export interface SqliteBootStore extends BootStore {
  /** To be called after each commit, before whoever waits for it goes on. */
  onCommitted(changes: Changes): void;
}

/** The machines' way on SQLite. An install that has been asked for stays in memory until it changes. */
export function sqliteBootStore(
  { reader, writer, durably, flushed }: SqliteParts,
  recordsVersion: () => number,
): SqliteBootStore {
  const byHash = reader.prepare<[string], InstallWithSystem>(`${INSTALL} n.token_hash = ?`);
  const byId = reader.prepare<[number], InstallWithSystem>(`${INSTALL} n.id = ?`);
  const memory = createInstallMemory(
    (hash) => byHash.get(hash),
    (id) => byId.get(id),
  );
  const commit = createGroupCommit<Move, Moved>((moves) => commitMoves(writer, durably, moves));
  return {
    recordsVersion,
    onCommitted: ({ systems }) => memory.forget(systems),
    findInstall: memory.findByHash,
    findInstallById: memory.findById,
    async moveInstall(id, decide, nowMs) {
      const install = memory.findById(id)?.install;
      if (install === undefined) return undefined;
      const decision = decide(install);
      if (decision.refused !== undefined) return { refused: decision.refused };
      if (changesNothing(install, decision.change)) {
        // What the reader sees may be committed and not on the disk yet, and the caller is about to act on it.
        await flushed();
        return { install };
      }
      return (await commit.add({ id, decide, nowMs })) ?? undefined;
    },
  };
}

/** Machines fetch a file again and again; the disk need not hear of each time. */
function changesNothing(install: Install, change: InstallChange | null): boolean {
  return Object.entries(change ?? {}).every(([key, value]) => install[key as keyof InstallChange] === value);
}

async function commitMoves(
  writer: BetterSqlite3.Database,
  durably: SqliteParts['durably'],
  moves: readonly Move[],
): Promise<Moved[]> {
  const results: Moved[] = [];
  await durably(() => {
    const byId = writer.prepare<[number], InstallWithSystem>(`${INSTALL} n.id = ?`);
    const update = writer.prepare(MOVE);
    const newest = writer.prepare<[number], { id: number }>(NEWEST);
    writer.transaction(() => {
      for (const move of moves) results.push(moveOne({ byId, newest, update }, move));
    })();
  });
  return results;
}

interface MoveStatements {
  readonly byId: BetterSqlite3.Statement<[number], InstallWithSystem>;
  readonly newest: BetterSqlite3.Statement<[number], { id: number }>;
  readonly update: BetterSqlite3.Statement;
}

function moveOne({ byId, newest, update }: MoveStatements, { id, decide, nowMs }: Move): Moved {
  const row = byId.get(id);
  if (row === undefined) return null;
  const install = toInstall(row);
  const decision = decide(install);
  if (decision.refused !== undefined) return { refused: decision.refused };
  if (changesNothing(install, decision.change)) return { install };
  // What is over may only go on as long as nothing else was begun with its machine.
  if (!LIVE_STATES.includes(install.state) && newest.get(row.system_id)?.id !== id)
    return { refused: 'a newer install of this system was armed' };
  const at = timeText(nowMs);
  const next: Install = { ...install, ...decision.change, updatedAt: at };
  const { state, position, attemptsUsed, scriptsServed, stage, reason, failure, hint } = next;
  const [expiresAtMs, hostKeysJson] = [Date.parse(next.expiresAt), JSON.stringify(next.hostKeys)];
  const counts = { position, attemptsUsed, scriptsServed, expiresAtMs };
  update.run({ id, state, stage, reason, failure, hint, hostKeysJson, nowMs, ...counts });
  return { install: state === install.state ? next : { ...next, stateAt: at } };
}
