import { expect, test } from 'vitest';
import { isHidden } from './hidden-capabilities.ts';

test('a name hides itself and what it is a family of, in any case', () => {
  expect(isHidden(['IDLE'], 'IDLE')).toBe(true);
  expect(isHidden(['IDLE'], 'idle')).toBe(true);
  expect(isHidden(['THREAD'], 'THREAD=REFERENCES')).toBe(true);
  expect(isHidden(['THREAD=REFERENCES'], 'THREAD=REFS')).toBe(false);
  expect(isHidden(['SORT'], 'SORTED')).toBe(false);
  expect(isHidden([], 'IDLE')).toBe(false);
});
