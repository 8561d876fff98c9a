import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commands } from '../../src/serve/imap/command-table.ts';
import { openStage, type Actor, type Stage } from '../transcripts/imap-stage.ts';

/**
 * spec/hostile-inputs.md on IMAP: what no command may fall over, tried with every command of the table, so also with those
 * that are added later. Arguments of the right kind, taken to extremes, are in `test/transcripts/hostile-imap.test.ts`.
 */
const deep = 15_000;
const hostile: readonly (readonly [string, string])[] = [
  ['parentheses that open', '('.repeat(deep)],
  ['parentheses that close', ')'.repeat(deep)],
  ['pairs of parentheses', `${'('.repeat(deep / 2)}${')'.repeat(deep / 2)}`],
  ['a name, then parentheses', `INBOX ${'('.repeat(deep)}`],
  ['a set, then parentheses', `1:* ${'('.repeat(deep)}`],
  ['brackets', `1 BODY${'['.repeat(deep)}`],
  ['angle brackets', `1 BODY[]${'<'.repeat(deep)}`],
  ['a quoted string without end', `"${'a'.repeat(deep)}`],
  ['backslashes', `"${'\\'.repeat(deep)}"`],
  ['wildcards', '*%'.repeat(deep / 2)],
  ['sets of everything', Array.from({ length: 3000 }, () => '1:*').join(',')],
  ['numbers beyond 32 bits', '4294967295:4294967296 18446744073709551616 999999999999999999999999'],
  ['numbers below zero', '-1 -1:-2 {-1}'],
  ['NOT upon NOT', `${'NOT '.repeat(3000)}ALL`],
  ['OR upon OR', `${'OR '.repeat(3000)}ALL`],
  ['base64 that is none', '====!!!!AAAA'.repeat(1000)],
  ['octets of no charset', '\xff\xfe\xc0\x80\xed\xa0\x80'.repeat(500)],
  ['controls', '\x01\x02\x7f\x1b[31m'],
  ['NIL upon NIL', 'NIL '.repeat(3000).trimEnd()],
  ['nothing but spaces', ' '.repeat(deep)],
];

let stage: Stage;
let actor: Actor;

beforeAll(async () => {
  stage = await openStage();
  actor = await stage.newActor();
  await actor.deliver('INBOX', 'Subject: a\n\nb\n');
});
afterAll(() => stage.close());

describe.each(commands.map(({ name }) => name))('%s', (name) => {
  test.each(['before login', 'with a mailbox selected'])(
    '%s: one answer each, and the session goes on or ends',
    async (where) => {
      for (const [what, args] of hostile) {
        const client = where === 'before login' ? actor.connect() : await actor.enter();
        if (where === 'before login') await client.greet();
        else await client.send('s SELECT INBOX\r\n');
        const said = await client.send(`a ${name} ${args}\r\n`);
        // AUTHENTICATE, IDLE and the like may go on asking; what is sent then is no command.
        const more = said.startsWith('+ ') ? await client.send('*\r\n') : '';
        const answers = `${said}${more}`.match(/^(?:a (?:OK|NO|BAD) |\* BYE )/gm) ?? [];
        expect([what, answers.length > 0]).toEqual([what, true]);
        expect(said).not.toContain('SERVERBUG');
        if (!client.closed && !client.tlsStarted) expect(await client.send('z NOOP\r\n')).toMatch(/^z OK |^\* BYE /m);
        client.end();
      }
      expect(actor.logged.filter((line) => line.startsWith('command failed'))).toEqual([]);
    },
  );
});

describe('many mailboxes', () => {
  test('thousands are listed whole, with their counts, and a pattern of wildcards ends', async () => {
    const count = 3000;
    const other = await stage.newActor();
    await other.makeMailboxes('deep/er/m', count);
    const client = await other.enter();
    const listed = await client.send('a LIST "" "*"\r\n');
    expect(listed.match(/^\* LIST [^\r]*deep\/er\/m\d+/gm)).toHaveLength(count);
    const counted = await client.send('b LIST "" "deep/%/m%" RETURN (STATUS (MESSAGES UIDNEXT))\r\n');
    expect(counted.match(/^\* STATUS /gm)).toHaveLength(count);
    expect(await client.send(`c LIST "" "${'*e'.repeat(400)}"\r\n`)).toBe('c OK LIST completed\r\n');
    client.end();
  });
});
