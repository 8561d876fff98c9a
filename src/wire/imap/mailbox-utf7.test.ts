import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseUtf7, printUtf7 } from './mailbox-utf7.ts';

for (const [name, text] of [
  ['', ''],
  ['plain', 'plain'],
  ['R&D', 'R&-D'],
  ['~peter/mail/台北/日本語', '~peter/mail/&U,BTFw-/&ZeVnLIqe-'],
  ['Entwürfe', 'Entw&APw-rfe'],
  ['😀', '&2D3eAA-'],
  ['a\u0007b', 'a&AAc-b'],
] as const) {
  test(`modified UTF-7 of ${name}`, () => {
    expect(printUtf7(name)).toBe(text);
    expect(parseUtf7(text)).toBe(name);
  });
}

for (const text of [
  '&',
  'a&',
  '&AOk',
  '&!!-',
  '&AEE-',
  '&A-',
  '&AAAA-',
  '&2D0-',
  '&U,BTFw-&ZeVnLIqe-',
  '&AOl-',
  'é',
  '\x01',
  '&AOk=-',
]) {
  test(`no modified UTF-7: ${JSON.stringify(text)}`, () => expect(parseUtf7(text)).toBeUndefined());
}

test('every name comes back', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (name) => {
      if (name.isWellFormed()) expect(parseUtf7(printUtf7(name))).toBe(name);
    }),
  );
});
