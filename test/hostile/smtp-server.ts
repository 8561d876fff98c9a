import { openGuard } from '../../src/directory/testing/login-guard.ts';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { silentLog } from '../../src/base/log.ts';
import type { Log, LogFields } from '../../src/base/log.ts';
import { createConnectionLimits, createFailureLimiter } from '../../src/net/limits.ts';
import { listen } from '../../src/net/listen.ts';
import type { Listener, ListenOptions } from '../../src/net/listen.ts';
import { localhostCertificate } from '../../src/net/test-certificates.ts';
import { createTlsIdentity } from '../../src/net/tls.ts';
import { TestDirectory } from '../../src/receive/test-directory.ts';
import { TestStore } from '../../src/receive/test-store.ts';
import { smtpListenerOptions } from '../../src/serve/smtp/listener-options.ts';
import type { SmtpLimits, SmtpListenerOptions } from '../../src/serve/smtp/listener-options.ts';
import type { SmtpEvent } from '../../src/serve/smtp/services.ts';
import { createSmtpConversation, smtpRefusals } from '../../src/serve/smtp/smtp-conversation.ts';

export interface LoggedError {
  readonly fields: LogFields | undefined;
  readonly error: unknown;
}

export interface TestServer {
  readonly listener: Listener;
  readonly store: TestStore;
  readonly directory: TestDirectory;
  /** What was logged as an error of ours. */
  readonly errors: LoggedError[];
}

const servers: TestServer[] = [];
const clients: SmtpClient[] = [];

/** An SMTP server on a free port of loopback, with a store in memory. */
export async function startServer(
  options: Partial<Omit<SmtpListenerOptions, 'limits'>> & { readonly limits?: Partial<SmtpLimits> } = {},
  net: Partial<ListenOptions<SmtpEvent>> = {},
): Promise<TestServer> {
  const store = new TestStore();
  const directory = new TestDirectory();
  const errors: LoggedError[] = [];
  const log: Log = { ...silentLog, error: (_, fields, error) => void errors.push({ fields, error }), with: () => log };
  const services = {
    store,
    directory,
    failures: openGuard(createFailureLimiter({ perMinute: [10, 1000, 1000] })),
    submit: () => Promise.reject(new Error('nothing is submitted on port 25')),
    clock: { now: () => Date.now() },
    log,
  };
  const complete = smtpListenerOptions({
    role: 'mx',
    hostname: 'mx.example.org',
    startTls: 'offered',
    ...options,
    limits: { unknownPauseMs: 0, slowMs: 5, ...options.limits },
  });
  const listener = await listen<SmtpEvent>({
    name: 'smtp',
    host: '127.0.0.1',
    port: 0,
    converse: createSmtpConversation(services, complete),
    refusals: smtpRefusals(),
    limits: createConnectionLimits({ open: [200, 200, 200], perMinute: [10_000, 10_000, 10_000] }),
    tls: { mode: 'starttls', identity: createTlsIdentity({ certificates: [localhostCertificate] }), tickets: false },
    timings: { tickMs: 10 },
    log,
    ...net,
  });
  const server = { listener, store, directory, errors };
  servers.push(server);
  return server;
}

/** Ends what tests started. */
export async function stopServers(): Promise<void> {
  for (const { socket } of clients.splice(0)) socket.destroy();
  await Promise.all(servers.splice(0).map(({ listener }) => listener.close({ graceMs: 50 })));
}

/** A client that only sends octets and waits for texts. */
export class SmtpClient {
  socket: Socket;
  text = '';
  closed = false;

  constructor(socket: Socket) {
    this.socket = socket;
    clients.push(this);
    this.watch(socket);
  }

  watch(socket: Socket): void {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => (this.text += chunk.toString('latin1')));
    socket.on('error', () => {});
    socket.on('close', () => (this.closed = true));
  }

  static async connect(server: TestServer): Promise<SmtpClient> {
    const client = new SmtpClient(connect(server.listener.port, '127.0.0.1'));
    await once(client.socket, 'connect');
    return client;
  }

  send(text: string): void {
    this.socket.write(Buffer.from(text, 'latin1'));
  }

  /** Waits until the text was said, and forgets it and what stands before. */
  async hear(text: string): Promise<string> {
    for (const started = Date.now(); ;) {
      const at = this.text.indexOf(text);
      if (at >= 0) {
        const end = at + text.length;
        const heard = this.text.slice(0, end);
        this.text = this.text.slice(end);
        return heard;
      }
      const gaveUp = Date.now() - started > 10_000;
      if (this.closed || gaveUp)
        throw new Error(`${gaveUp ? 'waited' : 'closed'}; heard ${JSON.stringify(this.text.slice(-300))}, not ${text}`);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  async untilClosed(): Promise<string> {
    while (!this.closed) await new Promise((resolve) => setTimeout(resolve, 1));
    return this.text;
  }
}

/** Greeted, and with an envelope up to DATA's 354 when a recipient is given. */
export async function ready(server: TestServer, recipient?: string): Promise<SmtpClient> {
  const client = await SmtpClient.connect(server);
  await client.hear('220 ');
  client.send('EHLO client.example\r\n');
  await client.hear('250 BINARYMIME\r\n');
  if (recipient === undefined) return client;
  client.send(`MAIL FROM:<a@remote.example>\r\nRCPT TO:<${recipient}>\r\nDATA\r\n`);
  await client.hear('354 ');
  await client.hear('\r\n');
  return client;
}
