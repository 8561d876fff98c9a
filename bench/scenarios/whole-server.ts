/** What concerns the server as a whole: latency to an idling client, disk, memory, start. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { append, ImapClient, type ImapAddress } from '../clients/imap-client.ts';
import { dotStuff, SmtpClient } from '../clients/smtp-client.ts';
import { cpuBetween, cpuTime, memoryBytes } from '../machine/process-usage.ts';
import type { Bench, Done, Scenario } from '../scenario.ts';

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** The value below which a share `p` of the sorted list lies. */
function percentile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))] ?? 0;
}

/** From the 250 of a delivery to EXISTS at a client that idles on the mailbox. */
async function idleLatency(bench: Bench): Promise<Done> {
  const idler = await bench.imap('INBOX');
  const bodies = bench.messages(bench.count(100)).map(dotStuff);
  const smtp = await SmtpClient.connect(bench.smtp(), { helo: 'client.remote.test' });
  const idling = await idler.idle();
  const delays: number[] = [];
  for (const body of bodies) {
    const exists = new Promise<number>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('no EXISTS within 10 s')), 10_000);
      idler.onUntagged = (line) => {
        if (!/ EXISTS/.test(line)) return;
        clearTimeout(timer);
        resolve(performance.now());
      };
    });
    await smtp.send('sender@remote.test', [bench.target.user], body);
    const answered = performance.now();
    delays.push((await exists) - answered);
    await wait(2);
  }
  await idling.done();
  await Promise.all([smtp.quit(), idler.close()]);
  return { ops: bodies.length, figures: { 'p50 ms': percentile(delays, 0.5), 'p95 ms': percentile(delays, 0.95) } };
}

/** Memory that each logged-in, selected and idling connection adds. */
async function idleConnections(bench: Bench, address: ImapAddress, count: number): Promise<Done> {
  const { target } = bench;
  const pids = target.pids();
  const clients: ImapClient[] = [];
  const open = async (from: number, to: number): Promise<void> => {
    for (let made = from; made < to; made += 25) {
      const batch = Array.from({ length: Math.min(25, to - made) }, async (_, i) => {
        const client = await ImapClient.connect({ ...address, ...spread(address, made + i) });
        clients.push(client);
        await client.login(target.user, target.password);
        await client.must('SELECT INBOX');
        await client.idle();
      });
      await Promise.all(batch);
    }
    await wait(1500);
  };
  try {
    // The first ones bring code and buffers that are there only once.
    await open(0, 50);
    const before = memoryBytes(pids) ?? 0;
    await open(50, 50 + count);
    const [memory = 0, cpu] = [memoryBytes(pids), cpuTime(pids)];
    await wait(2000);
    const idleCpu = (cpuBetween(cpu, cpuTime(pids)) ?? 0) / 2000;
    return {
      ops: count,
      figures: {
        'kB each': (memory - before) / 1024 / count,
        'total MB': memory / 1e6,
        'CPU % while idle': idleCpu * 100,
      },
    };
  } finally {
    for (const client of clients) client.socket.destroy();
    await wait(500);
  }
}

/** Addresses of 127/8 in turn, since servers limit connections by address. */
function spread(to: ImapAddress, i: number): { localAddress?: string } {
  return to.host === '127.0.0.1' ? { localAddress: `127.0.${1 + Math.floor(i / 200)}.${1 + (i % 200)}` } : {};
}

function idleScenario(name: string, title: string, quick: boolean, count: number, isTls: boolean): Scenario {
  return {
    name,
    title,
    quick,
    needs: isTls ? 'imaps' : 'pids',
    async prepare(bench) {
      await bench.target.control?.restart();
    },
    run: (bench) =>
      idleConnections(bench, isTls ? (bench.target.imaps ?? bench.target.imap) : bench.target.imap, bench.count(count)),
  };
}

/** Octets that a folder takes on disk, in blocks. */
function diskBytes(dir: string): number {
  let total = 0;
  for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) total += statSync(join(entry.parentPath, entry.name)).blocks * 512;
  }
  return total;
}

async function diskUse(bench: Bench): Promise<Done> {
  const control = bench.target.control;
  if (!control) throw new Error('disk use needs a server of ours');
  await bench.emptyMailbox('bench-disk');
  await control.restart();
  const before = diskBytes(control.dataDir);
  const messages = bench.messages(bench.count(10_000));
  await bench.withImap(async (client) => {
    const underWay: Promise<unknown>[] = [];
    for (const message of messages) {
      underWay.push(client.must(append('bench-disk', [message])));
      if (underWay.length >= 20) await underWay.shift();
    }
    await Promise.all(underWay);
  });
  await wait(3000);
  await control.restart();
  const octets = messages.reduce((sum, message) => sum + message.length, 0);
  return { ops: messages.length, figures: { 'disk per octet': (diskBytes(control.dataDir) - before) / octets } };
}

async function startUp(bench: Bench): Promise<Done> {
  const ms = (await bench.target.control?.restart()) ?? 0;
  await wait(1500);
  const memory = memoryBytes(bench.target.pids());
  return {
    ops: 1,
    seconds: ms / 1000,
    figures: { ms, ...(memory === undefined ? {} : { 'memory MB': memory / 1e6 }) },
  };
}

export const wholeServerScenarios: readonly Scenario[] = [
  {
    name: 'idle-latency',
    title: 'from the 250 of a delivery to EXISTS in another session that idles',
    quick: true,
    run: idleLatency,
  },
  {
    name: 'start',
    title: 'from start to the first greeting; memory at rest',
    quick: true,
    needs: 'control',
    run: startUp,
  },
  {
    name: 'disk',
    title: 'disk used for each octet of mail, 10,000 messages of 4 kB, after a clean stop',
    quick: false,
    needs: 'control',
    run: diskUse,
  },
  idleScenario('idle', 'memory of an idling connection, 2,000 plain', true, 2000, false),
  idleScenario('idle-tls', 'memory of an idling connection, 1,000 with TLS', true, 1000, true),
  idleScenario('idle-5000', 'memory of an idling connection, 5,000 plain', false, 5000, false),
  idleScenario('idle-tls-5000', 'memory of an idling connection, 5,000 with TLS', false, 5000, true),
];
