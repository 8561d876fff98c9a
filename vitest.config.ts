import { defineConfig } from 'vitest/config';

const shared = { pool: 'threads', testTimeout: 90_000, hookTimeout: 60_000 } as const;
/** Tests that start whole servers: one file at a time and after the others, so that they do not fight for the machine. */
const system = ['test/e2e/**/*.test.ts', 'test/crash/**/*.test.ts'];

export default defineConfig({
  // Tests of our own packages look at the sources, whether or not they are built.
  ssr: { resolve: { conditions: ['posthorn-source', 'node'], externalConditions: ['node'] } },
  test: {
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      exclude: ['src/**/*.{test,contract}.ts', 'src/**/testing/**'],
      reporter: ['text-summary'],
      reportOnFailure: true,
    },
    projects: [
      {
        test: {
          ...shared,
          name: 'unit',
          include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
          exclude: ['**/node_modules/**', 'test/soak/**', ...system],
          isolate: false,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...shared,
          name: 'system',
          include: system,
          fileParallelism: false,
          isolate: false,
          testTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
