import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ImapEvent } from '../../src/serve/imap/session.ts';
import { openStage, type Actor, type Stage } from './imap-stage.ts';
import type { ScriptedConnection } from './scripted-connection.ts';

/** Bad inputs of the specification that touch IMAP and login. */
let stage: Stage;
let actor: Actor;
let connection: ScriptedConnection<ImapEvent>;

beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());
beforeEach(async () => {
  actor = await stage.newActor();
});
afterEach(() => {
  connection.end();
  expect(actor.logged.filter((line) => line.startsWith('command failed'))).toEqual([]);
});

async function unknown(chunkBytes?: number): Promise<void> {
  connection = actor.connect('c1', chunkBytes);
  await connection.greet();
  expect(await connection.send('n NOOP\r\n')).toBe('n OK NOOP completed\r\n');
}

async function known(): Promise<void> {
  connection = await actor.enter();
}

async function alive(): Promise<void> {
  expect(await connection.send('n NOOP\r\n')).toContain('n OK NOOP completed\r\n');
}

describe('before login', () => {
  beforeEach(() => unknown());

  test('many literals', async () => {
    expect(await connection.send('a LOGIN {1+}\r\n')).toBe('');
    let said = '';
    for (let count = 0; count < 100 && said === ''; count++) said = await connection.send('x{1+}\r\n');
    expect(said).toBe('a BAD [TOOBIG] command is too big\r\n');
  });
  test('huge literals, waited for and not', async () => {
    expect(await connection.send('a LOGIN {4097}\r\n')).toBe('a BAD [TOOBIG] command is too big\r\n');
    expect(await connection.send(`a LOGIN {4097+}\r\n${'x'.repeat(4097)} "y"\r\n`)).toBe(
      'a BAD [TOOBIG] command is too big\r\n',
    );
    await alive();
    expect(await connection.send('a LOGIN {4294967296+}\r\n')).toBe('* BYE [TOOBIG] literal is too big\r\n');
    expect(connection.closed).toBe(true);
  });
  test('all that is thrown away together is bounded too', async () => {
    let said = '';
    for (let count = 0; count < 100 && !connection.closed; count++) {
      said = await connection.send(`a {5000+}\r\n${'x'.repeat(5000)}`);
    }
    expect(said).toContain('* BYE [TOOBIG]');
  });
  test('a negative literal is no literal', async () => {
    expect(await connection.send('a LOGIN {-1}\r\n')).toMatch(/^a BAD /);
    await alive();
  });
  test('parentheses that never close', async () => {
    for (const name of ['ID', 'LOGIN', 'LIST', 'STATUS']) {
      expect(await connection.send(`a ${name} ${'('.repeat(16_000)}\r\n`)).toMatch(/^a BAD /);
      await alive();
    }
  });
  test('parentheses spread over literals', async () => {
    const said = await connection.send(`a ID ${'({1+}\r\n('.repeat(60)}\r\n`);
    expect(said).toMatch(/BAD/);
  });
  test('lines that are too long', async () => {
    expect(await connection.send(`a ${'x'.repeat(20_000)}\r\n`)).toContain('BAD [TOOBIG] command is too long');
    await alive();
  });
  test('a line that never ends keeps nothing', async () => {
    for (let count = 0; count < 20; count++) expect(await connection.send('x'.repeat(100_000))).toBe('');
    expect(await connection.send('\r\n')).toContain('BAD [TOOBIG]');
  });
  test('NUL, bare CR and 8 bits', async () => {
    for (const line of [
      'a LOGIN "a\0" b',
      'a LOGIN a\rb c',
      'a LOGIN \xff\xfe c',
      '\xff LOGIN a b',
      'a LOGIN "\xff" "b"',
    ]) {
      expect(await connection.send(`${line}\r\n`)).toMatch(/BAD/);
      await alive();
    }
  });
  test('bad base64 and endless base64 in AUTHENTICATE', async () => {
    expect(await connection.send('a AUTHENTICATE PLAIN AHBvc3RA!\r\n')).toMatch(/^a BAD /);
    expect(await connection.send('a AUTHENTICATE PLAIN\r\nAHBvc3RAbG9j====\r\n')).toMatch(/a BAD /);
    expect(await connection.send(`a AUTHENTICATE PLAIN\r\n${'A'.repeat(30_000)}\r\n`)).toMatch(/a BAD \[TOOBIG\]/);
    expect(await connection.send('l LOGIN post@localhost posthorn\r\n')).toMatch(/^l OK /);
  });
  test('commands of other states', async () => {
    for (const line of ['SELECT INBOX', 'FETCH 1 FLAGS', 'UID FETCH 1 FLAGS', 'ENABLE IMAP4rev2', 'IDLE']) {
      expect(await connection.send(`a ${line}\r\n`)).toMatch(/^a BAD /);
      await alive();
    }
  });
  test('commands that never end well are slowed down, then end the connection', async () => {
    let said = '';
    for (let count = 0; count < 10 && !connection.closed; count++) said = await connection.send('a FROB\r\n');
    expect(said).toContain('* BYE too many errors');
    expect(connection.delays.length).toBeGreaterThan(0);
  });
  test('a password is never logged, whatever is wrong', async () => {
    await connection.send('a LOGIN post@localhost s3cret-1\r\n');
    await connection.send('a LOGIN nobody@localhost s3cret-2\r\n');
    await connection.send('a LOGIN post@localhost s3cret-3 more\r\n');
    await connection.send(`a AUTHENTICATE PLAIN ${Buffer.from('\0post@localhost\0s3cret-4').toString('base64')}\r\n`);
    await connection.send('a LOGIN post@localhost posthorn\r\n');
    expect(actor.logged.join('\n')).not.toMatch(/s3cret|posthorn/);
    expect(actor.logged.join('\n')).toContain('login failed');
  });
  test('an address that failed too often is refused', async () => {
    actor.blocked = true;
    expect(await connection.send('a LOGIN post@localhost posthorn\r\n')).toMatch(/^\* BYE \[UNAVAILABLE\]/);
    const late = actor.connect();
    expect(await late.greet()).toMatch(/^\* BYE \[UNAVAILABLE\]/);
    late.end();
  });
});

describe('octets one by one', () => {
  test('a login in pieces', async () => {
    await unknown(1);
    let said = '';
    for (const octet of 'a LOGIN {14}\r\npost@localhost {8+}\r\nposthorn\r\n') said += await connection.send(octet);
    expect(said).toMatch(/^\+ go ahead\r\na OK /);
  });
});

describe('after login', () => {
  beforeEach(() => known());

  test('many literals in one command', async () => {
    const said = await connection.send(`a LIST "" (${'{1+}\r\nx '.repeat(1200)})\r\n`);
    expect(said).toMatch(/^a BAD \[TOOBIG\]/);
  });
  test('literals that are too much together', async () => {
    const one = `{99999+}\r\n${'x'.repeat(99_999)} `;
    expect(await connection.send(`a LIST "" (${one.repeat(12)})\r\n`)).toMatch(/^a BAD \[TOOBIG\]/);
    await alive();
  });
  test('sets of everything, many times', async () => {
    await actor.deliver('INBOX', 'Subject: a\n\nb\n');
    await connection.send('s SELECT INBOX\r\n');
    const set = Array.from({ length: 3000 }, () => '1:*').join(',');
    const said = await connection.send(`a SELECT INBOX (QRESYNC (1 1 ${set}))\r\n`);
    expect(said).toMatch(/a BAD \[CLIENTBUG\]/);
    expect(await connection.send('e ENABLE QRESYNC\r\n')).toMatch(/e OK/);
    const inbox = await actor.store.findMailbox(actor.accountId, 'INBOX');
    const many = `a SELECT INBOX (QRESYNC (${inbox?.uidValidity} 1 ${set} (${set} ${set})))\r\n`;
    expect(await connection.send(many)).toMatch(/\* 1 FETCH [^]*a OK/);
  });
  test('matching data of four thousand million numbers', async () => {
    await connection.send('e ENABLE QRESYNC\r\n');
    const inbox = await actor.store.findMailbox(actor.accountId, 'INBOX');
    const said = await connection.send(
      `a SELECT INBOX (QRESYNC (${inbox?.uidValidity} 1 1:4294967295 (1:4294967295 1:4294967295)))\r\n`,
    );
    expect(said).toContain('a OK [READ-WRITE]');
  });
  test('names with separators, dots, controls and thousands of levels', async () => {
    const deep = Array.from({ length: 10_000 }, () => 'a').join('/');
    for (const name of [
      '/',
      '//',
      '../x',
      'a/..',
      './a',
      'a/.',
      '"a\tb"',
      deep,
      'x'.repeat(5000),
      '&AAA-',
      '"a\\\\..\\\\b/../c"',
    ]) {
      const said = await connection.send(`a CREATE ${name}\r\n`);
      expect(said).toMatch(/^a (NO|BAD) /);
    }
  });
  test('patterns made of wildcards', async () => {
    await connection.send(`a CREATE ${'a'.repeat(200)}\r\n`);
    const said = await connection.send(`a LIST "" "${'*a'.repeat(900)}*b"\r\n`);
    expect(said).toBe('a OK LIST completed\r\n');
    expect(await connection.send(`a LIST "" "${'%*'.repeat(900)}"\r\n`)).toContain('"/" INBOX');
    expect(await connection.send(`a LIST "" "${'%a'.repeat(900)}"\r\n`)).toBe('a OK LIST completed\r\n');
  });
  test('rename over itself, INBOX and its own child', async () => {
    await connection.send('c CREATE a/b\r\n');
    for (const line of ['RENAME a a', 'RENAME a INBOX', 'RENAME a a/b/c', 'RENAME INBOX INBOX', 'RENAME a/b a']) {
      expect(await connection.send(`r ${line}\r\n`)).toMatch(/^r NO /);
    }
  });
  test('everything pipelined in one packet', async () => {
    const said = await connection.send(
      'a CREATE x\r\nb SELECT x\r\nc NOOP\r\nd IDLE\r\nDONE\r\ne CLOSE\r\nf DELETE x\r\ng LOGOUT\r\nh NOOP\r\n',
    );
    const tagged = said.split('\r\n').filter((line) => /^[a-h] /.test(line));
    expect(tagged.map((line) => line.slice(0, 4))).toEqual(['a OK', 'b OK', 'c OK', 'd OK', 'e OK', 'f OK', 'g OK']);
  });
  test('hundreds of changes while nobody reads are told as what came out of them', async () => {
    await actor.deliver('INBOX', 'Subject: a\n\nb\n');
    await connection.send('s SELECT INBOX\r\n');
    for (let count = 0; count < 200; count++) await actor.mark('INBOX', 1, 1, '\\Seen', count % 2 === 0);
    expect(await connection.send('n NOOP\r\n')).toBe('* 1 FETCH (UID 1 FLAGS ())\r\nn OK NOOP completed\r\n');
  });
});

describe('no input at all breaks a session, in any state', () => {
  const words = fc.constantFrom(
    ...[
      'a',
      ' ',
      '\r\n',
      '\n',
      '{3}',
      '{3+}',
      '{0}',
      '~{2+}',
      '"',
      '(',
      ')',
      '\\',
      '*',
      '%',
      '1:*',
      '\0',
      '\xff',
      '[',
      ']',
    ],
    ...['LOGIN', 'SELECT', 'EXAMINE', 'LIST', 'LSUB', 'STATUS', 'CREATE', 'DELETE', 'RENAME', 'IDLE', 'DONE', 'ENABLE'],
    ...[
      'UID',
      'FETCH',
      'STORE',
      'SEARCH',
      'COPY',
      'MOVE',
      'EXPUNGE',
      'APPEND',
      'INBOX',
      'FLAGS',
      'BODY[]',
      '(MESSAGES)',
    ],
    ...[
      'NOOP',
      'CHECK',
      'CLOSE',
      'UNSELECT',
      'ID',
      'NIL',
      'GETQUOTA',
      'GETQUOTAROOT',
      'AUTHENTICATE',
      'PLAIN',
      'QRESYNC',
    ],
  );
  const octets = fc.uint8Array({ maxLength: 40 }).map((some) => Buffer.from(some).toString('latin1'));
  const names = fc.constantFrom(
    ...[
      'LOGIN',
      'AUTHENTICATE PLAIN',
      'SELECT',
      'EXAMINE',
      'LIST',
      'LSUB',
      'STATUS',
      'CREATE',
      'DELETE',
      'RENAME',
      'IDLE',
    ],
    ...[
      'UID FETCH',
      'FETCH',
      'STORE',
      'UID STORE',
      'SEARCH',
      'UID SEARCH',
      'COPY',
      'MOVE',
      'EXPUNGE',
      'APPEND',
      'ENABLE',
    ],
    ...['NOOP', 'CHECK', 'CLOSE', 'UNSELECT', 'ID', 'GETQUOTA', 'GETQUOTAROOT', 'SUBSCRIBE', 'NAMESPACE', 'CAPABILITY'],
  );
  const noise = fc
    .array(fc.oneof({ weight: 5, arbitrary: words }, { weight: 1, arbitrary: octets }), { maxLength: 10 })
    .map((parts) => parts.join(' '));
  const line = fc.oneof(
    { weight: 1, arbitrary: noise.map((text) => `${text}\r\n`) },
    {
      weight: 4,
      arbitrary: fc.tuple(names, noise).map(([name, text]) => `a ${name} ${text}`.trimEnd().concat('\r\n')),
    },
  );
  const starts: Record<string, string> = {
    'not authenticated': '',
    authenticated: 'l LOGIN post@localhost posthorn\r\n',
    selected: 'l LOGIN post@localhost posthorn\r\ns SELECT INBOX\r\n',
    'selected, rev2 and qresync': 'l LOGIN post@localhost posthorn\r\ne ENABLE IMAP4rev2 QRESYNC\r\ns SELECT INBOX\r\n',
    idle: 'l LOGIN post@localhost posthorn\r\ns SELECT INBOX\r\ni IDLE\r\n',
    'in a literal': 'l LOGIN post@localhost posthorn\r\nc CREATE {10}\r\n',
    'in AUTHENTICATE': 'a AUTHENTICATE PLAIN\r\n',
  };
  for (const [state, start] of Object.entries(starts)) {
    test(state, async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(line, { maxLength: 8 }), async (lines) => {
          connection = await beginAnew(start);
          for (const one of lines) {
            const said = await connection.send(one);
            // Whole lines only, so that nothing of an answer can be mistaken for another.
            expect(said === '' || said.endsWith('\r\n')).toBe(true);
            if (connection.closed) break;
          }
          connection.end();
        }),
        { numRuns: 60 },
      );
    });
  }

  async function beginAnew(start: string): Promise<ScriptedConnection<ImapEvent>> {
    const one = actor.connect('c1', 7);
    await one.greet();
    await one.send('n NOOP\r\n');
    if (start !== '') await one.send(start);
    return one;
  }
});

describe('the server stops, the client goes, at every point', () => {
  for (const [where, sent] of [
    ['before login', ''],
    ['in AUTHENTICATE', 'a AUTHENTICATE PLAIN\r\n'],
    ['in a literal', 'a LOGIN {5}\r\nab'],
    ['in a line', 'a NO'],
    ['in IDLE', 'l LOGIN post@localhost posthorn\r\ns SELECT INBOX\r\ni IDLE\r\n'],
  ] as const) {
    test(`shutdown ${where}`, async () => {
      await unknown();
      await connection.send(sent);
      expect(await connection.input({ kind: 'shutdown' })).toBe('* BYE [UNAVAILABLE] server is stopping\r\n');
      expect(connection.closed).toBe(true);
    });
    test(`silence ${where}`, async () => {
      await unknown();
      await connection.send(sent);
      expect(await connection.input({ kind: 'timeout', why: 'idle' })).toMatch(/^\* BYE inactive/);
    });
    test(`end ${where}`, async () => {
      await unknown();
      await connection.send(sent);
      connection.end();
      await actor.deliver('INBOX', 'Subject: a\n\nb\n');
    });
  }
  test('half an hour of silence is allowed after login, seconds before', async () => {
    connection = actor.connect();
    await connection.greet();
    expect(connection.idleMs).toBe(30_000);
    await connection.send('n NOOP\r\n');
    expect(connection.idleMs).toBe(180_000);
    await connection.send('l LOGIN post@localhost posthorn\r\n');
    expect(connection.idleMs).toBe(1_800_000);
  });
});
