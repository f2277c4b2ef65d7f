// @ts-check
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ROOT } from './root.mjs';
import { PlainFailure } from './say.mjs';

const SOURCE = join(ROOT, 'server/http/pages');
const TARGET = join(ROOT, 'dist/pages');
const require = createRequire(import.meta.url);

/** What browsers are sent: our own files, and those of packages, by the name that views call them. */
const VENDORED = {
  'htmx.js': 'htmx.org/dist/htmx.min.js',
  'pico.css': '@picocss/pico/css/pico.min.css',
};

/** @param {string} name @param {string | Buffer} content `form.css` -> `form.1f2e3d4c5b6a.css` */
function hashedName(name, content) {
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 12);
  return name.replace(/\.([a-z0-9]+)$/, `.${hash}.$1`);
}

/**
 * Pictures inside a style sheet as files of their own: the pages' policy allows pictures of the service, and no `data:`.
 * @param {string} css @param {Map<string, string | Buffer>} files
 */
function withoutDataUrls(css, files) {
  return css.replace(/url\("data:image\/svg\+xml,([^"]+)"\)/g, (_whole, encoded) => {
    const svg = decodeURIComponent(encoded);
    const name = hashedName('icon.svg', svg);
    files.set(name, svg);
    return `url("${name}")`;
  });
}

/** @param {string} path The file of a package. Throws where the package was added since the last installation. */
function packageFile(path) {
  try {
    return require.resolve(path);
  } catch (error) {
    throw new PlainFailure(`the pages need ${path}, which is not installed; run: npm ci (${error})`);
  }
}

/** Every file of dist/pages by its path there, with its content. */
function pageFiles() {
  /** @type {Map<string, string | Buffer>} */
  const assets = new Map();
  /** @type {Record<string, string>} */
  const names = {};
  const own = readdirSync(join(SOURCE, 'assets')).map((name) => [name, join(SOURCE, 'assets', name)]);
  const vendored = Object.entries(VENDORED).map(([name, path]) => [name, packageFile(path)]);
  for (const [name = '', path = ''] of [...own, ...vendored]) {
    const raw = readFileSync(path);
    const content = name.endsWith('.css') ? withoutDataUrls(raw.toString('utf8'), assets) : raw;
    names[name] = hashedName(name, content);
    assets.set(names[name], content);
  }
  const files = new Map([...assets].map(([name, content]) => [join('assets', name), content]));
  files.set('assets.json', `${JSON.stringify(names, null, 2)}\n`);
  for (const name of readdirSync(join(SOURCE, 'views')))
    files.set(join('views', name), readFileSync(join(SOURCE, 'views', name)));
  return files;
}

/** @param {string} path @param {string | Buffer} content Never seen half written, and left alone where it is the same. */
function put(path, content) {
  try {
    if (readFileSync(path).equals(Buffer.from(content))) return;
  } catch {
    // It is not there yet.
  }
  const fresh = `${path}.${process.pid}`;
  writeFileSync(fresh, content);
  renameSync(fresh, path);
}

/** Makes dist/pages: views as they are, assets with a hash of their content in their names. */
export function buildPageAssets() {
  const files = pageFiles();
  for (const folder of ['assets', 'views']) {
    mkdirSync(join(TARGET, folder), { recursive: true });
    for (const name of readdirSync(join(TARGET, folder)))
      if (!files.has(join(folder, name))) rmSync(join(TARGET, folder, name), { force: true });
  }
  for (const [path, content] of files) put(join(TARGET, path), content);
}

// By itself where tsc is called by hand: an image's build, the tests.
if (process.argv[1] === fileURLToPath(import.meta.url)) buildPageAssets();
