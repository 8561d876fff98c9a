import { defineConfig } from 'vitest/config';

/** `npm run test:soak`: the same promises with far more load and time; minutes to hours, so not part of `npm test`. */
export default defineConfig({
  test: {
    include: ['test/soak/**/*.test.ts'],
    pool: 'threads',
    fileParallelism: false,
    isolate: false,
    testTimeout: 3_600_000,
    hookTimeout: 600_000,
  },
});
