import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { maxUrlChars, parseImapUrl } from './imap-url.ts';

const plain = { server: undefined, uidValidity: undefined, partial: undefined, authorization: undefined };
const whole = { path: [] };

describe('URLs of messages', () => {
  for (const [text, want] of [
    ['/INBOX/;UID=20', { ...plain, mailbox: 'INBOX', uid: 20, section: whole }],
    [
      '/inbox;uidvalidity=785799047/;uid=20',
      { ...plain, mailbox: 'INBOX', uidValidity: 785_799_047, uid: 20, section: whole },
    ],
    [
      // RFC 4469 section 3 and RFC 5092 section 6.1.1
      '/Drafts;UIDVALIDITY=385759045/;UID=20/;section=1.2.MIME',
      { ...plain, mailbox: 'Drafts', uidValidity: 385_759_045, uid: 20, section: { path: [1, 2], text: 'mime' } },
    ],
    [
      '/~peter/%E6%97%A5%E6%9C%AC%E8%AA%9E/;UID=1/;PARTIAL=0.1024',
      { ...plain, mailbox: '~peter/日本語', uid: 1, section: whole, partial: { offset: 0, count: 1024 } },
    ],
    [
      '/a%2Fb/c/;UID=4294967295/;SECTION=HEADER.FIELDS%20(TO%20%22CC%22)/;PARTIAL=7',
      {
        ...plain,
        mailbox: 'a/b/c',
        uid: 4_294_967_295,
        section: { path: [], text: 'header.fields', fields: ['TO', 'CC'] },
        partial: { offset: 7, count: Infinity },
      },
    ],
    [
      'IMAP://joe@Example.com:143/INBOX/;uid=20/;section=1.2;urlauth=submit+fred',
      {
        ...plain,
        server: { user: 'joe', host: 'example.com', port: 143 },
        mailbox: 'INBOX',
        uid: 20,
        section: { path: [1, 2] },
        authorization: {
          expiresAtMs: undefined,
          access: { kind: 'submit', user: 'fred' },
          verifier: undefined,
          rump: 'IMAP://joe@Example.com:143/INBOX/;uid=20/;section=1.2;urlauth=submit+fred',
        },
      },
    ],
    [
      'imap://joe%40example.org;AUTH=*@[::1]/INBOX/;uid=20;EXPIRE=2026-11-24T12:00:00Z;URLAUTH=user+a%C3%A4:internal:91354A473744909de610943775f92038',
      {
        ...plain,
        server: { user: 'joe@example.org', host: '[::1]', port: undefined },
        mailbox: 'INBOX',
        uid: 20,
        section: whole,
        authorization: {
          expiresAtMs: Date.UTC(2026, 10, 24, 12),
          access: { kind: 'user', user: 'aä' },
          verifier: { mechanism: 'INTERNAL', token: '91354a473744909de610943775f92038' },
          rump: 'imap://joe%40example.org;AUTH=*@[::1]/INBOX/;uid=20;EXPIRE=2026-11-24T12:00:00Z;URLAUTH=user+a%C3%A4',
        },
      },
    ],
    [
      'imap://;AUTH=PLAIN@host/x/;UID=1;URLAUTH=anonymous',
      {
        ...plain,
        server: { user: undefined, host: 'host', port: undefined },
        mailbox: 'x',
        uid: 1,
        section: whole,
        authorization: {
          expiresAtMs: undefined,
          access: { kind: 'anonymous' },
          verifier: undefined,
          rump: 'imap://;AUTH=PLAIN@host/x/;UID=1;URLAUTH=anonymous',
        },
      },
    ],
  ] as const) {
    test(text, () => expect(parseImapUrl(text)).toEqual({ ok: true, value: want }));
  }

  for (const text of [
    '',
    '/',
    'imap://host',
    'imap://host/',
    'imap://host/INBOX',
    'imap://host/INBOX?SUBJECT%20x',
    '//host/INBOX/;UID=1',
    'INBOX/;UID=1',
    ';UID=1',
    '/;UID=1',
    '/INBOX;UID=1',
    '/INBOX/;UID=0',
    '/INBOX/;UID=',
    '/INBOX/;UID=99999999999999999999',
    '/INBOX;UIDVALIDITY=0/;UID=1',
    '/INBOX/;UID=1/',
    '/INBOX/;UID=1/;SECTION=',
    '/INBOX/;UID=1/;SECTION=0',
    '/INBOX/;UID=1/;SECTION=MIME',
    '/INBOX/;UID=1/;SECTION=1%5D',
    '/INBOX/;UID=1/;PARTIAL=1.0',
    '/INBOX/;UID=1/;PARTIAL=x',
    '/INBOX/;UID=1/;PARTIAL=1/;SECTION=1',
    '/IN BOX/;UID=1',
    '/IN%2BOX%/;UID=1',
    '/%FF/;UID=1',
    '/INBOX/;UID=1;EXPIRE=2026-11-24T12:00:00Z',
    '/INBOX/;UID=1;EXPIRE=tomorrow;URLAUTH=anonymous',
    '/INBOX/;UID=1;URLAUTH=',
    '/INBOX/;UID=1;URLAUTH=everyone',
    '/INBOX/;UID=1;URLAUTH=user+',
    '/INBOX/;UID=1;URLAUTH=anonymous:INTERNAL',
    '/INBOX/;UID=1;URLAUTH=anonymous:INTERNAL:0123',
    '/INBOX/;UID=1;URLAUTH=anonymous:INTERNAL:91354a473744909de610943775f92038x',
    `/${'x'.repeat(maxUrlChars)}/;UID=1`,
  ]) {
    test(`refused: ${text.slice(0, 60)}`, () => expect(parseImapUrl(text).ok).toBe(false));
  }
});

const percent = (text: string) =>
  [...Buffer.from(text)].map((octet) => `%${octet.toString(16).padStart(2, '0')}`).join('');

test('whatever a mailbox is called, its URL leads back to it', () => {
  const names = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 100 }).filter((name) => !/^inbox/i.test(name));
  fc.assert(
    fc.property(names, fc.integer({ min: 1, max: 0xffffffff }), fc.nat(), (mailbox, uid, offset) => {
      const url = `/${percent(mailbox)}/;UID=${uid}/;PARTIAL=${offset}.1`;
      expect(parseImapUrl(url)).toMatchObject({ ok: true, value: { mailbox, uid, partial: { offset, count: 1 } } });
    }),
  );
});

test('nothing makes it throw', () => {
  const pieces = [
    'imap://',
    '/',
    ';UID=',
    '1',
    ';SECTION=',
    ';PARTIAL=',
    ';URLAUTH=',
    'user+',
    '%',
    '%4',
    '%41',
    '@',
    ':',
    '[',
    ']',
    'é',
    '\0',
    ';EXPIRE=',
  ];
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(fc.constantFrom(...pieces), { maxLength: 30 }).map((some) => some.join('')),
  );
  fc.assert(
    fc.property(texts, (text) => void parseImapUrl(text)),
    { numRuns: 2000 },
  );
});
