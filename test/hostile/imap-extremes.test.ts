import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStage, type Actor, type Stage } from '../transcripts/imap-stage.ts';

/** spec/hostile-inputs.md on IMAP once more: sizes and octets that only somebody with bad intentions sends. */
let stage: Stage;
let actor: Actor;
beforeAll(async () => {
  stage = await openStage();
  actor = await stage.newActor();
  await actor.deliver('INBOX', 'Subject: a\n\nb\n');
});
afterAll(() => stage.close());

test.each([
  ['a tag of a megabyte', `${'a'.repeat(1_000_000)} NOOP\r\n`],
  ['a tag of a megabyte without end', 'a'.repeat(1_000_000)],
  ['a command of a megabyte', `a ${'N'.repeat(1_000_000)}\r\n`],
  ['a megabyte of tags', 'a '.repeat(500_000)],
  ['a megabyte of empty lines', '\r\n'.repeat(500_000)],
  ['a megabyte of NUL', '\0'.repeat(1_000_000)],
])('%s ends the session or is refused', async (_what, octets) => {
  const client = actor.connect();
  await client.greet();
  const said = await client.send(octets);
  if (!client.closed) expect(`${said}${await client.send('\r\nz LOGOUT\r\n')}`).toMatch(/^(?:\S* |\* )?(?:BAD|BYE) /m);
  expect(said.length).toBeLessThan(100_000);
  client.end();
});

test.each([
  ['parentheses', `${'('.repeat(10_000)}ALL${')'.repeat(10_000)}`],
  ['NOT and parentheses', `${'NOT ('.repeat(5000)}ALL${')'.repeat(5000)}`],
  ['OR', `${'OR ALL '.repeat(5000)}ALL`],
  ['keys side by side', 'ALL '.repeat(10_000).trimEnd()],
  ['HEADER upon HEADER', 'HEADER a b '.repeat(5000).trimEnd()],
  ['sets side by side', '1:* '.repeat(10_000).trimEnd()],
  ['a set of many', Array.from({ length: 8000 }, (_, n) => `${n + 1}:${4_294_967_295 - n}`).join(',')],
  ['a set of many single ones', Array.from({ length: 10_000 }, (_, n) => n * 7 + 1).join(',')],
])('SEARCH, ten thousand deep or wide: %s', async (_what, keys) => {
  const client = await actor.enter();
  await client.send('s SELECT INBOX\r\n');
  const said = await client.send(`a SEARCH ${keys}\r\n`);
  expect(said.match(/^(?:a (?:OK|NO|BAD)|\* (?:BYE|BAD)) /gm)).toHaveLength(1);
  if (!client.closed) expect(await client.send('z NOOP\r\n')).toMatch(/^z OK /m);
  client.end();
});

test('literals that are announced and never come', async () => {
  for (const length of ['1', '4096', '999999', '99999999999999999999', '4294967296']) {
    for (const mark of ['', '+', '-']) {
      const client = await actor.enter();
      const said = await client.send(`a CREATE {${length}${mark}}\r\n`);
      expect([length, mark, client.closed || said === '' || /^\+ |^a (?:NO|BAD) /.test(said)]).toEqual([
        length,
        mark,
        true,
      ]);
      client.end();
    }
  }
  const client = await actor.enter();
  expect(await client.send('z NOOP\r\n')).toMatch(/^z OK /m);
  client.end();
});

test('names of mailboxes with every octet: refused, or listed and found under the name that is listed', async () => {
  const other = await stage.newActor();
  let client = await other.enter();
  let made = 0;
  for (let octet = 0; octet < 256; octet++) {
    const name = `x${String.fromCharCode(octet)}y${octet}`;
    const said = await client.send(`a CREATE {${name.length}+}\r\n${name}\r\n`);
    expect([octet, said]).toEqual([octet, expect.stringMatching(/^a (?:OK|NO|BAD) /m)]);
    if (said.startsWith('a OK')) made++;
    // Twenty errors end a session.
    if (client.closed) client = await other.enter();
  }
  expect(made).toBeGreaterThan(60);
  const listed = await client.send('l LIST "" "x*"\r\n');
  const names = [
    ...listed.matchAll(/^\* LIST \([^)]*\) "\/" (?:"((?:[^"\\]|\\.)*)"|([^\r{]+)|\{\d+\}\r\n([^\r]*))\r$/gm),
  ];
  expect(names.length).toBeGreaterThanOrEqual(made);
  for (const [, quoted, atom, literal] of names) {
    const name = quoted?.replaceAll(/\\(.)/g, '$1') ?? atom ?? literal ?? '';
    expect([name, await client.send(`s STATUS {${name.length}+}\r\n${name} (MESSAGES)\r\n`)]).toEqual([
      name,
      expect.stringMatching(/^s OK /m),
    ]);
  }
  client.end();
});
