/** What a client does when it comes back: QRESYNC of a large mailbox, LIST with STATUS of many mailboxes. */
import type { Bench, Done, Scenario } from '../scenario.ts';
import { filledMailboxes, type FilledMailbox } from './filled-mailboxes.ts';

/** Messages that changed while the client was away. */
const changes = 100;

/** Where the client stood before the changes; made once for each mailbox. */
const stood = new Map<string, string>();

async function changeSome(bench: Bench, size: FilledMailbox): Promise<void> {
  const messages = bench.count(size.messages);
  await bench.fill(size.mailbox, messages);
  await bench.withImap(async (client) => {
    let code = '';
    await client.must(`SELECT "${size.mailbox}" (CONDSTORE)`, (line) => (code += `${line}\n`));
    const [, uidValidity] = /UIDVALIDITY (\d+)/.exec(code) ?? [];
    const [, modseq] = /HIGHESTMODSEQ (\d+)/.exec(code) ?? [];
    stood.set(size.mailbox, `${uidValidity} ${modseq}`);
    const step = Math.max(1, Math.floor(messages / changes));
    const numbers = Array.from({ length: Math.min(changes, messages) }, (_each, i) => 1 + i * step);
    await client.must(`STORE ${numbers.join(',')} -FLAGS.SILENT (bench)`);
    await client.must(`STORE ${numbers.join(',')} +FLAGS.SILENT (bench)`);
  }, size.mailbox);
}

async function comeBack(bench: Bench, size: FilledMailbox): Promise<Done> {
  return bench.withImap(async (client) => {
    await client.must('ENABLE QRESYNC');
    const select = `SELECT "${size.mailbox}" (QRESYNC (${stood.get(size.mailbox) ?? '1 1'}))`;
    const { untagged } = await client.must(select);
    if (untagged < Math.min(changes, bench.count(size.messages))) throw new Error(`only ${untagged} responses`);
    const ops = 50;
    let seconds = 0;
    const stop = await bench.startClock();
    for (let i = 0; i < ops; i++) {
      await client.must('UNSELECT');
      const begun = performance.now();
      await client.must(select);
      seconds += (performance.now() - begun) / 1000;
    }
    return { ops, ...stop(), seconds, figures: { ms: (seconds / ops) * 1000 } };
  });
}

const mailboxes = 1000;

async function makeMailboxes(bench: Bench): Promise<void> {
  const wanted = bench.count(mailboxes);
  await bench.withImap(async (client) => {
    const { untagged } = await client.must('LIST "" "bench-many/%"');
    const making: Promise<unknown>[] = [];
    for (let i = untagged; i < wanted; i++) {
      making.push(client.must(`CREATE "bench-many/${String(i).padStart(4, '0')}"`));
      if (making.length >= 20) await making.shift();
    }
    await Promise.all(making);
  });
}

async function listStatus(bench: Bench): Promise<Done> {
  return bench.withImap(async (client) => {
    const list = 'LIST "" "bench-many/%" RETURN (STATUS (MESSAGES UNSEEN UIDNEXT UIDVALIDITY HIGHESTMODSEQ))';
    const { untagged } = await client.must(list);
    if (untagged < 2 * bench.count(mailboxes)) throw new Error(`only ${untagged} responses`);
    const ops = 10;
    const stop = await bench.startClock();
    for (let i = 0; i < ops; i++) await client.must(list);
    const taken = stop();
    return { ops, ...taken, figures: { ms: (taken.seconds / ops) * 1000 } };
  });
}

export const imapAccountScenarios: readonly Scenario[] = [
  ...filledMailboxes.map((size) => ({
    name: `qresync-${size.suffix}`,
    title: `SELECT with QRESYNC after ${changes} changes`,
    quick: size.quick,
    prepare: (bench: Bench) => changeSome(bench, size),
    run: (bench: Bench) => comeBack(bench, size),
  })),
  {
    name: 'list-status',
    title: `LIST with STATUS of ${mailboxes} mailboxes`,
    quick: true,
    prepare: makeMailboxes,
    run: listStatus,
  },
];
