import { defineConfig } from 'vitest/config';

/** `npm run test:interop`: with servers that others wrote, from Debian's packages. Those that are missing are said and skipped. */
export default defineConfig({
  ssr: { resolve: { conditions: ['posthorn-source', 'node'], externalConditions: ['node'] } },
  test: {
    include: ['test/interop/**/*.test.ts'],
    pool: 'threads',
    fileParallelism: false,
    isolate: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
