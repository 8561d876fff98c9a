import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStage, type Actor, type Stage } from './imap-stage.ts';

const set = fc.oneof(
  fc.constantFrom('1', '2:4', '*', '1:*', '$', '*:1,*,3:2', '4294967295', '0', '1:', ',1', '1,,2', '99999999999', ''),
  fc.array(fc.nat(12), { minLength: 1, maxLength: 5 }).map((all) => all.join(',')),
);
const section = fc.constantFrom(
  ...[
    '',
    '1',
    '2',
    '1.MIME',
    'HEADER',
    'TEXT',
    '3.1.TEXT',
    '2.HEADER',
    'HEADER.FIELDS (From "x y")',
    'MIME',
    '0',
    '1.',
  ],
  ...['HEADER.FIELDS ()', 'HEADER.FIELDS.NOT (Subject)', '1.1.1.1.1.1.1', '4294967295', 'NONSENSE'],
);
const range = fc.constantFrom('', '', '<0.10>', '<5.1>', '<99999.5>', '<0.0>', '<1>', '<18446744073709551615.1>');
const item = fc.oneof(
  fc.constantFrom(
    'FLAGS',
    'UID',
    'MODSEQ',
    'ENVELOPE',
    'BODY',
    'BODYSTRUCTURE',
    'RFC822.SIZE',
    'INTERNALDATE',
    'RFC822',
    'EMAILID',
    'THREADID',
    'ALL',
    'X',
  ),
  fc
    .tuple(fc.constantFrom('BODY', 'BODY.PEEK', 'BINARY', 'BINARY.PEEK', 'BINARY.SIZE'), section, range)
    .map(([name, what, part]) => `${name}[${what}]${part}`),
);
const items = fc.oneof(
  item,
  fc.array(item, { maxLength: 4 }).map((all) => `(${all.join(' ')})`),
);
const modifier = fc.constantFrom(
  '',
  '',
  '',
  ' (CHANGEDSINCE 1)',
  ' (CHANGEDSINCE 5 VANISHED)',
  ' (VANISHED)',
  ' (X)',
  ' ()',
);
const flags = fc.constantFrom(
  '()',
  '(\\Seen)',
  '\\Deleted work',
  '(Junk $Label)',
  '(\\Recent)',
  '(\\',
  '(a(b))',
  '',
  '(\\*)',
);
const needle = fc.constantFrom(
  'body',
  '"Message"',
  '""',
  '{4}\r\nbody',
  '{3+}\r\n\xff\xfe\x00',
  '{0+}\r\n',
  '"\xc3\xa9"',
  '(',
);
const { key } = fc.letrec<{ key: string }>((tie) => ({
  key: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom(
      'ALL',
      'SEEN',
      'NEW',
      'KEYWORD work',
      'SINCE 1-Jan-2020',
      'SENTON 6-Nov-2023',
      'ON 99-Feb-2020',
      'LARGER -1',
      'SMALLER 100',
      'MODSEQ 1',
      'EMAILID M1',
      'THREADID T1',
      'EMAILID (',
      'X',
    ),
    set,
    set.map((all) => `UID ${all}`),
    fc.tuple(fc.constantFrom('BODY', 'TEXT', 'FROM', 'HEADER X-Y', 'HEADER'), needle).map((all) => all.join(' ')),
    tie('key').map((not) => `NOT ${not}`),
    fc.tuple(tie('key'), tie('key')).map(([a, b]) => `OR ${a} ${b}`),
    fc.array(tie('key'), { maxLength: 3 }).map((all) => `(${all.join(' ')})`),
  ),
}));
const returns = fc.constantFrom(
  '',
  '',
  ' RETURN ()',
  ' RETURN (SAVE)',
  ' RETURN (MIN MAX)',
  ' RETURN (COUNT ALL SAVE)',
  ' RETURN (X)',
  ' RETURN (PARTIAL 1:3 MAX)',
  ' RETURN (PARTIAL -9:-2 SAVE)',
  ' CHARSET X',
);
const sorting = fc.constantFrom('(DATE)', '(REVERSE SUBJECT FROM)', '(DISPLAYTO REVERSE SIZE)', '(X)', '()');
const threading = fc.constantFrom('REFERENCES', 'ORDEREDSUBJECT', 'X');
const charset = fc.constantFrom('UTF-8', 'US-ASCII', 'ISO-2022-JP', 'X');
const uid = fc.constantFrom('', '', 'UID ');

const command = fc.oneof(
  fc.tuple(uid, set, items, modifier).map(([by, of, what, how]) => `${by}FETCH ${of} ${what}${how}`),
  fc.tuple(uid, returns, key).map(([by, how, what]) => `${by}SEARCH${how} ${what}`),
  fc
    .tuple(uid, returns, sorting, charset, key)
    .map(([by, how, order, name, what]) => `${by}SORT${how} ${order} ${name} ${what}`),
  fc.tuple(uid, threading, charset, key).map(([by, how, name, what]) => `${by}THREAD ${how} ${name} ${what}`),
  fc
    .tuple(
      uid,
      set,
      fc.constantFrom('', '', ' (UNCHANGEDSINCE 3)', ' (UNCHANGEDSINCE)'),
      fc.constantFrom('+', '-', ''),
      fc.constantFrom('FLAGS', 'FLAGS.SILENT', 'X'),
      flags,
    )
    .map(([by, of, how, sign, name, all]) => `${by}STORE ${of}${how} ${sign}${name} ${all}`),
  fc
    .tuple(
      uid,
      fc.constantFrom('COPY', 'MOVE'),
      set,
      fc.constantFrom('Archive', 'INBOX', 'Nowhere', '""', '&bad', '"a'),
    )
    .map(([by, name, of, to]) => `${by}${name} ${of} ${to}`),
  fc.constantFrom('EXPUNGE', 'EXPUNGE 1', 'UID EXPUNGE 1:*', 'UID EXPUNGE', 'NOOP'),
  fc
    .tuple(flags, fc.constantFrom('', '"01-Jan-2020 00:00:00 +0000" ', '"x" '), fc.nat(9))
    .map(([all, date, bytes]) => `APPEND INBOX ${all} ${date}{${bytes}+}\r\n${'x'.repeat(bytes)}`),
  fc
    .tuple(uid, set, fc.nat(9))
    .map(([by, of, bytes]) => `${by}REPLACE ${of} Drafts (\\Draft) {${bytes}+}\r\n${'x'.repeat(bytes)}`),
  fc.constantFrom(
    'GETMETADATA INBOX (DEPTH infinity MAXSIZE 2) (/private /shared/comment)',
    'SETMETADATA INBOX (/private/comment "abc" /shared/comment {3+}\r\na\r\n)',
    'SETMETADATA "" (/private/comment NIL)',
    'LIST "" * RETURN (METADATA (/private/comment) STATUS (MAILBOXID))',
  ),
  fc.constantFrom(
    'NOTIFY NONE',
    'NOTIFY SET (selected (MessageNew (UID FLAGS BODY[TEXT]) MessageExpunge FlagChange))',
    'NOTIFY SET STATUS (selected-delayed (MessageNew MessageExpunge)) (personal (MessageNew MessageExpunge FlagChange MailboxName))',
    'NOTIFY SET (subtree (INBOX Archive) (MailboxMetadataChange SubscriptionChange)) (subscribed (ServerMetadataChange))',
  ),
  fc.nat(9).map((bytes) => `APPEND INBOX {${bytes}+}\r\n${'y'.repeat(bytes)} {${bytes}+}\r\n${'z'.repeat(bytes)}`),
);

/** A command as it is, or with a few octets changed, left out or put in between. */
const bent = fc.oneof(
  command,
  fc
    .tuple(command, fc.nat(), fc.constantFrom('', '(', ')', '"', ' ', '\\', '\0', '\xff', '{', '[', '<', '*'))
    .map(([text, at, octet]) => {
      const place = at % (text.length + 1);
      return text.includes('{') ? text : text.slice(0, place) + octet + text.slice(place + 1);
    }),
);

describe('message commands, right and wrong', () => {
  let stage: Stage;
  let actor: Actor;
  beforeAll(async () => {
    stage = await openStage();
    actor = await stage.newActor();
  });
  afterAll(() => stage.close());

  for (const extensions of ['', 'QRESYNC', 'IMAP4rev2 UTF8=ACCEPT', 'UIDONLY METADATA CONDSTORE']) {
    test(`each gets one answer, and none is a bug of the server (${extensions || 'plain'})`, async () => {
      let done = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(bent, { minLength: 1, maxLength: 8 }), async (commands) => {
          await actor.deliver('INBOX', 'From: a@example.org\nSubject: s\n\nbody\n');
          const client = await actor.enter();
          if (extensions !== '') await client.send(`e ENABLE ${extensions}\r\n`);
          await client.send('s SELECT INBOX\r\n');
          for (const text of commands) {
            // A synchronising literal waits for its octets; here they come at once, as the client that fears nothing sends.
            const said = await client.send(`a ${text}\r\nz NOOP\r\n`);
            if (client.closed) break;
            const answers = said.match(/^a (OK|NO|BAD) /gm) ?? [];
            expect([text, answers.length]).toEqual([text, 1]);
            if (answers[0] === 'a OK ') done++;
            expect([text, said.match(/^z OK/gm)]).toEqual([text, ['z OK']]);
            expect(said).not.toContain('SERVERBUG');
            // RFC 9586: no response with a message number.
            if (extensions.includes('UIDONLY')) expect(said).not.toMatch(/^\* \d+ (FETCH|EXPUNGE)/m);
          }
          client.end();
        }),
        { numRuns: 120 },
      );
      expect(done).toBeGreaterThan(50);
      expect(actor.logged.filter((line) => line.startsWith('command failed'))).toEqual([]);
    }, 60_000);
  }
});
