import { describe, expect, test } from 'vitest';
import { parsePartMap } from './part-map.ts';
import { scanMessage } from './scan-message.ts';
import { summarizeMessage } from './summarize-message.ts';
import type { MessageSummary } from './summarize-message.ts';
import { wholeText } from './testing/whole-text.ts';

const crlf = (text: string): Buffer => Buffer.from(text.replace(/\n/g, '\r\n'));

function summarize(text: string): MessageSummary {
  const octets = crlf(text);
  return summarizeMessage(scanMessage(octets), octets.subarray(0, 65_536));
}

const alternative = (plain: string, html: string): string =>
  `Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain; charset=utf-8\n\n${plain}\n--b\nContent-Type: text/html; charset=utf-8\n\n${html}\n--b--\n`;

test('summary of a reply', () => {
  const summary = summarize(
    'From: =?utf-8?Q?J=C3=BCrgen?= <J.K@Example.ORG>\nSender: s@x\nReply-To: r@x\nTo: g: a@b, c@d;\nCc: "E, F" <e@f>\nBcc: b@b\n' +
      'Subject: Re: [list] =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\nDate: Fri, 21 Nov 1997 09:55:06 -0600\nMessage-ID: <2@X>\nIn-Reply-To: <1@x>\n' +
      'References: <0@x>\n <1@x>\n\n> quoted\nHello   there,\nthis is it.\n',
  );
  expect(summary).toMatchObject({
    preview: 'Hello there, this is it.',
    subject: 'Re: [list] Grüße',
    baseSubject: 'grüße',
    isReplyOrForward: true,
    messageId: '2@x',
    inReplyTo: ['1@x'],
    references: ['0@x', '1@x'],
    sentAtMs: Date.UTC(1997, 10, 21, 15, 55, 6),
    sentOffsetMinutes: -360,
    sortFrom: 'j.k',
    sortTo: 'g',
    sortCc: 'e',
    hasAttachment: false,
  });
  expect(summary.from).toMatchObject([{ name: 'Jürgen', localPart: 'J.K', domain: 'Example.ORG' }]);
  expect(
    [summary.to, summary.cc, summary.bcc, summary.sender, summary.replyTo].map((list) =>
      list.map(({ localPart }) => localPart),
    ),
  ).toEqual([['a', 'c'], ['e'], ['b'], ['s'], ['r']]);
  expect(parsePartMap(summary.partMap).ok).toBe(true);
});

test('summary of nothing', () => {
  expect(summarize('')).toMatchObject({
    preview: '',
    subject: '',
    messageId: undefined,
    sentAtMs: undefined,
    from: [],
    references: [],
    hasAttachment: false,
  });
});

describe('preview', () => {
  const cases: readonly [string, string, string][] = [
    ['plain', '\nhi\n', 'hi'],
    ['plain before HTML', alternative('plain', '<p>html</p>'), 'plain'],
    ['HTML alone', 'Content-Type: text/html\n\n<style>x</style><p>a</p><p>b &amp; c', 'a b & c'],
    [
      'base64 and charset',
      'Content-Type: text/plain; charset=koi8-r\nContent-Transfer-Encoding: base64\n\n8NLJ18XU\n',
      'Привет',
    ],
    ['quotes only', '\n> one\n> two\n', '> one > two'],
    ['text attachments are not the text', 'Content-Type: text/plain\nContent-Disposition: attachment\n\nx', ''],
    ['no text', 'Content-Type: image/gif\n\nx', ''],
    ['not the text of a message inside', 'Content-Type: message/rfc822\n\n\nx', ''],
    ['controls and invisible characters', '\na\0\u200b\u001bb\u00a0 c', 'a b c'],
  ];
  for (const [name, text, want] of cases) test(name, () => expect(summarize(text).preview).toBe(want));

  test('two hundred characters, not half of one', () => {
    expect(summarize(`\n${'x '.repeat(500)}`).preview).toBe('x '.repeat(100).trim());
    expect(summarize(`\n${'😀'.repeat(500)}`).preview).toBe('😀'.repeat(200));
  });

  test('long styles before the text', () => {
    const text = `Content-Type: text/html\n\n<style>${'p{color:red}\n'.repeat(1000)}</style>text`;
    expect(summarize(text).preview).toBe('text');
  });

  test('the head may end anywhere', () => {
    const octets = crlf(alternative('plain text', '<p>html</p>'));
    const root = scanMessage(octets);
    for (let length = 0; length <= octets.length; length++) {
      expect('plain text'.startsWith(summarizeMessage(root, octets.subarray(0, length)).preview)).toBe(true);
    }
  });
});

describe('hasAttachment', () => {
  const mixed = (fields: string): string =>
    `Content-Type: multipart/mixed; boundary=b\n\n--b\n\ntext\n--b\n${fields}\n\nx\n--b--\n`;
  const related = (fields: string): string => mixed(fields).replace('multipart/mixed', 'multipart/related');
  for (const [name, text, want] of [
    ['plain text', '\nx', false],
    ['a PDF alone', 'Content-Type: application/pdf\n\nx', true],
    ['an image in mixed', mixed('Content-Type: image/png'), true],
    ['an image in related', related('Content-Type: image/png\nContent-ID: <1>'), false],
    [
      'an attachment in related',
      related('Content-Type: image/png\nContent-ID: <1>\nContent-Disposition: attachment'),
      true,
    ],
    ['a second text', mixed('Content-Type: text/plain'), false],
    ['a text with a name', mixed('Content-Type: text/plain; name=a.txt'), true],
    ['a signature', mixed('Content-Type: application/pgp-signature; name=signature.asc'), false],
    ['a forwarded message as attachment', mixed('Content-Type: message/rfc822\nContent-Disposition: attachment'), true],
    ['a delivery status', mixed('Content-Type: message/delivery-status'), false],
  ] as const) {
    test(name, () => expect(summarize(text).hasAttachment).toBe(want));
  }
});

describe('extractText', () => {
  const extract = async (text: string): ReturnType<typeof wholeText> => {
    const octets = crlf(text);
    const root = scanMessage(octets);
    const read = (start: number, end: number): Uint8Array => octets.subarray(start, end);
    const fromScan = await wholeText(read, root);
    const map = parsePartMap(summarizeMessage(root, octets).partMap);
    if (!map.ok) throw new Error('no map');
    expect(await wholeText((start, end) => Promise.resolve(read(start, end)), map.value)).toEqual(fromScan);
    return fromScan;
  };

  test('headers decoded, all text parts, HTML as text', async () => {
    const text = await extract(`Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\n${alternative('Plän', '<p>H<b>ell</b>o</p>')}`);
    expect(text.headers).toBe('subject: Grüße\ncontent-type: multipart/alternative; boundary=b');
    expect(text.body).toBe(
      'content-type: text/plain; charset=utf-8\nPlän\ncontent-type: text/html; charset=utf-8\nHello',
    );
  });

  test('messages inside, their headers too; file names decoded; no other parts', async () => {
    const { headers, body } = await extract(
      'Subject: out\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: message/rfc822\n\nSubject: in\n\ninner\n--b\n' +
        "Content-Type: image/png\nContent-Disposition: attachment; filename*=utf-8''%C3%BC.png\n\nbinary\n--b\nContent-Type: message/delivery-status\n\nStatus: 5.1.1\n--b--\n",
    );
    expect(headers).toContain('subject: out');
    expect(body).toContain('subject: in\ninner');
    expect(body).toContain('ü.png');
    expect(body).toContain('Status: 5.1.1');
    expect(body).not.toContain('binary');
  });

  test('a message without Content-Type has its body searched', async () =>
    expect((await extract('A: b\n\nneedle')).body).toBe('needle'));

  test('an unknown encoding is taken as it is', async () => {
    expect((await extract('Content-Transfer-Encoding: x-nope\n\nneedle')).body).toBe('needle');
  });

  test('reads each octet of text once, and none of other parts', async () => {
    const octets = crlf(
      `Content-Type: multipart/mixed; boundary=b\n\n--b\n\n${'text\n'.repeat(50_000)}--b\nContent-Type: image/png\n\n${'x'.repeat(500_000)}\n--b--\n`,
    );
    let bytes = 0;
    await wholeText((start, end) => {
      bytes += end - start;
      return octets.subarray(start, end);
    }, scanMessage(octets));
    expect(bytes).toBeLessThan(310_000);
  });
});
