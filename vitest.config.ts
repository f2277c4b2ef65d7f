import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/build.ts'],
    // Two cores: more workers only make the timing-sensitive clients (real udhcpc, QEMU) compete.
    maxWorkers: 2,
    // A loaded machine is slow; what hangs is ended all the same.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 30_000 } },
    retry: 0,
  },
});
