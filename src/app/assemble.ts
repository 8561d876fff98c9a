/** The one place that builds the parts and connects them. */
import { systemClock } from '../base/clock.ts';
import type { Resolver } from '../base/resolver.ts';
import type { Queue } from '../queue/queue.ts';
import type { Converse } from '../base/conversation.ts';
import type { Log } from '../base/log.ts';
import type { TokenVerifier } from '../base/token-verifier.ts';
import { createTokenVerifier } from '../clients/openid/token-verifier.ts';
import { ensureDkimKeys } from '../directory/dkim/ensure-dkim-keys.ts';
import type { LoginGuard } from '../directory/logins/login-guard.ts';
import { openDirectory } from '../directory/live-directory.ts';
import type { LiveDirectory } from '../directory/live-directory.ts';
import { toPlainAddress } from '../net/address-class.ts';
import { createStubResolver } from '../net/dns/stub-resolver.ts';
import { createConnectionLimits, createExemptions, isExempt } from '../net/limits.ts';
import { prepareToListen } from '../net/listen.ts';
import type { Listener } from '../net/listen.ts';
import { createTlsIdentity } from '../net/tls.ts';
import type { TlsIdentity } from '../net/tls.ts';
import { createSenderDomains } from '../receive/sender-domains.ts';
import type { SenderDomains } from '../receive/sender-domains.ts';
import { createImapConversation } from '../serve/imap/conversation.ts';
import { createPop3Conversation, pop3Refusals } from '../serve/pop3/conversation.ts';
import { smtpListenerOptions } from '../serve/smtp/listener-options.ts';
import { createSmtpConversation, smtpRefusals } from '../serve/smtp/smtp-conversation.ts';
import { specialLocalParts } from '../serve/smtp/special-local-parts.ts';
import type { Store } from '../store/store.ts';
import { SentCopies } from '../submit/sent-copies.ts';
import { createSubmit } from '../submit/submit.ts';
import { controlSocketOf } from './config/loaded-config.ts';
import type { LoadedConfig } from './config/loaded-config.ts';
import { isLoopback } from './config/plaintext-login.ts';
import { startControlServer } from './control/control-server.ts';
import type { ControlServer } from './control/control-server.ts';
import type { Ground } from './break-ground.ts';
import { createCurrentResolver } from './current-resolver.ts';
import { imapRefusals } from './imap-refusals.ts';
import { byClass, openLogins } from './open-logins.ts';
import { OpenPorts, planListeners } from './open-listeners.ts';
import type { PlannedListener, ServiceSetup } from './open-listeners.ts';
import type { Service } from './services.ts';
import { openOutgoing } from './outgoing/open-outgoing.ts';
import { transportNames } from './outgoing/queue-settings-of.ts';
import { Refusal } from './refusal.ts';
import type { CertificatePair } from './tls/self-signed-certificate.ts';
import { posthornVersion } from './version.ts';

export interface AssembleOptions {
  readonly loaded: LoadedConfig;
  /** The locked data directory, with its store being opened. */
  readonly ground: Ground;
  readonly certificate: CertificatePair | undefined;
  readonly log: Log;
  /** Before ports open, with the directory at hand. */
  readonly prepare?: (directory: LiveDirectory) => Promise<void>;
  /** localserve: mail submitted to anyone is filed into this account, and special local parts force answers. */
  readonly captureAccount?: string;
}

/** A server whose ports are open. */
export interface House {
  readonly listeners: readonly Listener[];
  /**
   * All but the store is as this configuration has it, from now on; what is open and under way ends as it began. @throws
   * Refusal that names a port which could not be had, or a file; nothing changed then
   */
  reconfigure(next: LoadedConfig): Promise<void>;
  /**
   * New connections get the new certificate, and this oldest version of TLS. @throws Error of OpenSSL when it is not usable;
   * the old one stays then
   */
  useCertificate(certificate: CertificatePair, minVersion?: 'TLSv1.2' | 'TLSv1.3'): void;
  /** Takes no more work, waits for what is under way, and closes everything. */
  close(): Promise<void>;
}

/** Opens directory, ports and control socket on an open store; closes what was opened when one of them fails. */
export async function assemble(options: AssembleOptions): Promise<House> {
  const { loaded, log, ground } = options;
  const closing: (() => void | Promise<void>)[] = [() => ground.close()];
  const close = async (): Promise<void> => {
    for (const step of closing.splice(0).toReversed()) await step();
  };
  try {
    // What needs no store is done while it is being opened.
    const identity = options.certificate && makeIdentity(options.certificate, loaded);
    const resolver = createCurrentResolver(createStubResolver(loaded.config.dns ?? {}));
    prepareToListen();
    const store = await ground.store;
    const hostnames = [loaded.config.hostname];
    let transports = transportNames(loaded);
    const directory = await openDirectory({ store, log, clock: systemClock, hostnames, transports: () => transports });
    closing.push(() => directory.close());
    await options.prepare?.(directory);
    // localserve sends nothing out. Others need not wait: until a domain has its keys, its mail is told to come again.
    if (options.captureAccount === undefined) {
      ensureDkimKeys(directory.editor).catch((error: unknown) => log.error('no DKIM keys could be made', {}, error));
    }
    const logins = openLogins({ limits: loaded.config.limits, store, directory, log });
    closing.push(() => logins.log.close());
    // Before the ports open, and closed after them: what they took is in the queue.
    const { captureAccount } = options;
    const services = { store, directory, resolver, captureAccount, clock: systemClock, log };
    const outgoing = openOutgoing(loaded, services);
    const { queue } = outgoing;
    closing.push(() => outgoing.close());
    const sentCopies = new SentCopies({ store, clock: systemClock, log });
    closing.push(() => sentCopies.close());
    const parts = { store, directory, failures: logins.guard, resolver, queue, sentCopies };
    const ports = new OpenPorts();
    closing.push(() => ports.close());
    const openPorts = (config: LoadedConfig): Promise<void> => {
      const setupOf = createSetups({ ...options, loaded: config }, parts, identity);
      return ports.change(planListeners(config.config.listeners), { setupOf, identity, log });
    };
    await openPorts(loaded);
    const socketPath = controlSocketOf(loaded.dataDir);
    const control: ControlServer = await startControlServer(
      socketPath,
      async (asked) => {
        // The forms of what can be asked take a while to load, which a start has no time for.
        const { answerControl } = await import('./control/control-request.ts');
        return answerControl({ directory, logins: logins.log, queue, relay: store.relay }, asked);
      },
      log,
    );
    closing.push(() => control.close());
    return {
      get listeners() {
        return ports.listeners;
      },
      async reconfigure(next) {
        // All that can fail comes first.
        const useOutgoing = outgoing.prepare(next);
        const { hostname, dns, limits } = next.config;
        await openPorts(next);
        directory.useHostnames([hostname]);
        resolver.use(createStubResolver(dns ?? {}));
        logins.useLimits(limits);
        useOutgoing();
        transports = transportNames(next);
      },
      useCertificate: (certificate, minVersion) => identity?.reload([certificate], minVersion),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What the faces and the queue stand on. */
interface HouseParts {
  readonly store: Store;
  readonly directory: LiveDirectory;
  readonly resolver: Resolver;
  readonly failures: LoginGuard;
  readonly queue: Queue;
  readonly sentCopies: SentCopies;
}

function makeIdentity(certificate: CertificatePair, { config, file }: LoadedConfig): TlsIdentity {
  try {
    return createTlsIdentity({ certificates: [certificate], minVersion: config.tls?.minVersion ?? 'TLSv1.2' });
  } catch (error) {
    const why = error instanceof Error ? error.message : '';
    throw new Refusal(`${file}: tls: certificate and key cannot be used together (${why})`, { cause: error });
  }
}

/** How each service is served. Connection limits are shared by all ports of a protocol, failed logins by all protocols. */
function createSetups(
  options: AssembleOptions,
  parts: HouseParts,
  identity: TlsIdentity | undefined,
): (service: Service) => ServiceSetup {
  const { config } = options.loaded;
  const exempt = createExemptions(config.limits.exempt);
  const { directory, failures, resolver } = parts;
  const connectionLimits = () =>
    createConnectionLimits({
      exempt,
      perMinute: byClass(config.limits.connectionsPerMinute),
      open: byClass(config.limits.openConnections),
    });
  const admit = (address: string): boolean => !failures.blocked(address);
  // localserve is for machines without network too: it looks nothing up.
  const senderDomains =
    options.captureAccount === undefined
      ? createSenderDomains({
          resolver,
          directory,
          // Programs of this machine use names of their own making; they are asked about only where somebody set up `dns`.
          isExempt: (address) =>
            isExempt(exempt, toPlainAddress(address)) || (config.dns === undefined && isLoopback(address)),
          log: options.log,
        })
      : undefined;
  const tokens = config.openid && createTokenVerifier({ ...config.openid, clock: systemClock });
  const shared = { ...options, ...parts, tokens, senderDomains, tls: identity !== undefined };
  const smtp = { converse: smtpConverse(shared), refusals: smtpRefusals(), limits: connectionLimits() };
  const imap = { converse: imapConverse(shared), refusals: imapRefusals, limits: connectionLimits(), admit };
  const pop3 = { converse: pop3Converse(shared), refusals: pop3Refusals, limits: connectionLimits(), admit };
  return (service) => {
    if (service === 'imap' || service === 'imaps') return imap;
    if (service === 'pop3' || service === 'pop3s') return pop3;
    // Port 25 has no logins: who guessed passwords elsewhere may still bring mail.
    return service === 'smtp' ? smtp : { ...smtp, admit };
  };
}

interface Shared extends AssembleOptions, HouseParts {
  readonly tokens: TokenVerifier | undefined;
  readonly senderDomains: SenderDomains | undefined;
  readonly tls: boolean;
}

function smtpConverse(shared: Shared): (listener: PlannedListener) => Converse<never> {
  const { store, directory, queue, sentCopies, failures, senderDomains, log, loaded, captureAccount } = shared;
  const { hostname, limits } = loaded.config;
  const clock = systemClock;
  const door = { store, directory, queue, sentCopies, clock, log, hostname };
  const submit = createSubmit(door);
  const services = {
    store,
    directory,
    failures,
    senderDomains,
    reports: queue,
    bounces: queue,
    submit,
    messages: store,
    clock,
    log,
  };
  const account = captureAccount === undefined ? undefined : directory.view.accountIds.get(captureAccount);
  return ({ service, plaintextLogin }) =>
    createSmtpConversation(
      { ...services, tokens: shared.tokens },
      smtpListenerOptions({
        role: service === 'smtp' ? 'mx' : 'submission',
        hostname,
        startTls: service === 'submissions' || !shared.tls ? 'none' : 'offered',
        allowPlaintextAuth: plaintextLogin,
        limits: { maxMessageBytes: limits.maxMessageBytes, maxRecipients: limits.maxRecipients },
        ...(account === undefined ? {} : { policy: specialLocalParts(), capture: { account } }),
      }),
    ) as Converse<never>;
}

function imapConverse(shared: Shared): (listener: PlannedListener) => Converse<never> {
  const { store, directory, failures, tokens, log, loaded } = shared;
  const services = { store, directory, failures, tokens, clock: systemClock, log, version: posthornVersion() };
  return ({ service, plaintextLogin }) =>
    createImapConversation(services, {
      startTls: service === 'imap' && shared.tls,
      plaintextLogin,
      maxMessageBytes: loaded.config.limits.maxMessageBytes,
      messageLimit: loaded.config.limits.imapMessageLimit,
    }) as Converse<never>;
}

function pop3Converse(shared: Shared): (listener: PlannedListener) => Converse<never> {
  const { store, directory, failures, tokens, log } = shared;
  const services = { store, directory, failures, tokens, clock: systemClock, log, version: posthornVersion() };
  return ({ service, plaintextLogin }) =>
    createPop3Conversation(services, {
      startTls: service === 'pop3' && shared.tls,
      plaintextLogin,
    }) as Converse<never>;
}
