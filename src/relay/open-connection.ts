import { createHash } from 'node:crypto';
import { SmtpClient, SmtpError } from '../clients/smtp/smtp-client.ts';
import type { SmtpClientOptions, TlsMode } from '../clients/smtp/smtp-client.ts';
import type { RelayConnection } from './connection-pool.ts';
import type { HostLog } from './host-log.ts';
import type { RelayContext } from './relay-context.ts';
import { serverNameOf, TlsObserver } from './tls-observer.ts';
import type { TlsTarget } from './tls-observer.ts';

/** How one address of an MX host is reached besides what TLS has to be. */
export interface Dialing {
  readonly connectMs: number;
  readonly ehloName: string;
  readonly proxy: SmtpClientOptions['proxy'];
  /** The address of ours to connect from. */
  readonly from: string | undefined;
  readonly signal: AbortSignal;
}

/** Two batches with equal keys ask the same of a connection. */
export function connectionKey(target: TlsTarget, dialing: Dialing): string {
  const { host, address, decision, dane, hop } = target;
  const { tls, verify, fallback } = decision;
  const records = verify === 'dane' && dane.kind === 'records' ? dane.usable : [];
  const names = verify === 'dane' ? [hop.domain, hop.expanded] : [];
  const wanted = records.map(({ usage, selector, matchingType, data }) => [
    ...[usage, selector, matchingType],
    Buffer.from(data).toString('base64'),
  ]);
  const { ehloName, proxy, from } = dialing;
  const all = JSON.stringify([host, address, tls, verify, fallback, wanted, names, ehloName, proxy, from]);
  return createHash('sha256').update(all).digest('base64');
}

/**
 * Connects to one address, secured as decided; where the decision allows it, in plain text after TLS has failed (RFC 7435).
 * What the session showed is told to the TLS reporter. @throws SmtpError
 */
export async function openConnection(
  context: RelayContext,
  target: TlsTarget,
  dialing: Dialing,
  log: HostLog,
): Promise<RelayConnection> {
  const { decision } = target;
  const observer = new TlsObserver(target, context.now);
  try {
    const opened = await connect(context, target, dialing, decision.tls, observer);
    report(context, observer, undefined);
    return noted(opened, log, observer.verdict, target, dialing, context);
  } catch (error) {
    if (!(error instanceof SmtpError)) throw error;
    report(context, observer, error);
    log.verdict = error.step === 'STARTTLS' ? observer.verdict : log.verdict;
    const isTls = error.step === 'STARTTLS' && error.reply === undefined;
    if (!decision.fallback || !isTls || dialing.signal.aborted) throw error;
    log.add(`${error.message}; once more in plain text`);
    const opened = await connect(context, target, dialing, 'none', observer);
    return noted(opened, log, 'not encrypted: TLS failed', target, dialing, context);
  }
}

interface Opened {
  readonly client: SmtpClient;
  readonly stop: AbortController;
}

async function connect(
  context: RelayContext,
  target: TlsTarget,
  dialing: Dialing,
  tls: TlsMode,
  observer: TlsObserver,
): Promise<Opened> {
  const { address } = target;
  const { ehloName, connectMs, proxy, from, signal } = dialing;
  // The connection outlives the batch that opened it, so it has a signal of its own.
  const stop = new AbortController();
  const onAbort = (): void => stop.abort();
  signal.addEventListener('abort', onAbort);
  if (signal.aborted) stop.abort();
  try {
    const client = await SmtpClient.connect({
      ...{ host: address, port: context.port, tls, ehloName, signal: stop.signal, verify: observer.verify },
      serverName: serverNameOf(target),
      timeouts: { connect: connectMs, ...context.timeouts },
      ...(from === undefined ? {} : { localAddress: from }),
      ...(context.ca === undefined ? {} : { ca: context.ca }),
      ...(proxy === undefined ? {} : { proxy }),
    });
    return { client, stop };
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

function noted(
  { client, stop }: Opened,
  log: HostLog,
  verdict: string,
  target: TlsTarget,
  dialing: Dialing,
  context: RelayContext,
): RelayConnection {
  const state = client.tls;
  const tls = state && `${state.protocol} ${state.cipher}`;
  log.tls = tls;
  log.verdict = verdict;
  const key = connectionKey(target, dialing);
  const openedAtMs = context.now();
  return { client, stop, key, tls, verdict, openedAtMs, transactions: 0, domains: new Set() };
}

function report(context: RelayContext, observer: TlsObserver, error: SmtpError | undefined): void {
  for (const fact of observer.facts(error)) context.reporter.record(fact);
}
