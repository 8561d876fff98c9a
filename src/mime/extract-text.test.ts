import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeCharset, openCharset } from './decode-charset.ts';
import { foldForSearch } from './fold-for-search.ts';
import { PieceFolder } from './piece-folder.ts';
import { scanMessage } from './scan-message.ts';
import { HtmlStripper, stripHtml } from './strip-html.ts';
import { wholeText } from './testing/whole-text.ts';

const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 6 });

/** Cuts by turns of those sizes. */
function* cuts(length: number, each: readonly number[]): Generator<[number, number]> {
  for (let at = 0, index = 0; at < length; index += 1) {
    const end = Math.min(length, at + (each[index % each.length] ?? 1));
    yield [at, end];
    at = end;
  }
}

describe('text in pieces is the text as a whole', () => {
  test('HTML', () => {
    const parts = fc.constantFrom(
      ...[
        '<',
        '>',
        '/',
        '!',
        '-',
        '--',
        '"',
        "'",
        'a',
        ' ',
        '=',
        '&',
        ';',
        '#',
        '12',
        '<b>',
        '<b ',
        'é',
        '\n',
        '<p>',
        '?',
      ],
      ...[
        '<script>',
        '</script>',
        '</scr',
        'script',
        '<title/>',
        '&amp;',
        '&eac',
        'ute;',
        '<!--',
        '-->',
        '<!-->',
        '\u00ad',
      ],
      ...[
        '<a b="',
        "<a b = '",
        '<style',
        '</style >',
        '<td>',
        '&#x4',
        '1;',
        ' = ',
        '\u{1f600}',
        'x'.repeat(70),
        '&nbsp;',
      ],
    );
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 40 }), sizes, (list, each) => {
        const html = list.join('').toWellFormed();
        const characters = Array.from(html);
        const stripper = new HtmlStripper();
        let text = '';
        for (const [from, to] of cuts(characters.length, each))
          text += stripper.write(characters.slice(from, to).join(''));
        expect(text + stripper.end('')).toBe(stripHtml(html));
      }),
      { seed: 21, numRuns: 20_000 },
    );
  });

  test('HTML: attribute values of megabytes', () => {
    const html = `<p>a<img src="data:${'x'.repeat(1.5e6)}" alt="b">c<i title="${'y'.repeat(9e5)}>">d<i title="${'z'.repeat(3e6)}>e`;
    const stripper = new HtmlStripper();
    let text = '';
    for (const [from, to] of cuts(html.length, [65_536])) text += stripper.write(html.slice(from, to));
    expect(text + stripper.end('')).toBe('a cde');
    expect(stripHtml(html)).toBe('a cde');
  });

  test('charsets', () => {
    const labels = fc.constantFrom(
      ...[
        'utf-16',
        'utf-16be',
        'utf-7',
        'utf-32',
        'iso-2022-jp',
        'gb18030',
        'gbk',
        'big5',
        'euc-jp',
        'shift_jis',
        'euc-kr',
      ],
      ...['cp437', 'windows-1252', 'iso-8859-1', 'koi8-r', 'macintosh', 'ucs2', 'cesu-8', 'utf-7-imap', 'cp949'],
    );
    const octets = fc.array(
      fc.oneof(
        fc.uint8Array({ maxLength: 4 }).map((some) => Array.from(some)),
        fc.constantFrom(
          ...['a', ' ', '\n', 'b\r\n', '+IKw-', '\x1b$B', '\x1b(B', 'F|', '+2D3cAA-', 'é', '\u{1f600}'].map((text) => [
            ...Buffer.from(text),
          ]),
        ),
        fc.constantFrom(
          [0xd8, 0x3d],
          [0xde, 0x00],
          [0x3d, 0xd8],
          [0x00, 0xde],
          [0xff, 0xfe],
          [0xfe, 0xff],
          [0x81, 0x30],
        ),
      ),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(labels, octets, sizes, (label, lists, each) => {
        const all = Uint8Array.from(lists.flat());
        const decoder = openCharset(label);
        if (decoder === undefined) throw new Error(`${label} is not known`);
        let text = '';
        for (const [from, to] of cuts(all.length, each)) {
          const piece = decoder.write(all.subarray(from, to));
          expect(piece.isWellFormed()).toBe(true);
          text += piece;
        }
        expect(text + decoder.end()).toBe(decodeCharset(all, label));
      }),
      { seed: 22, numRuns: 20_000 },
    );
  });

  test('folding', () => {
    const parts = fc.constantFrom(
      ...[
        'a',
        'E',
        '\u0301',
        '\u0307',
        'I',
        'İ',
        'Σ',
        'ς',
        '\u0345',
        '\u1100',
        '\u1161',
        '\u11a8',
        '가',
        '각',
        '\u0327',
        'ß',
      ],
      ...[
        '日',
        '\u{1f600}',
        '\u{1d15e}',
        '\u{1d165}',
        ' ',
        '\n',
        '\u3099',
        'か',
        '\u2126',
        '\u0958',
        '\u093c',
        '\u200d',
        'K',
      ],
      ...[
        '\u{11099}',
        '\u{110ba}',
        '\u{16d67}',
        '\u{16d63}',
        '\u0338',
        '=',
        'q\u0307',
        '\u0345',
        'ᾳ',
        '\uff76',
        '\uff9e',
        'ﬁ',
      ],
    );
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 30 }), sizes, fc.integer({ min: 0, max: 8 }), (list, each, chars) => {
        const folder = new PieceFolder(chars);
        let text = '';
        for (const [from, to] of cuts(list.length, each)) text += folder.write(list.slice(from, to).join(''));
        expect(text + folder.end()).toBe(foldForSearch(list.join('')));
      }),
      { seed: 23, numRuns: 20_000 },
    );
  });

  test('folding holds back no more than some thousand marks', () => {
    const folder = new PieceFolder(1000);
    let folded = 0;
    for (let count = 0; count < 100; count += 1) folded += folder.write('\u0301'.repeat(1000)).length;
    expect(folded).toBeGreaterThan(80_000);
  });

  test('messages: all encodings and charsets, untold and wrong ones too', async () => {
    const texts = fc.constantFrom(
      ...[
        'plain\r\n',
        'Gr\xfc\xdfe',
        'Gr=C3=BC',
        'w\xc3\xbc',
        '\xef\xbb\xbf',
        '\xef\xbf\xbd',
        '=EF=BB=BF',
        '=\r\n',
        ' \r\n',
        '\r',
        '\0',
      ],
      ...[
        '<p>',
        '<!--',
        '-->',
        '&uuml;',
        '<a b="',
        '">',
        'R3LDvMOfZQ==\r\n',
        'w7w',
        '\xff',
        'a',
        '=F0=9F=98=80',
        '\xf0\x9f',
        '\x98\x80',
      ],
    );
    const kinds = fc.record({
      type: fc.constantFrom('plain', 'html'),
      charset: fc.constantFrom(
        '',
        '; charset=utf-8',
        '; charset=us-ascii',
        '; charset=gb18030',
        '; charset=x-no',
        '; charset=utf-7',
      ),
      encoding: fc.constantFrom('8bit', 'base64', 'quoted-printable', 'x-uuencode', 'x-unknown'),
    });
    const parts = fc.array(fc.record({ kind: kinds, text: fc.array(texts, { maxLength: 20 }) }), {
      minLength: 1,
      maxLength: 3,
    });
    await fc.assert(
      fc.asyncProperty(parts, fc.integer({ min: 1, max: 12 }), async (list, pieceOctets) => {
        const bodies = list.map(
          ({ kind: { type, charset, encoding }, text }) =>
            `--b\r\nContent-Type: text/${type}${charset}\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n${text.join('')}\r\n`,
        );
        const octets = Buffer.from(
          `Content-Type: multipart/mixed; boundary=b\r\n\r\n${bodies.join('')}--b--\r\n`,
          'latin1',
        );
        const root = scanMessage(octets);
        const read = (start: number, end: number): Uint8Array => octets.subarray(start, end);
        expect(await wholeText(read, root, { pieceOctets })).toEqual(await wholeText(read, root));
      }),
      { seed: 24, numRuns: 5000 },
    );
  });
});

describe('extractText', () => {
  const octets = Buffer.from(`Subject: x\r\n\r\n${'line of text\r\n'.repeat(100_000)}`);

  test('text of megabytes comes in pieces, all of it, and each octet is read once', async () => {
    let read = 0;
    const { body } = await wholeText((start, end) => {
      read += end - start;
      return octets.subarray(start, end);
    }, scanMessage(octets));
    expect(body).toBe('line of text\n'.repeat(100_000));
    expect(read).toBe(octets.length);
  });
});
