/** Logins by each mechanism, TLS handshakes, and what a flood of logins does to a session that is open. */
import { connect as connectTls } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { ImapClient } from '../clients/imap-client.ts';
import { ScramLogin } from '../clients/scram-login.ts';
import { Skip } from '../scenario.ts';
import type { Bench, Done, Scenario } from '../scenario.ts';

const connections = 10;

/** Several workers until so many were done. */
async function share(count: number, workers: number, work: () => Promise<void>): Promise<void> {
  let left = count;
  const worker = async (): Promise<void> => {
    while (left-- > 0) await work();
  };
  await Promise.all(Array.from({ length: workers }, worker));
}

/** Logs in and out again on open connections: nothing but logins is measured. */
function repeated(
  name: string,
  title: string,
  login: (bench: Bench) => (client: ImapClient) => Promise<unknown>,
): Scenario {
  return {
    name,
    title: `${title}, again and again on ${connections} open connections`,
    quick: true,
    async run(bench) {
      const clients = await Promise.all(
        Array.from({ length: connections }, () => ImapClient.connect(bench.target.imap)),
      );
      const logIn = login(bench);
      for (const client of clients) {
        await logIn(client);
        await client.must('UNAUTHENTICATE');
      }
      const count = bench.count(3000);
      const idle = [...clients];
      const begun = performance.now();
      await share(count, connections, async () => {
        const client = idle.pop();
        if (!client) throw new Error('more workers than connections');
        await logIn(client);
        await client.must('UNAUTHENTICATE');
        idle.push(client);
      });
      const seconds = (performance.now() - begun) / 1000;
      await Promise.all(clients.map((client) => client.close()));
      return { ops: count, seconds };
    },
  };
}

interface Handshake {
  readonly session?: Buffer | undefined;
  readonly certificate?: boolean;
  readonly login?: boolean;
  /** Waits for a session that can be resumed, and resolves with it. */
  readonly resumption?: boolean;
}

/** A new connection with TLS, until the greeting and perhaps a login. */
async function handshake(
  bench: Bench,
  { session, certificate, login, resumption }: Handshake,
): Promise<Buffer | undefined> {
  const { imaps, user, password, clientCertificate } = bench.target;
  if (!imaps) throw new Skip('needs a TLS port');
  if (certificate && !clientCertificate) throw new Skip('needs a client certificate that the server knows');
  const pair =
    certificate && clientCertificate ? { cert: clientCertificate.certPem, key: clientCertificate.keyPem } : {};
  const socket = connectTls({
    ...{ host: imaps.host, port: imaps.port, rejectUnauthorized: false, ...pair },
    ...(session ? { session } : {}),
  });
  // With TLS 1.3 it comes after the handshake.
  const resumable = new Promise<Buffer>((resolve) => socket.once('session', resolve));
  await answer(socket, certificate ? /^\* PREAUTH .*\r\n/m : /^\* OK .*\r\n/m);
  if (session && !socket.isSessionReused()) throw new Error('the session was not resumed');
  if (login) {
    socket.write(`a LOGIN ${user} "${password}"\r\n`);
    await answer(socket, /^a OK .*\r\n/m);
  }
  const offered = resumption ? await resumable : undefined;
  socket.destroy();
  return offered;
}

function answer(socket: TLSSocket, wanted: RegExp): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = '';
    const take = (chunk: Buffer): void => {
      text += chunk.toString('latin1');
      if (!wanted.test(text)) return;
      socket.off('data', take);
      socket.off('close', gone);
      resolve();
    };
    const gone = (): void => reject(new Error(`the server closed the connection: ${text}`));
    socket.on('data', take);
    socket.once('close', gone);
    socket.once('error', reject);
  });
}

function fresh(name: string, title: string, options: Handshake): Scenario {
  return {
    name,
    title: `${title}, ${connections} at a time`,
    quick: true,
    needs: 'imaps',
    async run(bench) {
      const count = bench.count(1500);
      await share(count, connections, async () => void (await handshake(bench, options)));
      return { ops: count };
    },
  };
}

const resumed: Scenario = {
  name: 'login-tls-resumed',
  title: `TLS 1.3 handshake with a resumed session, ${connections} at a time`,
  quick: true,
  needs: 'imaps',
  async run(bench) {
    const count = bench.count(1500);
    const sessions: (Buffer | undefined)[] = [];
    for (let n = 0; n < connections; n++) sessions.push(await handshake(bench, { resumption: true }));
    const begun = performance.now();
    await share(count, connections, async () => {
      const session = sessions.pop();
      if (!session) throw new Error('the server gave no session to resume');
      await handshake(bench, { session });
      // The server gives no other one when a session is resumed.
      sessions.push(session);
    });
    return { ops: count, seconds: (performance.now() - begun) / 1000 };
  },
};

/** Guesses as fast as they are answered, while a session that is open asks NOOP every few milliseconds. */
async function flood(bench: Bench): Promise<Done> {
  const { imap, user } = bench.target;
  const watcher = await bench.imap('INBOX');
  const waits = async (milliseconds: number): Promise<number[]> => {
    const found: number[] = [];
    for (const until = performance.now() + milliseconds; performance.now() < until;) {
      const asked = performance.now();
      await watcher.must('NOOP');
      found.push(performance.now() - asked);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return found;
  };
  const span = bench.count(4000);
  const calm = await waits(span / 4);
  let going = true;
  let attempts = 0;
  const guess = async (): Promise<void> => {
    while (going) {
      const client = await ImapClient.connect(imap);
      // From the third on a connection has to wait.
      for (let n = 0; n < 2 && going; n++) {
        await client.command(`LOGIN ${user} "wrong ${attempts++}"`);
      }
      client.socket.destroy();
    }
  };
  const guessing = Array.from({ length: 50 }, guess);
  const busy = await waits(span);
  going = false;
  await Promise.allSettled(guessing);
  await watcher.close();
  return {
    ops: attempts,
    seconds: span / 1000,
    figures: {
      'calm p99 ms': percentile(calm, 0.99),
      'flood p50 ms': percentile(busy, 0.5),
      'flood p99 ms': percentile(busy, 0.99),
    },
  };
}

function percentile(values: readonly number[], share_: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share_))] ?? 0;
}

const plain = ({ target }: Bench) => `\0${target.user}\0${target.password}`;

export const loginScenarios: readonly Scenario[] = [
  repeated('login-command', 'LOGIN', (bench) => (client) => client.login(bench.target.user, bench.target.password)),
  repeated('login-plain', 'AUTHENTICATE PLAIN', (bench) => {
    const response = Buffer.from(plain(bench)).toString('base64');
    return (client) => client.must(`AUTHENTICATE PLAIN ${response}`);
  }),
  repeated('login-scram-sha-256', 'SCRAM-SHA-256', ({ target }) => {
    const login = new ScramLogin('sha256', target.user, target.password);
    return (client) => login.on(client);
  }),
  repeated('login-scram-sha-1', 'SCRAM-SHA-1', ({ target }) => {
    const login = new ScramLogin('sha1', target.user, target.password);
    return (client) => login.on(client);
  }),
  fresh('login-imaps', 'TLS 1.3 with a full handshake, and LOGIN', { login: true }),
  fresh('login-certificate', 'TLS 1.3 with a full handshake and a client certificate: PREAUTH', { certificate: true }),
  fresh('login-tls-new', 'TLS 1.3 with a full handshake, until the greeting', {}),
  resumed,
  {
    name: 'login-flood',
    title: 'wrong passwords on 50 connections; how long NOOP takes on another',
    quick: true,
    run: flood,
  },
];
