import { checkAnswerFile, kickstartRelease } from '../../answer-file/check.ts';
import { type AnswerContext, buildContext, type PuppetFacts } from '../../answer-file/context.ts';
import { AnswerFileError } from '../../answer-file/error.ts';
import { renderKernelArgs } from '../../answer-file/kernel-args.ts';
import type { Rendered, RenderMode, RenderRequest } from '../../answer-file/render.ts';
import type { BootServer } from '../../boot/bootfile.ts';
import { DomainError, type Problem } from '../../domain/errors.ts';
import type { Distro } from '../../domain/records/distro.ts';
import { effectiveOf } from '../../domain/records/effective.ts';
import type { System } from '../../domain/records/system.ts';
import type { StoredSystem } from '../../store/interfaces/store.ts';
import type { Deps } from '../deps.ts';
import type { FileFacts } from '../distros.ts';
import { openSettings } from '../records/sealed-settings.ts';
import { answerFactsOf, notReady, type Rendering, type Standing } from './answer-facts.ts';

export interface MachinePaths {
  readonly kernel: string;
  readonly initrd: string | null;
  /** Null where the profile installs none. */
  readonly image: string | null;
}

/** Makes what a machine is given out of its records. */
export interface AnswerFiles {
  render(system: StoredSystem, rendering: Rendering, mode: RenderMode): Promise<Rendered>;
  kernelArgs(system: StoredSystem, rendering: Rendering): Promise<readonly string[]>;
  /** The files of the system's profile as the records name them. */
  pathsOf(system: StoredSystem): Promise<MachinePaths>;
  /**
   * Where such a file really lies; undefined if it may not be read. Judged anew each time: links change after they
   * were checked.
   */
  locate(path: string): Promise<string | undefined>;
  /** Makes and checks everything that the machine would get. Throws DomainError 'not-ready' with every problem. */
  checkReady(system: StoredSystem, server: BootServer): Promise<void>;
  /** SHA-256 of an image. Throws DomainError 'not-ready' where it may not be read. */
  digestOf(image: string): Promise<string>;
  /** What is rendered from, at most a second old; the same object as long as none of it has changed. */
  templates(): Promise<ReadonlyMap<string, string>>;
}

/** The edges: another process renders, files hold templates and images. */
export interface AnswerSources {
  readonly renderer: { render(request: RenderRequest): Promise<Rendered> };
  /**
   * Every answer file and snippet by its name; a site's own win over the shipped ones. Live: looked at anew when the
   * last look is so many milliseconds ago. The same object as long as nothing has changed.
   */
  readonly templates: (maxAgeMs: number) => Promise<ReadonlyMap<string, string>>;
  readonly files: FileFacts & {
    digest(path: string): Promise<string>;
    /** The real path under an allowed folder, links followed; undefined for every other. */
    locate(path: string): Promise<string | undefined>;
  };
  /** Where installers may send their logs; null where nobody listens. */
  readonly syslogPort: number | null;
  /** What is in the way of the loader that the records choose. */
  readonly bootProblems: (
    system: System,
    distro: Distro,
    kernelArgs: readonly string[],
  ) => Promise<readonly Problem[]>;
  /** What the machine's Puppet agent is told; null where it has none. Throws DomainError 'not-ready'. */
  readonly puppetFacts?: (system: System, token: string) => Promise<PuppetFacts | null>;
}

/** Stands in the URLs of a check or preview where an install's token will be. */
const NO_TOKEN = 'preview';

/** For how long files of templates are not looked at while rendered ones are handed out. */
const RECENT_MS = 1000;

/** The answer files of the service: effective values of the records, templates from kickstarts/. */
export function answerFileService({ store, secrets }: Deps, sources: AnswerSources): AnswerFiles {
  const standingOf = async (system: StoredSystem): Promise<Standing> => {
    const profile = await store.read.profiles.find(system.system.profile);
    const distro = profile === undefined ? undefined : await store.read.distros.find(profile.profile.distro);
    if (profile === undefined || distro === undefined) {
      throw new DomainError(
        'not-ready',
        `the profile or distro of system '${system.system.name}' was removed`,
      );
    }
    const effective = effectiveOf(distro, profile.profile, system.system);
    return { system, profile, distro, effective, subnets: await store.read.subnets.list() };
  };

  const contextOf = async (standing: Standing, rendering: Rendering): Promise<AnswerContext> => {
    const { image } = standing.profile.profile;
    const digest = image === null ? null : await digestOf(image);
    const sealed = {
      ...openSettings(standing.profile.sealedSecrets, secrets),
      ...openSettings(standing.system.sealedSecrets, secrets),
    };
    const { rootPasswordHash } = sealed;
    const { syslogPort, puppetFacts } = sources;
    const facts = answerFactsOf(standing, rendering, digest, { rootPasswordHash, syslogPort });
    const puppet = await puppetFacts?.(standing.system.system, rendering.token);
    return buildContext({ ...facts, puppet: puppet ?? null });
  };

  const digestOf = async (image: string): Promise<string> => {
    const real = await sources.files.locate(image);
    if (real !== undefined) return sources.files.digest(real);
    throw new DomainError('not-ready', `the image ${image} is not there, or may not be read`);
  };

  const renderStanding = async (
    standing: Standing,
    rendering: Rendering,
    mode: RenderMode,
  ): Promise<Rendered> => {
    const name = standing.profile.profile.answerFile;
    const texts = await sources.templates(0);
    const text = texts.get(name);
    if (text === undefined) {
      throw new DomainError('not-ready', `there is no answer file '${name}'`, {
        hint: `there are: ${[...texts.keys()].filter((key) => !key.includes('/')).join(', ')}`,
      });
    }
    const context = await contextOf(standing, rendering);
    return sources.renderer.render({ template: { name, text }, snippets: texts, context, mode });
  };

  return {
    templates: () => sources.templates(RECENT_MS),
    digestOf,

    render: async (system, rendering, mode) => renderStanding(await standingOf(system), rendering, mode),

    async kernelArgs(system, rendering) {
      const standing = await standingOf(system);
      return renderKernelArgs(standing.effective.kernelArgs, await contextOf(standing, rendering));
    },

    async pathsOf(system) {
      const { profile, distro } = await standingOf(system);
      return { kernel: distro.kernel, initrd: distro.initrd, image: profile.profile.image };
    },

    locate: sources.files.locate,

    async checkReady(system, server) {
      const standing = await standingOf(system);
      const rendering = { token: NO_TOKEN, server };
      const problems: Problem[] = [];
      const attempt = async (path: string, work: () => Promise<void>): Promise<void> => {
        await work().catch((error) => {
          const message = failureText(error);
          if (message === undefined) throw error;
          problems.push({ path, message });
        });
      };
      await attempt('files', () => checkFiles(standing, sources.files, problems));
      // Its digest is part of what is rendered: without the image there is nothing to render.
      if (problems.some(({ path }) => path === 'image')) throw notReady(system.system.name, problems);
      await attempt('kernelArgs', async () => {
        const args = renderKernelArgs(standing.effective.kernelArgs, await contextOf(standing, rendering));
        problems.push(...(await sources.bootProblems(standing.system.system, standing.distro, args)));
      });
      await attempt('answerFile', async () => {
        const { text } = await renderStanding(standing, rendering, 'preview');
        problems.push(...answerProblems(standing, text));
      });
      if (problems.length > 0) throw notReady(system.system.name, problems);
    },
  };
}

async function checkFiles(standing: Standing, files: FileFacts, problems: Problem[]): Promise<void> {
  const { distro, profile } = standing;
  const wanted: [string, string | null][] = [
    ['kernel', distro.kernel],
    ['initrd', distro.initrd],
    ['image', profile.profile.image],
  ];
  for (const [path, file] of wanted) {
    if (file === null) continue;
    const facts = await files.inspect(file);
    if ('refused' in facts) problems.push({ path, message: facts.refused });
    else if (facts.kind !== 'file' || facts.size === 0)
      problems.push({ path, message: `${file} is no file with content` });
  }
  const tree = profile.profile.install === 'installer' ? distro.tree : null;
  if (tree?.startsWith('/')) {
    const facts = await files.inspect(tree);
    if ('refused' in facts) problems.push({ path: 'tree', message: facts.refused });
    else if (facts.kind !== 'directory') problems.push({ path: 'tree', message: `${tree} is no directory` });
  }
  if (profile.profile.install === 'image' && profile.profile.image === null) {
    const message = `profile '${profile.profile.name}' installs an image but names none; give it one: provision profile edit ${profile.profile.name} --image FILE`;
    problems.push({ path: 'image', message });
  }
}

function answerProblems({ profile, distro }: Standing, text: string): Problem[] {
  const release = kickstartRelease(distro.version);
  return checkAnswerFile(profile.profile.answerKind, text, { release })
    .filter((problem) => problem.severity === 'error')
    .map(({ line, message, hint }) => ({
      path: 'answerFile',
      message: `${profile.profile.answerFile}${line === null ? '' : `, rendered line ${line}`}: ${message}${hint === null ? '' : ` (${hint})`}`,
    }));
}

/**
 * What went wrong in words; the messages of answer files never contain a value (they hold secrets). Undefined for
 * errors that are not meant for people.
 */
export function failureText(error: unknown): string | undefined {
  if (error instanceof AnswerFileError) {
    const where =
      error.template === null ? '' : `${error.template}${error.line === null ? '' : ` line ${error.line}`}: `;
    return `${where}${error.message}${error.hint === null ? '' : ` (${error.hint})`}`;
  }
  if (error instanceof DomainError)
    return error.hint === undefined ? error.message : `${error.message} (${error.hint})`;
  return undefined;
}
