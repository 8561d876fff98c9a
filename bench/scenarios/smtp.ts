/** Receiving mail. An operation is a message that is in the mailbox, not only accepted. */
import { SmtpClient, dotStuff } from '../clients/smtp-client.ts';
import type { Bench, Done, Scenario } from '../scenario.ts';

const sender = 'sender@remote.test';
const helo = 'client.remote.test';

interface Load {
  readonly messages: number;
  readonly bytes: number;
  readonly sessions: number;
  readonly reuse: boolean;
  readonly starttls?: boolean;
  readonly pipeline?: boolean;
}

async function receive(bench: Bench, load: Load): Promise<Done> {
  const bodies = bench.messages(bench.count(load.messages), load.bytes).map(dotStuff);
  const { target } = bench;
  return bench.withImap(async (imap) => {
    const before = (await imap.count('INBOX')) ?? 0;
    const begun = performance.now();
    let next = 0;
    const session = async (): Promise<void> => {
      let client: SmtpClient | undefined;
      for (let i = next++; i < bodies.length; i = next++) {
        client ??= await SmtpClient.connect(bench.smtp(), { helo, starttls: load.starttls === true });
        const body = bodies[i];
        if (body) await client.send(sender, [target.user], body, load.pipeline);
        if (load.reuse) continue;
        await client.quit();
        client = undefined;
      }
      await client?.quit();
    };
    await Promise.all(Array.from({ length: load.sessions }, session));
    const accepted = (performance.now() - begun) / 1000;
    while (((await imap.count('INBOX')) ?? 0) < before + bodies.length) {
      if (performance.now() - begun > 60_000 + accepted * 1000) throw new Error('accepted mail did not arrive');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const seconds = (performance.now() - begun) / 1000;
    return { ops: bodies.length, seconds, figures: { 'accepted/s': bodies.length / accepted } };
  });
}

function scenario(name: string, title: string, quick: boolean, load: Load): Scenario {
  return {
    name,
    title,
    quick,
    syncs: load.bytes < 10_000,
    // Alone, each message needs a sync of its own.
    ...(load.sessions === 1 ? { bound: (limits) => limits.syncsPerSec } : {}),
    prepare: (bench) => bench.emptyInbox(),
    run: (bench) => receive(bench, load),
  };
}

const kb4 = 4096;
const kb100 = 102_400;

export const smtpScenarios: readonly Scenario[] = [
  scenario('smtp-1', '4 kB, 1 session, reused', true, { messages: 500, bytes: kb4, sessions: 1, reuse: true }),
  scenario('smtp-1-new', '4 kB, 1 session, new connection each', true, {
    ...{ messages: 300, bytes: kb4, sessions: 1, reuse: false },
  }),
  scenario('smtp-10', '4 kB, 10 sessions, reused', true, { messages: 2000, bytes: kb4, sessions: 10, reuse: true }),
  scenario('smtp-10-new', '4 kB, 10 sessions, new connection each', true, {
    ...{ messages: 1000, bytes: kb4, sessions: 10, reuse: false },
  }),
  scenario('smtp-10-pipelined', '4 kB, 10 sessions, reused, envelope in one write', false, {
    ...{ messages: 2000, bytes: kb4, sessions: 10, reuse: true, pipeline: true },
  }),
  scenario('smtp-100', '4 kB, 100 sessions, reused', true, { messages: 2000, bytes: kb4, sessions: 100, reuse: true }),
  scenario('smtp-100-new', '4 kB, 100 sessions, new connection each', false, {
    ...{ messages: 1000, bytes: kb4, sessions: 100, reuse: false },
  }),
  scenario('smtp-100k-1', '100 kB, 1 session, reused', false, {
    ...{ messages: 200, bytes: kb100, sessions: 1, reuse: true },
  }),
  scenario('smtp-100k-10', '100 kB, 10 sessions, reused', true, {
    ...{ messages: 300, bytes: kb100, sessions: 10, reuse: true },
  }),
  scenario('smtp-starttls', '4 kB, 10 sessions, STARTTLS with a full handshake each', true, {
    ...{ messages: 400, bytes: kb4, sessions: 10, reuse: false, starttls: true },
  }),
  {
    name: 'smtp-50-recipients',
    title: 'one 4 kB message to 50 accounts, 1 session, reused (operation: a copy)',
    quick: true,
    syncs: true,
    needs: 'recipients',
    async run(bench) {
      const bodies = bench.messages(bench.count(100)).map(dotStuff);
      const client = await SmtpClient.connect(bench.smtp(), { helo });
      const begun = performance.now();
      for (const body of bodies) await client.send(sender, bench.target.recipients, body);
      const seconds = (performance.now() - begun) / 1000;
      await client.quit();
      return {
        ops: bodies.length * bench.target.recipients.length,
        seconds,
        figures: { 'messages/s': bodies.length / seconds },
      };
    },
  },
];
