import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openStage, type Actor, type Stage } from '../transcripts/imap-stage.ts';
import type { ScriptedConnection } from '../transcripts/scripted-connection.ts';

/**
 * spec/hostile-inputs.md on MIME, through the whole server: each message is taken, described, searched and given back octet
 * for octet. What the parser itself makes of such things is tested beside it, in `src/mime/`.
 */
const crlf = (text: string): Buffer => Buffer.from(text.replaceAll('\n', '\r\n'), 'latin1');
const nested = (levels: number): string =>
  Array.from({ length: levels }, (_, n) => `Content-Type: multipart/mixed; boundary=b${n}\n\n--b${n}\n`).join('');
const self = (levels: number): string => 'Content-Type: message/rfc822\n\n'.repeat(levels);
const continuations = Array.from({ length: 50_000 }, (_, n) => ` x*${n}=a;`).join('\n');
const addresses = Array.from({ length: 10_000 }, (_, n) => `a${n}@example.org`).join(',\n ');
const mixed = (boundary: string, body: string): string =>
  `Content-Type: multipart/mixed; boundary="${boundary}"\n\n${body}`;

interface Odd {
  readonly what: string;
  readonly text: string;
  /** Of BODYSTRUCTURE, or of ENVELOPE. */
  readonly shows?: RegExp;
  /** Found by SEARCH TEXT. */
  readonly found?: string;
}

const messages: readonly Odd[] = [
  { what: 'ten thousand levels of multipart', text: nested(10_000) },
  { what: 'a message in a message, ten thousand times', text: self(10_000) },
  { what: 'a hundred thousand parts', text: mixed('b', '--b\n\nx\n'.repeat(100_000)) },
  {
    what: 'a boundary that is the beginning of another',
    text: mixed(
      'b',
      `--b\nContent-Type: multipart/mixed; boundary=bb\n\n--bb\n\ninner\n--bb--\n--b\n\nouter-word\n--b--\n`,
    ),
    shows: /BODYSTRUCTURE \(\(\("text" "plain"[^]*"mixed"[^]*\)\("text" "plain"/,
    found: 'outer-word',
  },
  { what: 'a multipart without its end', text: mixed('b', '--b\n\nunended-word\n'), found: 'unended-word' },
  { what: 'a multipart without any part', text: mixed('b', 'no part here\n') },
  { what: 'a boundary of 4 kB', text: mixed('b'.repeat(4096), `--${'b'.repeat(4096)}\n\nlong-boundary-word\n`) },
  { what: 'an empty boundary', text: mixed('', '--\n\nx\n----\n') },
  {
    what: 'fifty thousand continuations of a parameter',
    text: `Content-Type: text/plain;\n${continuations}\n x=1\n\nx\n`,
  },
  { what: 'encoded words without end', text: `Subject: ${'=?utf-8?q?=C3?=\n '.repeat(20_000)}\n\nx\n` },
  { what: 'an encoded word of 100 kB', text: `Subject: =?utf-8?b?${'QUJD'.repeat(25_000)}?=\n\nx\n` },
  {
    what: 'a charset that nobody knows',
    text: 'Content-Type: text/plain; charset=x-no-such\n\nlie-word\n',
    found: 'lie-word',
  },
  {
    what: 'a charset that is a lie',
    text: 'Content-Type: text/plain; charset=utf-8\n\n\xff\xfe\xc0\xaf after-lie\n',
    found: 'after-lie',
  },
  {
    what: 'UTF-7',
    text: 'Content-Type: text/plain; charset=utf-7\n\n+ADw-script+AD4- seven-word\n',
    found: '<script> seven-word',
  },
  {
    what: 'escapes of ISO-2022-JP without end',
    text: 'Content-Type: text/plain; charset=iso-2022-jp\n\nbefore-escape\n\x1b$B\x1b$B\x1b$B!!!\n',
    found: 'before-escape',
  },
  {
    what: 'overlong UTF-8 and lone surrogates',
    text: 'Subject: \xc0\x80\xed\xa0\x80\xf8\x88\x80\x80\x80 s\n\nover-word\n',
    found: 'over-word',
  },
  {
    what: 'base64 with garbage in it',
    text: 'Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\nZ2Fy****YmFn\n!!!!ZS13b3Jk\n=====\n',
    found: 'garbage-word',
  },
  {
    what: 'an encoding that nobody knows',
    text: 'Content-Transfer-Encoding: x-none\n\nencoded-somehow\n',
    shows: /"x-none"/i,
  },
  {
    what: 'Content-Type twice',
    text: 'Content-Type: text/html\nContent-Type: image/png\n\n<p>two-types</p>\n',
    shows: /"text" "html"/,
    found: 'two-types',
  },
  { what: 'no Content-Type at all', text: 'Subject: bare\n\nbare-word\n', shows: /"text" "plain"/, found: 'bare-word' },
  {
    what: 'winmail.dat',
    text: mixed(
      'b',
      '--b\n\nseen-word\n--b\nContent-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: base64\n\neJ8+IgAA////////\n--b--\n',
    ),
    shows: /"application" "ms-tnef" \("name" "winmail.dat"\)/,
    found: 'seen-word',
  },
  {
    what: 'uuencode without end',
    text: `Subject: uu\n\nbegin 644 ../../etc/passwd\n${'M'.repeat(61)}\nuu-word\n`,
    found: 'uu-word',
  },
  {
    what: 'format=flowed, quoted a thousand times and always flowing',
    text: `Content-Type: text/plain; format=flowed; delsp=yes\n\n${`${'>'.repeat(1000)} flow \n`.repeat(200)}flow-word\n`,
    found: 'flow-word',
  },
  { what: 'header only', text: 'Subject: header-only\n', found: 'header-only' },
  { what: 'body only', text: '\nbody-only\n', found: 'body-only' },
  { what: 'no line end anywhere', text: 'Subject: nothing-ends', found: 'nothing-ends' },
  { what: 'a megabyte of one header field', text: `X-Long: ${'a'.repeat(1_000_000)}\n\nx\n` },
  { what: 'a hundred thousand header fields', text: `${'X: y\n'.repeat(100_000)}\nx\n` },
  { what: 'ten thousand addresses', text: `To: ${addresses}\n\nx\n`, shows: /"a0" "example.org"/ },
  { what: 'groups in groups', text: `To: ${'g:'.repeat(2000)}a@b.example${';'.repeat(2000)}\n\nx\n` },
  { what: 'comments in comments', text: `From: a@b.example ${'('.repeat(20_000)}\n\nx\n` },
  { what: 'From twice', text: 'From: one@b.example\nFrom: two@b.example\n\nx\n', shows: /"one" "b.example"/ },
  { what: 'no Date and no From', text: 'Subject: s\n\nx\n', shows: /ENVELOPE \(NIL "s" NIL/ },
  {
    what: 'a date in the year 0',
    text: 'Date: Mon, 01 Jan 0000 00:00:00 +0000\n\nx\n',
    shows: /ENVELOPE \("Mon, 01 Jan 0000/,
  },
  { what: 'a date in the year 9999', text: 'Date: Fri, 31 Dec 9999 23:59:59 -2359\n\nx\n' },
  { what: 'NUL in header and body', text: 'Subject: a\0b\n\nx\0nul-word\n' },
  { what: 'bare CR and bare LF', text: 'Subject: s\rX: y\n\na\rb\n' },
  {
    what: 'In-Reply-To and References of 100 kB',
    text: `References: ${'<a@b> '.repeat(16_000)}\nIn-Reply-To: ${'<'.repeat(50_000)}\n\nx\n`,
  },
  {
    what: 'HTML that never ends',
    text: `Content-Type: text/html\n\n${'<div '.repeat(20_000)}&#x${'f'.repeat(1000)};${'<!--'.repeat(5000)}`,
  },
  {
    what: 'a script as text',
    text: 'Content-Type: text/html\n\n<script>hidden-word</script><p>shown-word</p>\n',
    found: 'shown-word',
  },
];

describe('messages that mean no good', () => {
  let stage: Stage;
  let actor: Actor;
  let client: ScriptedConnection<unknown>;
  beforeAll(async () => {
    stage = await openStage();
    actor = await stage.newActor();
  });
  beforeEach(async () => {
    client = await actor.enter();
    await client.send('s SELECT INBOX\r\n');
  });
  afterEach(() => client.end());
  afterAll(async () => {
    expect(actor.logged.filter((line) => line.startsWith('command failed'))).toEqual([]);
    await stage.close();
  });

  test.each(messages)('$what', async ({ text, shows, found }) => {
    const octets = crlf(text);
    const append = Buffer.concat([Buffer.from(`a APPEND INBOX {${octets.length}+}\r\n`), octets, Buffer.from('\r\n')]);
    // NUL needs literal8; all else goes as it is.
    const said = octets.includes(0)
      ? await client.send(
          Buffer.concat([
            Buffer.from(`a APPEND INBOX ~{${octets.length}+}\r\n`),
            append.subarray(append.indexOf('\n') + 1),
          ]),
        )
      : await client.send(append);
    expect(said).toMatch(/^a OK \[APPENDUID/m);
    const described = await client.send('b FETCH * (ENVELOPE BODYSTRUCTURE BODY RFC822.SIZE PREVIEW)\r\n');
    expect(described).toMatch(/^b OK /m);
    if (shows) expect(described).toMatch(shows);
    // BODY may not hold NUL. RFC 9051 section 4.3.1.
    const item = octets.includes(0) ? 'BINARY' : 'BODY';
    const read = await client.send(`c FETCH * ${item}.PEEK[]\r\n`);
    const [head = '', bytes = ''] = /\{(\d+)\}\r\n/.exec(read) ?? [];
    const start = read.indexOf(head) + head.length;
    expect(Buffer.from(read.slice(start, start + Number(bytes)), 'latin1').equals(octets)).toBe(true);
    for (const section of ['HEADER', 'TEXT', '1', '1.MIME', '1.1.1.1.1.HEADER', 'HEADER.FIELDS (FROM SUBJECT)']) {
      expect(await client.send(`d FETCH * BODY.PEEK[${section}]\r\n`)).toMatch(/^d OK /m);
    }
    expect(await client.send('e FETCH * (BINARY.SIZE[1] BINARY.PEEK[1])\r\n')).toMatch(/^e (?:OK|NO \[UNKNOWN-CTE\])/m);
    for (const key of ['TEXT', 'BODY', 'SUBJECT', 'FROM', 'HEADER X-Long']) {
      expect(await client.send(`f SEARCH * ${key} "no such thing"\r\n`)).toMatch(/^\* SEARCH\r\nf OK /m);
    }
    if (found !== undefined) expect(await client.send(`g SEARCH * TEXT "${found}"\r\n`)).toMatch(/^\* SEARCH \d+\r\n/m);
  });

  test('all of them together: sorted, threaded and searched', async () => {
    for (const command of [
      'SORT (DATE SUBJECT FROM SIZE) UTF-8 ALL',
      'THREAD REFERENCES UTF-8 ALL',
      'THREAD ORDEREDSUBJECT UTF-8 ALL',
      'SEARCH RETURN (COUNT) OR SENTBEFORE 1-Jan-1970 SENTSINCE 1-Jan-2020',
    ]) {
      expect(await client.send(`a ${command}\r\n`)).toMatch(/^a OK /m);
    }
    const count = messages.length;
    expect(await client.send('b STATUS INBOX (MESSAGES)\r\n')).toContain(`MESSAGES ${count}`);
  });

  test('an empty message is refused, as RFC 9051 section 6.3.12 allows, or kept; the session goes on', async () => {
    expect(await client.send('a APPEND INBOX {0+}\r\n\r\n')).toMatch(/^a (?:OK|NO|BAD) /m);
    expect(await client.send('n NOOP\r\n')).toContain('n OK');
  });
});
