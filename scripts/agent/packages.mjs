// Debian packages as a source of files: downloaded as apt is configured on this machine, unpacked, never installed.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

// apt's own download user may not write into the caller's cache directory
const APT = ['-o', 'APT::Sandbox::User=root', '-q'];

function output(command, args, options = {}) {
  return execFileSync(command, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 64 << 20,
    ...options,
  });
}

/** The record of the package's candidate version: { Package, Version, Depends, … }. */
export function describePackage(name) {
  let text;
  try {
    text = output('apt-cache', ['show', '--no-all-versions', name]);
  } catch (error) {
    throw new Error(`apt knows no package ${name}; run "apt-get update" first`, { cause: error });
  }
  const fields = text.split('\n').flatMap((line) => {
    const match = /^([A-Za-z-]+): (.*)$/.exec(line);
    return match ? [[match[1], match[2]]] : [];
  });
  return Object.fromEntries(fields);
}

/** A kernel meta package (linux-image-amd64) -> the package that holds the kernel (linux-image-6.1.0-…-amd64). */
export function resolveKernelPackage(name) {
  const { Depends: depends = '' } = describePackage(name);
  const match = /\b(linux-image-\d[^ ,]*)/.exec(depends);
  return match ? match[1] : name;
}

/** Versions by package name, of one question to apt: each costs it a second. */
function candidateVersions(names) {
  const text = output('apt-cache', ['show', '--no-all-versions', ...names]);
  return new Map(
    text.split(/\n\n+/).flatMap((record) => {
      const name = /^Package: (.*)$/m.exec(record)?.[1];
      const version = /^Version: (.*)$/m.exec(record)?.[1];
      return name && version ? [[name, version]] : [];
    }),
  );
}

/**
 * Downloads and unpacks packages below the cache; the same version is fetched once. Gives their folders, in the order
 * of the names.
 */
export function unpackPackages(names, cacheDir) {
  const versions = candidateVersions(names);
  return names.map((name) => {
    const version = versions.get(name);
    if (version === undefined) throw new Error(`apt knows no package ${name}; run "apt-get update" first`);
    return unpackVersion(name, version, cacheDir);
  });
}

function unpackVersion(name, version, cacheDir) {
  const target = join(cacheDir, `${name}_${version.replaceAll(/[^\w.+~-]/g, '_')}`);
  if (existsSync(target)) return target;
  const work = `${target}.${process.pid}`;
  mkdirSync(join(work, 'root'), { recursive: true });
  try {
    output('apt-get', [...APT, 'download', `${name}=${version}`], { cwd: work });
    const [deb] = output('find', [work, '-name', '*.deb']).split('\n');
    if (!deb) throw new Error(`apt-get download ${name} left no package behind`);
    output('dpkg-deb', ['-x', deb, join(work, 'root')]);
    // rename last: a cache entry is either whole or absent
    try {
      renameSync(join(work, 'root'), target);
    } catch (error) {
      if (!existsSync(target)) throw error;
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return target;
}
