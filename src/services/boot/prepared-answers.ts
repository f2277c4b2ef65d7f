import type { Rendered } from '../../answer-file/render.ts';
import { bootUrl } from '../../boot/bootfile.ts';
import type { StoredSystem } from '../../store/interfaces/store.ts';
import type { Deps } from '../deps.ts';
import { createPrepared } from '../dhcp/prepared.ts';
import type { Rendering } from './answer-facts.ts';
import type { AnswerFiles, MachinePaths } from './answer-files.ts';

/** The system was removed while its machine asked. */
export const REMOVED = 'removed';

/** The install of which something is made. */
export interface InstallOfSystem {
  readonly installId: number;
  readonly systemId: number;
}

/** `bytes` is its text in UTF-8, as it is sent. */
export interface PreparedAnswer extends Rendered {
  readonly bytes: Buffer;
}

/** What machines are given of an install, made once and handed out until a record, template or image changes. */
export interface PreparedAnswers {
  answerFile(install: InstallOfSystem, rendering: Rendering): Promise<PreparedAnswer | typeof REMOVED>;
  kernelArgs(install: InstallOfSystem, rendering: Rendering): Promise<readonly string[] | typeof REMOVED>;
  /** Where a file really lies; undefined if there is none, or it may not be read. */
  pathOf(systemId: number, name: keyof MachinePaths): Promise<string | undefined | typeof REMOVED>;
}

/** What a thing was made of; all of it was looked up before the thing was made. */
interface Made<T> {
  readonly value: T;
  readonly recordsVersion: number;
  readonly templates: ReadonlyMap<string, string>;
  readonly image: string | null;
  readonly imageDigest: string | null;
  /** False for a machine known by something else than its MAC: what MAC it has now stands in its lease. */
  readonly isLasting: boolean;
}

/** Characters and bytes of answer files kept: some thousand machines. */
const ANSWERS_LIMIT = 64 * 1024 * 1024;
/** Machines whose kernel args and paths are kept. */
const MACHINES_LIMIT = 10_000;

/**
 * Keeps what `answers` makes. Nothing that is out of date is handed out: records carry one number for all of them,
 * templates are the same object while no file of them has changed, an image is known by its digest.
 */
export function preparedAnswers({ store }: Pick<Deps, 'store'>, answers: AnswerFiles): PreparedAnswers {
  const isFresh = async (made: Made<unknown>): Promise<boolean> => {
    const { recordsVersion, templates, image, imageDigest, isLasting } = made;
    return (
      isLasting &&
      recordsVersion === store.boot.recordsVersion() &&
      templates === (await answers.templates()) &&
      (image === null || imageDigest === (await answers.digestOf(image)))
    );
  };

  const make = async <T>(
    systemId: number,
    work: (system: StoredSystem) => Promise<T>,
  ): Promise<Made<T | typeof REMOVED>> => {
    const recordsVersion = store.boot.recordsVersion();
    const templates = await answers.templates();
    const system = await store.read.systems.findById(systemId);
    const image = system === undefined ? null : (await answers.pathsOf(system)).image;
    const imageDigest = image === null ? null : await answers.digestOf(image);
    const value = system === undefined ? REMOVED : await work(system);
    const isLasting = system?.system.interfaces.every(({ mac }) => mac !== null) ?? true;
    return { value, recordsVersion, templates, image, imageDigest, isLasting };
  };

  const files = createPrepared<Made<PreparedAnswer | typeof REMOVED>>({
    isFresh,
    sizeOf: ({ value }) => (value === REMOVED ? 0 : value.text.length + value.bytes.length),
    limit: ANSWERS_LIMIT,
  });
  const kernelArgs = createPrepared<Made<readonly string[] | typeof REMOVED>>({
    isFresh,
    sizeOf: () => 1,
    limit: MACHINES_LIMIT,
  });
  const paths = createPrepared<{ version: number; value: MachinePaths | typeof REMOVED }>({
    isFresh: ({ version }) => version === store.boot.recordsVersion(),
    sizeOf: () => 1,
    limit: MACHINES_LIMIT,
  });
  const makePaths = async (
    systemId: number,
  ): Promise<{ version: number; value: MachinePaths | typeof REMOVED }> => {
    const version = store.boot.recordsVersion();
    const system = await store.read.systems.findById(systemId);
    const value = system === undefined ? REMOVED : await answers.pathsOf(system);
    return { version, value };
  };
  // The same machine may come by several addresses of ours, and is told the one that it came by.
  const keyOf = (installId: number, { server }: Rendering) => `${installId} ${bootUrl(server)}`;
  return {
    async answerFile({ installId, systemId }, rendering) {
      const key = keyOf(installId, rendering);
      const { value } = await files.get(key, () =>
        make(systemId, async (system) => {
          const rendered = await answers.render(system, rendering, 'serve');
          return { ...rendered, bytes: Buffer.from(rendered.text, 'utf8') };
        }),
      );
      return value;
    },
    async kernelArgs({ installId, systemId }, rendering) {
      const key = keyOf(installId, rendering);
      const { value } = await kernelArgs.get(key, () =>
        make(systemId, (system) => answers.kernelArgs(system, rendering)),
      );
      return value;
    },
    async pathOf(systemId, name) {
      const { value } = await paths.get(String(systemId), () => makePaths(systemId));
      if (value === REMOVED) return REMOVED;
      const path = value[name];
      return path === null ? undefined : answers.locate(path);
    },
  };
}
