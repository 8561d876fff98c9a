import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { DataUnusable } from '../store/data-unusable.ts';
import { explainFailure } from './explain-failure.ts';
import { Refusal } from './refusal.ts';

function failureOf(work: () => void): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return expect.fail('nothing failed');
}

test('what the system refuses names the file, what is wrong with it, and what was tried', () => {
  const inFile = join(import.meta.filename, 'data');
  expect(explainFailure(failureOf(() => mkdirSync(inFile)))).toBe(
    `${inFile}: a part of its path is a file, not a folder (mkdir)`,
  );
  const missing = join(import.meta.dirname, 'not-there');
  expect(explainFailure(failureOf(() => readFileSync(missing)))).toBe(
    `${missing}: there is no such file or folder (open)`,
  );
});

test('refusals and failures of the store speak for themselves; a fault of ours is not explained', () => {
  expect(explainFailure(new Refusal('no'))).toBe('no');
  expect(explainFailure(new DataUnusable('posthorn.db is damaged'))).toBe('posthorn.db is damaged');
  expect(explainFailure(new TypeError('x is not a function'))).toBeUndefined();
  expect(explainFailure('thrown text')).toBeUndefined();
});
