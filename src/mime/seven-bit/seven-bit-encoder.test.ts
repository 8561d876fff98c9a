import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeTransfer } from '../decode-transfer.ts';
import type { Part } from '../part.ts';
import { scanMessage } from '../scan-message.ts';
import { hasVectors, readOracle, readVectorMessage } from '../testing/vector-messages.ts';
import { UnfitFinder } from './find-unfit.ts';
import { listLeaves } from './list-leaves.ts';
import { SevenBitEncoder } from './seven-bit-encoder.ts';

function encode(octets: Uint8Array, pieceBytes = octets.length || 1): Buffer {
  const root = scanMessage(octets);
  const finder = new UnfitFinder(listLeaves(root));
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < octets.length; at += pieceBytes) pieces.push(octets.subarray(at, at + pieceBytes));
  for (const piece of pieces) finder.push(piece);
  const encoder = new SevenBitEncoder(root, finder.end());
  return Buffer.concat([...pieces.flatMap((piece) => encoder.push(piece)), ...encoder.end()]);
}
const encodeText = (text: string, from: 'utf8' | 'latin1' = 'utf8'): string =>
  encode(Buffer.from(text, from)).toString('latin1');
const lines = (...all: readonly string[]): string => all.map((line) => `${line}\r\n`).join('');

test('what is 7-bit stays as it is', () => {
  const text = lines('Subject: x', 'Content-Type: multipart/mixed; boundary=b', '', '--b', '', 'one', '--b--');
  expect(encodeText(text)).toBe(text);
});

test('text becomes quoted-printable, and says so', () => {
  const text = lines(
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: 8bit',
    '',
    'Grüße an alle, x=1 ',
  );
  expect(encodeText(text)).toBe(
    lines(
      ...['MIME-Version: 1.0', 'Content-Type: text/plain; charset=utf-8'],
      ...['Content-Transfer-Encoding: quoted-printable', '', 'Gr=C3=BC=C3=9Fe an alle, x=3D1=20'],
    ),
  );
});

test('mail without MIME gets it', () => {
  expect(encodeText(lines('Subject: x', '', 'Grüße an alle, die das lesen'), 'latin1')).toBe(
    lines(
      ...['Subject: x', 'MIME-Version: 1.0', 'Content-Type: text/plain; charset=unknown-8bit'],
      ...['Content-Transfer-Encoding: quoted-printable', '', 'Gr=FC=DFe an alle, die das lesen'],
    ),
  );
});

test('each part by itself, also in messages inside; text outside of parts is masked', () => {
  const inner = lines('Subject: innen', 'Content-Transfer-Encoding: 8bit', '', 'schön, aber nur ein wenig');
  const text = lines(
    ...['Content-Type: multipart/mixed; boundary=b', 'Content-Transfer-Encoding: 8bit', '', 'préambule'],
    ...['--b', 'Content-Type: text/plain', '', 'plain'],
    ...['--b', 'Content-Type: image/png', 'Content-Transfer-Encoding: binary', '', 'abc'],
    ...['--b', 'Content-Type: message/rfc822', 'Content-Transfer-Encoding: 8bit', '', `${inner}--b--`],
  );
  expect(encodeText(text)).toBe(
    lines(
      ...['Content-Type: multipart/mixed; boundary=b', 'MIME-Version: 1.0', 'Content-Transfer-Encoding: 7bit'],
      ...['', 'pr??ambule', '--b', 'Content-Type: text/plain', '', 'plain'],
      ...['--b', 'Content-Type: image/png', 'Content-Transfer-Encoding: base64', '', 'YWJj'],
      ...['--b', 'Content-Type: message/rfc822', 'Content-Transfer-Encoding: 7bit', ''],
      ...['Subject: innen', 'MIME-Version: 1.0', 'Content-Type: text/plain; charset=unknown-8bit'],
      ...['Content-Transfer-Encoding: quoted-printable', '', 'sch=C3=B6n, aber nur ein wenig', '--b--'],
    ),
  );
});

test('long lines of base64 are broken anew', () => {
  const data = Buffer.alloc(3000, 'data').toString('base64');
  const text = lines('MIME-Version: 1.0', 'Content-Type: image/png', 'Content-Transfer-Encoding: base64', '', data);
  const out = encodeText(text);
  expect(Math.max(...out.split('\r\n').map(({ length }) => length))).toBe(76);
  expect(out.slice(out.indexOf('\r\n\r\n')).replace(/\s/g, '')).toBe(data);
});

test('dense text goes in base64', () => {
  const text = lines('MIME-Version: 1.0', 'Content-Type: text/plain; charset=utf-8', '', '日本語の文章です');
  expect(encodeText(text)).toContain('Content-Transfer-Encoding: base64');
});

describe('headers', () => {
  test.each([
    ['Subject: Grüße an alle', 'utf8', 'Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?= an alle'],
    ['Subject: Grüße', 'latin1', 'Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?='],
    ['From: "Jörg" <j@a.test>', 'utf8', 'From: =?utf-8?Q?J=C3=B6rg?= <j@a.test>'],
    ['From: Jörg Müller <j@a.test>', 'utf8', 'From: =?utf-8?Q?J=C3=B6rg_M=C3=BCller?= <j@a.test>'],
  ] as const)('%s', (field, from, want) => {
    expect(encodeText(lines(field, '', 'x'), from)).toBe(lines(want, '', 'x'));
  });
});

test('sealed leaves are known', () => {
  const text = lines('Content-Type: multipart/signed; boundary=b', '', '--b', '', 'a', '--b', '', 'b', '--b--');
  expect(listLeaves(scanMessage(Buffer.from(text))).map(({ isSealed }) => isSealed)).toEqual([true, true]);
});

/** Decoded bodies of all leaves, line ends of text made equal. */
function bodies(octets: Buffer, root: Part): readonly string[] {
  return listLeaves(root).map(({ part }) => {
    const decoded = decodeTransfer(octets.subarray(part.bodyStart, part.bodyEnd), part.encoding);
    const text = Buffer.from(decoded ?? []).toString('latin1');
    return part.type === 'text' ? text.replace(/\r\n|\n/g, '\n') : text;
  });
}

test.skipIf(!hasVectors)(
  'real messages: 7-bit afterwards, the same structure, and each body decodes to the same',
  () => {
    for (const { path } of readOracle()) {
      const octets = readVectorMessage(path);
      const out = encode(octets, 1000);
      expect(
        out.every((octet) => octet < 128 && octet !== 0),
        path,
      ).toBe(true);
      const [before, after] = [scanMessage(octets), scanMessage(out)];
      expect(shape(after), path).toBe(shape(before));
      expect(bodies(out, after), path).toEqual(bodies(octets, before));
    }
  },
);

function shape({ type, subtype, children, message }: Part): string {
  return `${type}/${subtype}(${(message ? [message] : children).map(shape).join(' ')})`;
}

test('whatever the text, in whatever pieces: it decodes to the same', () => {
  const line = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.constantFrom('', ' ', 'x '.repeat(100), '=', '.'),
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 20 }), fc.integer({ min: 1, max: 50 }), (all, pieceBytes) => {
      const head = 'MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n';
      const octets = Buffer.from(head + all.map((each) => each.replace(/[\r\n]/g, '')).join('\r\n'));
      const out = encode(octets, pieceBytes);
      expect(out.every((octet) => octet < 128 && octet !== 0)).toBe(true);
      expect(bodies(out, scanMessage(out))).toEqual(bodies(octets, scanMessage(octets)));
    }),
  );
});
