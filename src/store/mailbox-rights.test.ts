import { expect, test } from 'vitest';
import { combineRights, sortRights } from './mailbox-rights.ts';

test('what entries give together, without what is taken away', () => {
  const of = (identifier: string, rights: string) => ({ identifier, rights });
  expect(combineRights([])).toBe('');
  expect(combineRights([of('anyone', 'lr'), of('bob@example.org', 'rsw')])).toBe('lrsw');
  expect(combineRights([of('-bob@example.org', 'rs'), of('anyone', 'lrs')])).toBe('l');
  expect(combineRights([of('-anyone', 'x')])).toBe('');
  expect(sortRights('wsrlw')).toBe('lrsw');
});
