import { afterAll, beforeAll, expect, test } from 'vitest';
import { selectHeaderFields } from '../../src/mime/select-header-fields.ts';
import { usualFields } from '../../src/mime/usual-fields.ts';
import { openStage, type Stage } from './imap-stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

/** Headers of all kinds: folded, repeated, without an end, with server fields in front, and too large to be kept. */
const headers: readonly string[] = [
  'From: a\r\nSubject: one\r\n folded\r\nX-Else: x\r\nTo: b\r\n\r\nbody\r\n',
  'Subject: two\r\nsubject: again\r\nReceived: by y\r\n\r\nbody\r\n',
  `To: ${'somebody@example.org, '.repeat(200)}\r\nSubject: large\r\n\r\nbody\r\n`,
  `X-Large: ${'x'.repeat(5000)}\r\nSubject: small\r\n\r\nbody\r\n`,
  'Subject: no end\r\n',
  'Subject : blank before the colon\r\nno colon\r\nDate: \xe4\r\n\r\n',
  '\r\nonly a body\r\n',
  `From: ${'y'.repeat(3000)}\r\n\r\n`,
];

/** The literals of an answer by message number, each name with its octets. */
function literalsOf(said: string): Map<string, string> {
  const found = new Map<string, string>();
  let number = '';
  for (let at = 0; at < said.length;) {
    const lineEnd = said.indexOf('\r\n', at);
    const line = said.slice(at, lineEnd);
    number = /^\* (\d+) FETCH/.exec(line)?.[1] ?? number;
    const literal = /(BODY\[[^\]]*\]) \{(\d+)\}$/.exec(line);
    at = lineEnd + 2;
    if (literal === null) continue;
    found.set(`${number} ${literal[1] ?? ''}`, said.slice(at, at + Number(literal[2])));
    at += Number(literal[2]);
  }
  return found;
}

test('header fields are the same whether they are kept or read from the message', async () => {
  const actor = await stage.newActor();
  const client = await actor.enter();
  const inbox = await stage.store.findMailbox(actor.accountId, 'INBOX');
  if (inbox === undefined) throw new Error('no INBOX');
  for (let round = 0; round < 3; round++) {
    for (const header of headers) {
      const prefix = round === 1 ? 'Delivered-To: me\r\nReceived: x\r\n' : '';
      const target = { accountId: actor.accountId, mailbox: inbox.id, flags: 0, keywords: [], receivedAtMs: 0, prefix };
      const octets = Buffer.from(header, 'latin1');
      await stage.store.append({ message: { kind: 'octets', octets }, targets: [target] });
    }
  }
  await client.send('a SELECT INBOX\r\n');
  const whole = literalsOf(await client.send('b FETCH 1:* BODY.PEEK[HEADER]\r\n'));
  expect(whole.size).toBe(3 * headers.length);
  const choices = [['SUBJECT'], ['From', 'To', 'DATE'], [...usualFields], ['subject', 'received'], ['X-Else']];
  for (const names of choices) {
    const item = `BODY.PEEK[HEADER.FIELDS (${names.join(' ')})]`;
    const said = await client.send(`c FETCH 1:* (UID ${item} BODY.PEEK[HEADER.FIELDS (MESSAGE-ID DATE)])\r\n`);
    expect(said).toMatch(/\)\r\nc OK FETCH completed\r\n$/);
    const literals = literalsOf(said);
    for (let number = 1; number <= whole.size; number++) {
      const header = Buffer.from(whole.get(`${number} BODY[HEADER]`) ?? '', 'latin1');
      for (const fields of [names, ['MESSAGE-ID', 'DATE']]) {
        const got = [...literals].find(
          ([key]) => key.toLowerCase() === `${number} BODY[HEADER.FIELDS (${fields.join(' ')})]`.toLowerCase(),
        );
        const want = Buffer.from(selectHeaderFields(header, fields, false)).toString('latin1');
        expect(got?.[1]).toBe(want);
      }
    }
  }
  client.end();
});
