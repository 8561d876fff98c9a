/** Writing by IMAP: APPEND, STORE, COPY, EXPUNGE. Everything is durable when it is answered. */
import { append } from '../clients/imap-client.ts';
import { Skip, type Bench, type Done, type Scenario } from '../scenario.ts';

const scratch = 'bench-scratch';
const big = 'bench-10k';

/** APPENDs `messages`, `depth` commands of `batch` messages under way at a time. */
async function appendAll(bench: Bench, count: number, batch: number, depth: number): Promise<Done> {
  const messages = bench.messages(bench.count(count));
  return bench.withImap(async (client) => {
    const underWay: Promise<unknown>[] = [];
    const stop = await bench.startClock();
    for (let i = 0; i < messages.length; i += batch) {
      underWay.push(client.must(append(scratch, messages.slice(i, i + batch))));
      if (underWay.length >= depth) await underWay.shift();
    }
    await Promise.all(underWay);
    const taken = stop();
    if ((await client.count(scratch)) !== messages.length) throw new Error('not every appended message is there');
    return { ops: messages.length, ...taken };
  });
}

/** Flips a flag of all messages and back, so that each repetition changes every message. */
async function storeAll(bench: Bench): Promise<Done> {
  return bench.withImap(async (client) => {
    const exists = bench.count(10_000);
    const stop = await bench.startClock();
    await client.must('STORE 1:* +FLAGS.SILENT (\\Flagged)');
    await client.must('STORE 1:* -FLAGS.SILENT (\\Flagged)');
    return { ops: exists * 2, ...stop() };
  }, big);
}

async function storeEach(bench: Bench): Promise<Done> {
  return bench.withImap(async (client) => {
    const ops = bench.count(500);
    const stop = await bench.startClock();
    for (let i = 0; i < ops; i++)
      await client.must(`STORE ${(i >> 1) + 1} ${i % 2 ? '-' : '+'}FLAGS.SILENT (\\Flagged)`);
    return { ops, ...stop() };
  }, big);
}

export const imapWriteScenarios: readonly Scenario[] = [
  {
    name: 'append',
    title: 'APPEND 4 kB, one at a time',
    quick: true,
    syncs: true,
    bound: (limits) => limits.syncsPerSec,
    prepare: (bench) => bench.emptyMailbox(scratch),
    run: (bench) => appendAll(bench, 500, 1, 1),
  },
  {
    name: 'append-pipelined',
    title: 'APPEND 4 kB, 20 commands under way',
    quick: true,
    syncs: true,
    prepare: (bench) => bench.emptyMailbox(scratch),
    run: (bench) => appendAll(bench, 3000, 1, 20),
  },
  {
    name: 'append-multi',
    title: 'MULTIAPPEND, 100 messages of 4 kB each',
    quick: true,
    syncs: true,
    async prepare(bench) {
      const [line = ''] = await bench.withImap((client) => client.lines('CAPABILITY'));
      if (!/ MULTIAPPEND\b/.test(line)) throw new Skip('the server does not offer MULTIAPPEND');
      await bench.emptyMailbox(scratch);
    },
    run: (bench) => appendAll(bench, 5000, 100, 2),
  },
  {
    name: 'store-all',
    title: 'STORE 1:* of 10,000',
    quick: true,
    syncs: true,
    prepare: (bench) => bench.fill(big, bench.count(10_000)),
    run: storeAll,
  },
  {
    name: 'store-each',
    title: 'STORE of one message, one at a time',
    quick: true,
    syncs: true,
    bound: (limits) => limits.syncsPerSec,
    prepare: (bench) => bench.fill(big, bench.count(10_000)),
    run: storeEach,
  },
  {
    name: 'copy',
    title: 'COPY 1:* of 10,000',
    quick: true,
    syncs: true,
    async prepare(bench) {
      await bench.fill(big, bench.count(10_000));
      await bench.emptyMailbox(scratch);
    },
    run: (bench) =>
      bench.withImap(async (client) => {
        const stop = await bench.startClock();
        await client.must(`COPY 1:* "${scratch}"`);
        return { ops: bench.count(10_000), ...stop() };
      }, big),
  },
  {
    name: 'expunge',
    title: 'EXPUNGE of 10,000',
    quick: true,
    syncs: true,
    async prepare(bench) {
      await bench.fill(big, bench.count(10_000));
      await bench.emptyMailbox(scratch);
      await bench.withImap((client) => client.must(`COPY 1:* "${scratch}"`), big);
      await bench.withImap((client) => client.must('STORE 1:* +FLAGS.SILENT (\\Deleted)'), scratch);
    },
    run: (bench) =>
      bench.withImap(async (client) => {
        const stop = await bench.startClock();
        const { untagged } = await client.must('EXPUNGE');
        const taken = stop();
        if (untagged < bench.count(10_000)) throw new Error(`only ${untagged} were expunged`);
        return { ops: untagged, ...taken };
      }, scratch),
  },
];
