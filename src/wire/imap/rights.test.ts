import { expect, test } from 'vitest';
import { read } from './read.ts';
import { allRights, expectModifiedRights, printRights, separateRights } from './rights.ts';

const parse = (text: string) => read(text, expectModifiedRights);

test('rights are added, taken away or set; c and d stand for their members', () => {
  expect(parse('lrs')).toEqual({ ok: true, value: { how: 'replace', rights: 'lrs' } });
  expect(parse('+d')).toEqual({ ok: true, value: { how: 'add', rights: 'et' } });
  expect(parse('-c')).toEqual({ ok: true, value: { how: 'remove', rights: 'kx' } });
  expect(parse('""')).toEqual({ ok: true, value: { how: 'replace', rights: '' } });
});

test('what is no right is refused', () => {
  for (const wrong of ['L', 'lrq', '+-l', 'l0', 'constructor', 'kx%']) expect(parse(wrong).ok, wrong).toBe(false);
});

test('told in one order, with the virtual rights of their members', () => {
  expect(printRights('')).toBe('""');
  expect(printRights('srl')).toBe('lrs');
  expect(printRights('k')).toBe('kc');
  expect(printRights('te')).toBe('ted');
  expect(printRights(allRights)).toBe('lrswipkxteacd');
  expect(separateRights).toBe('l r s w i p k x t e a c d');
});
