import { SmtpClient, SmtpError } from '../clients/smtp/smtp-client.ts';
import type { TlsMode } from '../clients/smtp/smtp-client.ts';
import type { SmarthostLogin, Transport } from '../queue/transport.ts';
import type { Credentials } from '../wire/sasl/choose-client-mechanism.ts';
import type { Attempt } from './attempt.ts';
import type { RelayConnection } from './connection-pool.ts';
import type { HostLog } from './host-log.ts';
import { judgeFailure } from './judge-failure.ts';
import type { RelayContext } from './relay-context.ts';
import { sendBatch } from './send-batch.ts';
import type { SendEnd } from './send-batch.ts';

type Smarthost = Extract<Transport, { kind: 'smarthost' }>;

const maxConnections = 20;

/** All to one host, as a submission client: RFC 6409, RFC 4954, RFC 8314. */
export async function deliverToSmarthost(context: RelayContext, attempt: Attempt, transport: Smarthost): Promise<void> {
  const log = attempt.host(transport.host, undefined);
  // Whether the message may go that way is known before anybody is asked. RFC 8689 section 4.2.1.
  if (
    mustBeVerified(attempt) &&
    !(transport.verify && (transport.tls === 'starttls' || transport.tls === 'implicit'))
  ) {
    const text = `the transport ${transport.name} does not verify its host, as REQUIRETLS needs`;
    attempt.noteAll({ result: 'failed', status: '5.7.30', text });
    return attempt.finish();
  }
  const key = keyOf(transport);
  const domain = attempt.batch.entries[0]?.domain ?? '';
  let mayReuse = true;
  for (let count = 0; count < maxConnections && !attempt.isOver; count++) {
    const kept: RelayConnection | undefined = mayReuse ? context.pool.take(key, domain) : undefined;
    const connection: RelayConnection | undefined = kept ?? (await openLogged(context, attempt, transport, log));
    if (!connection) break;
    [log.tls, log.verdict] = [connection.tls, connection.verdict];
    const canGoOn = (): boolean => context.pool.canTake(connection, domain);
    const end: SendEnd = await context.pool.lend(connection, (): Promise<SendEnd> =>
      sendBatch({ attempt, connection, log, host: transport.host, isFirstMeeting: false, canGoOn }),
    );
    if (end !== 'full' && end !== 'stale') break;
    mayReuse = end !== 'stale';
  }
  await attempt.finish();
}

function mustBeVerified({ batch }: Attempt): boolean {
  return batch.message.tls === 'required' && batch.entries[0]?.returnPath !== '';
}

/** Two transports of the same name are the same only with the same settings: they may be changed while we run. */
function keyOf(transport: Smarthost): string {
  return `smarthost ${JSON.stringify(transport)}`;
}

/** Undefined: it failed, which is noted. */
async function openLogged(
  context: RelayContext,
  attempt: Attempt,
  transport: Smarthost,
  log: HostLog,
): Promise<RelayConnection | undefined> {
  try {
    return await open(context, attempt, transport, log);
  } catch (error) {
    if (!(error instanceof SmtpError)) throw error;
    log.add(error.message);
    attempt.noteAll(judgeFailure(error, transport.host, false).verdict);
    return undefined;
  }
}

async function open(
  context: RelayContext,
  attempt: Attempt,
  transport: Smarthost,
  log: HostLog,
): Promise<RelayConnection> {
  const { tls, login, clientKey } = transport;
  const needsSecret = login !== undefined || clientKey !== undefined;
  const stop = new AbortController();
  const onAbort = (): void => stop.abort();
  attempt.signal.addEventListener('abort', onAbort);
  try {
    const client = await connect(context, transport, tls, stop).catch((error: unknown) => {
      // Without a secret, plain text is better than nothing (RFC 7435); a password never goes that way.
      const isTls = error instanceof SmtpError && error.step === 'STARTTLS' && error.reply === undefined;
      if (tls !== 'opportunistic' || !isTls || needsSecret || stop.signal.aborted) throw error;
      log.add(`${error.message}; once more in plain text`);
      return connect(context, transport, 'none', stop);
    });
    try {
      await logIn(context, client, transport, log);
    } catch (error) {
      client.destroy();
      throw error;
    }
    const verdict = client.tls === undefined ? 'not encrypted' : transport.verify ? 'verified' : 'not asked for';
    const state = client.tls && `${client.tls.protocol} ${client.tls.cipher}`;
    const openedAtMs = context.now();
    return {
      client,
      stop,
      key: keyOf(transport),
      tls: state,
      verdict,
      openedAtMs,
      transactions: 0,
      domains: new Set(),
    };
  } finally {
    attempt.signal.removeEventListener('abort', onAbort);
  }
}

function connect(
  context: RelayContext,
  { host, port, verify, clientKey }: Smarthost,
  tls: TlsMode,
  { signal }: AbortController,
): Promise<SmtpClient> {
  return SmtpClient.connect({
    ...{ host, port, tls, signal, ehloName: context.ehloName, verify: verify ? 'pkix' : 'none' },
    ...(clientKey && { clientKey }),
    ...(context.ca === undefined ? {} : { ca: context.ca }),
    timeouts: { connect: 30_000, ...context.timeouts },
  });
}

/** With what the transport has, and what the host offers. A client key alone is EXTERNAL where that is offered. */
async function logIn(
  { readToken }: RelayContext,
  client: SmtpClient,
  { login, clientKey, tls }: Smarthost,
  log: HostLog,
): Promise<void> {
  if (login) {
    const credentials = await credentialsOf(login, readToken);
    const mechanism = await client.authenticate(credentials, { allowPlaintext: tls === 'none' });
    log.add(`AUTH: ${mechanism}`);
  } else if (clientKey && client.capabilities.get('AUTH')?.some((name) => name.toUpperCase() === 'EXTERNAL')) {
    log.add(`AUTH: ${await client.authenticate({ kind: 'certificate' })}`);
  }
}

/** @throws SmtpError when the file with the token cannot be read: it may come back, so the mail waits */
async function credentialsOf(login: SmarthostLogin, readToken: RelayContext['readToken']): Promise<Credentials> {
  if ('password' in login) return { kind: 'password', ...login };
  const { username, tokenFile } = login;
  try {
    return { kind: 'token', username, token: (await readToken(tokenFile)).trim() };
  } catch {
    throw new SmtpError('AUTH', 'credentials', `AUTH: the token in ${tokenFile} cannot be read`);
  }
}
