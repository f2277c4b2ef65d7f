import { buildMirror, defaultCacheDir } from './mirror.ts';

const mirror = await buildMirror({ cacheDir: defaultCacheDir(), log: (line) => console.error(line) });
console.log(JSON.stringify(mirror, null, 2));
