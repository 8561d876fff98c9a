import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Conversation, Sink } from '../../src/base/conversation.ts';
import { createPop3Conversation } from '../../src/serve/pop3/conversation.ts';
import type { Pop3Event } from '../../src/serve/pop3/services.ts';
import { openStage, type Actor, type Stage } from './imap-stage.ts';
import { connectPop3 } from './play-pop3.ts';

const login = 'USER post@localhost\r\nPASS posthorn\r\n';

describe('POP3 against hostile input', () => {
  let stage: Stage;
  let actor: Actor;
  beforeAll(async () => {
    stage = await openStage();
    actor = await stage.newActor();
    await actor.deliver('INBOX', 'Subject: one\n\n.\n');
    await actor.deliver('INBOX', `Subject: large\n\n${`.${'x'.repeat(98)}\n`.repeat(60_000)}`);
  });
  afterAll(() => stage.close());

  test('noise, before login and after: only responses, no fault of ours, no message lost', async () => {
    const word = fc.constantFrom(
      ...['USER', 'PASS', 'AUTH PLAIN', 'AUTH', 'CAPA', 'STAT', 'LIST', 'UIDL', 'RETR', 'TOP', 'DELE', 'RSET', 'NOOP'],
      ...[
        'UTF8',
        'STLS',
        '*',
        '=',
        '',
        ' ',
        '1',
        '0',
        '-1',
        '1 1',
        '999999999999',
        '\0',
        '\r',
        '\xff',
        '\x80',
        'x'.repeat(3000),
      ],
    );
    const line = fc.array(word, { maxLength: 4 }).map((words) => `${words.join(' ')}\r\n`);
    const noise = fc.array(fc.oneof({ weight: 4, arbitrary: line }, fc.string({ unit: 'binary', maxLength: 50 })), {
      maxLength: 30,
    });
    await fc.assert(
      fc.asyncProperty(noise, fc.boolean(), async (lines, loggedIn) => {
        const connection = connectPop3(actor);
        let said = await connection.greet();
        if (loggedIn) said += await connection.send(login);
        for (const text of lines) said += await connection.send(Buffer.from(text, 'latin1'));
        connection.end();
        const responses = said.split('\r\n').filter((one) => /^(?:\+|-)/.test(one));
        for (const one of responses) expect(one).toMatch(/^(?:\+OK|-ERR|\+ )/);
        expect(said.endsWith('\r\n')).toBe(true);
      }),
      { numRuns: 60 },
    );
    expect(actor.logged.filter((one) => one.startsWith('command failed'))).toEqual([]);
    const connection = connectPop3(actor);
    await connection.greet();
    expect(await connection.send(login)).toContain('+OK 2 messages');
    connection.end();
  });

  test('a client that asks for everything and reads nothing: the session waits, little is held', async () => {
    let pending = 0;
    let most = 0;
    let wake: (() => void) | undefined;
    const sink: Sink<Pop3Event> = {
      write: (data) => {
        pending += data.length;
        most = Math.max(most, pending);
      },
      drained: () => new Promise((resolve) => (wake = resolve)),
      flush() {},
      expectLines() {},
      expectOctets() {},
      expectFramed() {},
      startTls() {},
      startCompression() {},
      stopCompression() {},
      close() {},
      destroy() {},
      post() {},
      hold: () => () => {},
      idleLimit() {},
      delay: () => Promise.resolve(),
      closed: false,
      get pendingBytes() {
        return pending;
      },
    };
    const peer = { id: 'p', remoteAddress: '192.0.2.1', remotePort: 1, localAddress: '192.0.2.2', localPort: 110 };
    const converse = createPop3Conversation(actor.services(), { startTls: false, plaintextLogin: true });
    const conversation: Conversation<Pop3Event> = converse({ ...peer, tls: undefined }, sink);
    const say = (text: string) => conversation.accept({ kind: 'line', line: Buffer.from(text), bareLf: false });
    await conversation.greet();
    await say('USER post@localhost');
    await say('PASS posthorn');
    let ended = false;
    const retrieving = Promise.resolve(say('RETR 2')).then(() => (ended = true));
    let waits = 0;
    while (!ended) {
      await new Promise((resolve) => setImmediate(resolve));
      if (wake === undefined) continue;
      waits++;
      pending = 0;
      wake();
      wake = undefined;
    }
    await retrieving;
    expect(waits).toBeGreaterThan(10);
    expect(most).toBeLessThan(600_000);
    conversation.end();
  });
});
