import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { decodeTransfer, transferDecoder } from './decode-transfer.ts';

const decode = (text: string, encoding: string): string | undefined => {
  const octets = decodeTransfer(Buffer.from(text, 'latin1'), encoding);
  return octets && Buffer.from(octets).toString('latin1');
};

const cases: readonly [string, string, string, string][] = [
  ['base64', 'plain', 'aGVsbG8=', 'hello'],
  ['base64', 'lines', 'aGVs\r\nbG8=\r\n', 'hello'],
  ['base64', 'garbage between', '?aG*V\0s b!G8=', 'hello'],
  ['base64', 'no padding', 'aGVsbG8', 'hello'],
  ['base64', 'several padded texts', 'aGVsbG8=IHg=', 'hello x'],
  ['base64', 'URL alphabet', '-_-_', '\xfb\xff\xbf'],
  ['base64', 'a single character says nothing', 'aGVsA', 'hel'],
  ['base64', 'only padding', '====', ''],
  ['base64', 'bits after the padding', 'aGVsbG9=', 'hello'],
  ['quoted-printable', 'escapes', 'a=3Db=c3=BC', 'a=b\xc3\xbc'],
  ['quoted-printable', 'soft line break', 'a=\r\nb=\nc= \t\r\nd', 'abcd'],
  ['quoted-printable', 'soft line break at the end', 'a=', 'a'],
  ['quoted-printable', 'blanks at line ends', 'a \t\r\nb  \nc  ', 'a\r\nb\nc'],
  ['quoted-printable', 'blanks inside', 'a  b', 'a  b'],
  ['quoted-printable', 'broken escapes stay', '=X=1G=', '=X=1G'],
  ['quoted-printable', 'bare CR stays', 'a\rb =\rc', 'a\rb =\rc'],
  ['quoted-printable', '8-bit stays', '\xfc', '\xfc'],
  ['x-uuencode', 'a file', 'text\nbegin 644 a.txt\n%:&5L;&\\`\n`\nend\nmore\n', 'hello'],
  ['x-uuencode', 'CRLF, two files', 'begin 644 a\r\n#86)C\r\n`\r\nend\r\nbegin 644 b\r\n#9&5F\r\nend\r\n', 'abcdef'],
  ['x-uuencode', 'length that lies', 'begin 644 a\nM86)C\nend\n', 'abc'],
  ['x-uuencode', 'no beginning', '#86)C\n', ''],
  ['7bit', 'as it is', 'a=3D', 'a=3D'],
  ['BINARY', 'as it is', '\0\xff', '\0\xff'],
];
for (const [encoding, name, text, want] of cases)
  test(`${encoding}: ${name}`, () => expect(decode(text, encoding)).toBe(want));

test('an unknown encoding has no decoder', () => {
  expect(transferDecoder('x-nope')).toBeUndefined();
  expect(decodeTransfer(Buffer.from('a'), 'x-nope')).toBeUndefined();
});

describe('properties', () => {
  const alphabet = fc.constantFrom(
    '=',
    '==',
    '=3D',
    '=\r\n',
    '\r',
    '\n',
    '\r\n',
    ' ',
    '\t',
    '   ',
    'a',
    'Zm9v',
    '%',
    '\0',
    '\xff',
    'begin 644 x\n',
    'end\n',
    '#86)C\n',
  );
  const texts = fc.array(alphabet, { maxLength: 60 }).map((parts) => parts.join(''));
  for (const encoding of ['base64', 'quoted-printable', 'x-uuencode']) {
    test(`${encoding}: the result does not depend on the pieces`, () => {
      fc.assert(
        fc.property(texts, fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }), (text, sizes) => {
          const decoder = transferDecoder(encoding);
          const octets = Buffer.from(text, 'latin1');
          const out: Uint8Array[] = [];
          for (let at = 0, index = 0; at < octets.length; index++) {
            const end = at + (sizes[index % sizes.length] ?? 1);
            out.push(decoder?.write(octets.subarray(at, end)) ?? octets);
            at = end;
          }
          out.push(decoder?.end() ?? octets);
          expect(Buffer.concat(out).toString('latin1')).toBe(decode(text, encoding));
        }),
        { seed: 7, numRuns: 2000 },
      );
    });
  }

  test('base64 of anything is read back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (octets) => {
        const text = Buffer.from(octets).toString('base64').replace(/.{10}/g, '$&\r\n');
        expect(Buffer.from(decodeTransfer(Buffer.from(text), 'base64') ?? [])).toEqual(Buffer.from(octets));
      }),
      { seed: 8 },
    );
  });

  test('many lines: the same octets whether lines are whole, broken or foreign', () => {
    const octets = Buffer.from(Array.from({ length: 6000 }, (_, index) => (index * 7919) & 255));
    const lines = octets.toString('base64').match(/.{1,76}/g) ?? [];
    for (const [text, want] of [
      [lines.join('\r\n'), octets],
      [`${lines.join('\n')}\n`, octets],
      [`${lines.join('\r\n')}\r\n`, octets],
      [lines.join(' \r\n'), octets],
      [lines.join('\r\n').replace('\r\n', '\n'), octets],
      [`${lines.join('\r\n').replace('\r\n', '\n')}\r\nQ\r\nUJD\r\n`, Buffer.concat([octets, Buffer.from('ABC')])],
      [`A${lines.join('*\r\n')}`.slice(1), octets],
      [`${lines.join('\r\n')}\r\nQUJD\r\n`, Buffer.concat([octets, Buffer.from('ABC')])],
      [`QQ==\r\n${lines.join('\r\n')}\r\n`, Buffer.concat([Buffer.from('A'), octets])],
    ] as const) {
      expect(Buffer.from(decodeTransfer(Buffer.from(text), 'base64') ?? []).equals(want)).toBe(true);
      const decoder = transferDecoder('base64');
      const out: Uint8Array[] = [];
      for (let at = 0; at < text.length; at += 1501)
        out.push(decoder?.write(Buffer.from(text.slice(at, at + 1501))) ?? octets);
      out.push(decoder?.end() ?? octets);
      expect(Buffer.concat(out).equals(want)).toBe(true);
    }
  });

  test('megabytes of one octet', () => {
    for (const octet of ['=', ' ', '\n', 'A', '\r']) {
      for (const encoding of ['base64', 'quoted-printable', 'x-uuencode']) {
        const text = octet.repeat(2_000_000);
        expect(decode(text, encoding)?.length).toBeLessThanOrEqual(text.length);
      }
    }
  });
});
