import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStage, type Stage } from './imap-stage.ts';

const message = 'Subject: s\n\nbody\n';

describe('NOTIFY beyond what transcripts show', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage();
  });
  afterAll(() => stage.close());

  test('a client that was not told for long hears each mailbox once, as it is', async () => {
    const actor = await stage.newActor();
    const client = await actor.enter();
    await client.send('a NOTIFY SET (personal (MessageNew MessageExpunge FlagChange))\r\n');
    for (let i = 0; i < 50; i++) await actor.deliver('INBOX', message);
    await actor.mark('INBOX', 1, 20, '\\Seen');
    await actor.expunge('INBOX', 1, 10);
    await actor.deliver('Archive', message);
    const said = await client.settle();
    expect(said.match(/^\* STATUS INBOX /gm)).toHaveLength(1);
    expect(said).toMatch(/\* STATUS INBOX \(MESSAGES 40 UIDNEXT 51 UIDVALIDITY \d+ UNSEEN 30\)/);
    expect(said).toMatch(/\* STATUS Archive \(MESSAGES 1 UIDNEXT 2 UIDVALIDITY \d+\)/);
    client.end();
  });

  test('changes in more mailboxes than are kept end it', async () => {
    const actor = await stage.newActor();
    await actor.makeMailboxes('m', 1001);
    const client = await actor.enter();
    await client.send('a NOTIFY SET (personal (MessageNew MessageExpunge))\r\n');
    const names = Array.from({ length: 1001 }, (_each, i) => `m${i + 1}`);
    await Promise.all(names.map((name) => actor.deliver(name, message)));
    expect(await client.settle()).toMatch(/^\* OK \[NOTIFICATIONOVERFLOW\] [^\r]*\r\n$/);
    await actor.deliver('m1', message);
    expect(await client.send('b NOOP\r\n')).toBe('b OK NOOP completed\r\n');
    client.end();
  });

  test('too many names are refused, and what was asked before stays', async () => {
    const actor = await stage.newActor();
    const client = await actor.enter();
    await client.send('a NOTIFY SET (mailboxes INBOX (MessageNew MessageExpunge))\r\n');
    const names = Array.from({ length: 1001 }, (_each, i) => `m${i}`);
    const said = await client.send(`b NOTIFY SET (subtree (${names.join(' ')}) (MailboxName))\r\n`);
    expect(said).toBe('b NO [NOTIFICATIONOVERFLOW] too many mailboxes by name\r\n');
    await actor.deliver('INBOX', message);
    expect(await client.settle()).toContain('* STATUS INBOX (MESSAGES 1 ');
    client.end();
  });

  test('while a message arrives nothing is told, and then everything', async () => {
    const actor = await stage.newActor();
    const client = await actor.enter();
    await client.send('a SELECT INBOX\r\nb NOTIFY SET (selected (MessageNew (UID) MessageExpunge FlagChange))\r\n');
    await client.send('c APPEND INBOX {10+}\r\nabc\r\n');
    await actor.deliver('INBOX', message);
    expect(await client.settle()).toBe('');
    const said = await client.send('defgh\r\n');
    expect(said).toMatch(/^\* 2 EXISTS\r\n\* 1 FETCH \(UID 1\)\r\nc OK \[APPENDUID \d+ 2\]/);
    client.end();
  });

  test('messages that go while others are appended in a row are told once these are answered', async () => {
    const actor = await stage.newActor();
    for (let i = 0; i < 5; i++) await actor.deliver('INBOX', message);
    const client = await actor.enter();
    await client.send('a SELECT INBOX\r\nb NOTIFY SET (selected (MessageNew (UID) MessageExpunge FlagChange))\r\n');
    const appending = client.send('c APPEND INBOX {1+}\r\nx\r\n'.repeat(8));
    await actor.expunge('INBOX', 1, 3);
    const said = (await appending) + (await client.settle());
    expect(said.match(/^c OK \[APPENDUID/gm)).toHaveLength(8);
    expect(said.match(/^\* \d+ EXPUNGE\r$/gm)).toHaveLength(3);
    expect(said).not.toContain('FETCH');
    expect(said.match(/\* (\d+) EXISTS/g)?.at(-1)).toMatch(/(10|13) EXISTS/);
    client.end();
  });
});
