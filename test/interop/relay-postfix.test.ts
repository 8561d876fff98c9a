/** Mail from our relay to Postfix, and from Postfix to us. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SmtpClient } from '../../src/clients/smtp/smtp-client.ts';
import { fakeWorld, printOutcomes, tryBatch } from '../../src/relay/testing/try-batch.ts';
import type { Given, World, WorldOptions } from '../../src/relay/testing/try-batch.ts';
import type { Outcome } from '../../src/queue/queued.ts';
import { ImapSession } from '../e2e/harness/imap-session.ts';
import { freePorts } from '../e2e/harness/ports.ts';
import { startServe } from '../e2e/harness/server.ts';
import type { TestServer } from '../e2e/harness/server.ts';
import { hasPostfix, startPostfix } from './postfix.ts';
import type { Postfix } from './postfix.ts';

const bob = { name: 'bob', address: 'bob@our.test', password: 'correct horse battery' };
const names = {
  'post.test': { mx: [{ preference: 10, exchange: 'mx.post.test' }] },
  'mx.post.test': { addresses: ['127.0.0.9'] },
};

describe.skipIf(!hasPostfix)('Postfix', () => {
  let postfix: Postfix;
  let server: TestServer;
  let world: World;
  beforeAll(async () => {
    server = await startServe({ accounts: [bob] });
    const routes = { 'our.test': `[127.0.0.1]:${server.ports.smtp}` };
    const [port = 0] = await freePorts(1, '127.0.0.9');
    postfix = await startPostfix({ address: '127.0.0.9', port, routes, main });
    world = fakeWorld(postfix.port, names, relayOptions());
  });
  afterAll(async () => {
    await world?.relay.close();
    await postfix?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
  });

  const main = [
    'smtpd_recipient_limit = 5',
    'smtpd_recipient_restrictions = check_recipient_access inline:{ { no@post.test = 550 5.1.1 nobody } }',
  ];
  const relayOptions = (): WorldOptions => ({
    ca: postfix.certificate,
    policies: {
      'post.test': { kind: 'policy', policy: { mode: 'testing', mx: ['mx.post.test'], maxAgeSeconds: 100 } },
    },
  });
  const send = (given: Given): Promise<readonly Outcome[]> =>
    tryBatch(world.relay, { to: ['ann@post.test'], ...given });

  /** Waits until Postfix keeps a message with this text. */
  async function keptWith(text: string): Promise<string> {
    let found: string | undefined;
    await expect
      .poll(async () => (found = (await postfix.kept()).find((kept) => kept.includes(text))), wait)
      .toBeDefined();
    return found ?? '';
  }
  /** Waits until bob has a message with this text. */
  async function bobGets(text: string): Promise<string> {
    const imap = await ImapSession.login(server.ports.imap, bob.address, bob.password);
    try {
      let found: string | undefined;
      const look = async (): Promise<string | undefined> => {
        await imap.ok('SELECT INBOX');
        const { untagged } = await imap.ok('UID FETCH 1:* (BODY.PEEK[])');
        const all = untagged.flatMap(({ literals }) => literals.map((octets) => octets.toString()));
        return (found = all.find((each) => each.includes(text)));
      };
      await expect.poll(look, wait).toBeDefined();
      return found ?? '';
    } finally {
      await imap.logout();
    }
  }
  const wait = { timeout: 30_000, interval: 200 };

  describe('gets our mail', () => {
    test('over TLS, as it was', async () => {
      const text = 'Subject: plain\r\n\r\nfirst\r\n.second\r\n..\r\nend\r\n';
      const outcomes = await send({ text });
      expect(printOutcomes(outcomes)).toEqual(['delivered handed-on']);
      expect(outcomes[0]?.story.hosts[0]?.tls).toMatch(/^TLSv1\.3/);
      const kept = await keptWith('Subject: plain');
      expect(kept).toContain('using TLSv1.3');
      expect(kept.slice(kept.indexOf('\n\n'))).toBe('\n\nfirst\n.second\n..\nend\n');
    });
    test('recipients of whom one is refused', async () => {
      const outcomes = await send({
        to: ['a@post.test', 'no@post.test', 'b@post.test'],
        text: 'Subject: three\r\n\r\n',
      });
      expect(printOutcomes(outcomes)).toEqual(['delivered handed-on', 'failed 5.1.1', 'delivered handed-on']);
    });
    test('more recipients than it takes at once', async () => {
      const to = Array.from({ length: 12 }, (_, n) => `many${n}@post.test`);
      const outcomes = await send({ to, text: 'Subject: a dozen\r\n\r\n' });
      expect(printOutcomes(outcomes)).toEqual(to.map(() => 'delivered handed-on'));
      const kept = async (): Promise<number> =>
        (await postfix.kept()).filter((each) => each.includes('Subject: a dozen')).length;
      await expect.poll(kept, wait).toBe(12);
    });
    test('8-bit text', async () => {
      const body = 'Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n';
      await send({ text: `Subject: eight\r\nMIME-Version: 1.0\r\n${body}\r\nGrüße\r\n`, message: { body: '8bit' } });
      expect(await keptWith('Subject: eight')).toContain('Grüße');
    });
    test('SMTPUTF8: address and header', async () => {
      const outcomes = await send({
        to: ['ännchen@post.test'],
        text: 'Subject: für Ännchen\r\nTo: ännchen@post.test\r\n\r\nx\r\n',
        message: { utf8: true, body: '8bit' },
      });
      expect(printOutcomes(outcomes)).toEqual(['delivered handed-on']);
      expect(await keptWith('für Ännchen')).toContain('ännchen@post.test');
    });
    test('DSN: it tells us of success, and we take that', async () => {
      await send({
        text: 'Subject: tell me\r\n\r\n',
        message: { envelopeId: 'E+1', returnContent: 'headers' },
        entry: { notify: ['SUCCESS'], originalRecipient: { type: 'rfc822', address: 'first@post.test' } },
      });
      const told = await bobGets('Original-Envelope-Id: E+1');
      expect(told).toContain('Original-Recipient: rfc822;first@post.test');
      expect(told).toContain('Action: delivered');
    });
    test('many messages over one connection', async () => {
      for (let n = 0; n < 20; n++)
        expect((await send({ text: `Subject: row ${n}\r\n\r\n` }))[0]?.result).toBe('delivered');
      await keptWith('Subject: row 19');
      const connects = (await postfix.log()).match(/: connect from/g)?.length ?? 0;
      expect(connects).toBeLessThan(15);
    });
    test('a message of 8 MB', async () => {
      const text = `Subject: large\r\n\r\n${`${'x'.repeat(70)}\r\n`.repeat(115_000)}`;
      expect((await send({ text }))[0]?.result).toBe('delivered');
      expect((await keptWith('Subject: large')).length).toBeGreaterThan(8_000_000);
    });
    test('one that is too large for it is final before it is sent', async () => {
      const text = Buffer.alloc(11_000_000, 'x'.repeat(70).concat('\r\n'));
      expect(printOutcomes(await send({ text }))).toEqual(['failed 5.3.4']);
    });
  });

  test('all of that went by BDAT', async () => {
    await world.relay.close();
    await expect.poll(() => postfix.log(), wait).toMatch(/disconnect from \S+ .*\bbdat=\d+/);
    expect(await postfix.log()).not.toMatch(/disconnect from \S+ .*starttls=1.*\bdata=\d+/);
  });

  describe('brings mail to us', () => {
    const submit = async (
      text: string,
      options: { readonly from?: string; readonly utf8?: boolean } = {},
    ): Promise<void> => {
      await using client = await SmtpClient.connect({
        ...{ host: postfix.address, port: postfix.port, tls: 'none', ehloName: 'test' },
      });
      const { from = 'ann@post.test', utf8 = false } = options;
      await client.send({ from, to: [bob.address], body: '8bit', utf8 }, [Buffer.from(text)]);
    };
    test('over TLS', async () => {
      await submit('Subject: from postfix\r\n\r\n.dot\r\nend\r\n');
      const got = await bobGets('Subject: from postfix');
      expect(got).toContain('.dot\r\nend\r\n');
      expect(got).toMatch(/Received: from mx\.post\.test[^]*with (UTF8)?ESMTPS/);
    });
    test('with SMTPUTF8', async () => {
      await submit('Subject: schöne Grüße\r\n\r\nx\r\n', { from: 'ännchen@post.test', utf8: true });
      expect(await bobGets('schöne Grüße')).toContain('ännchen@post.test');
    });
    test('what we refuse comes back to its sender', async () => {
      await using client = await SmtpClient.connect({
        ...{ host: postfix.address, port: postfix.port, tls: 'none', ehloName: 'test' },
      });
      await client.send({ from: 'ann@post.test', to: ['nobody@our.test'] }, [Buffer.from('Subject: nobody\r\n\r\n')]);
      const told = await keptWith('Final-Recipient: rfc822; nobody@our.test');
      expect(told).toMatch(/Status: 5\.1\.1/);
    });
  });
});
