import { ConnectionFailure } from '../../net/connection-failure.ts';
import { dial } from '../../net/dial.ts';
import type { ResponseCode } from '../../wire/imap/response/parse-response.ts';
import { defaultResponseLimits } from '../../wire/imap/response/response-reader.ts';
import type { ImapValue } from '../../wire/imap/response/value.ts';
import { clientTlsOptions } from '../client-security.ts';
import { Dialogue, type Untagged } from './dialogue.ts';
import { ImapError } from './imap-error.ts';
import type { ImapClientOptions, ImapTimeouts } from './options.ts';

/** Names in upper case, such as `IMAP4REV2`, `AUTH=PLAIN`. */
export type CapabilitySet = ReadonlySet<string>;

/** A connection that was greeted, under TLS as far as the options ask. */
export interface OpenSession {
  readonly dialogue: Dialogue;
  readonly greeting: string;
  /** Logged in already, by the certificate or the network (RFC 9051 section 7.1.4). */
  readonly isPreauthenticated: boolean;
  readonly capabilities: CapabilitySet;
}

/** @throws ImapError */
export async function openSession(options: ImapClientOptions, timeouts: ImapTimeouts): Promise<OpenSession> {
  const dialogue = await connect(options, timeouts);
  try {
    const greeting = await dialogue.next(timeouts.greeting);
    if (greeting.kind !== 'status' || (greeting.status !== 'OK' && greeting.status !== 'PREAUTH')) {
      throw dialogue.breach('no greeting');
    }
    const isPreauthenticated = greeting.status === 'PREAUTH';
    if (options.tls === 'starttls') {
      // Somebody in between could say so to keep us from STARTTLS, which is not allowed then. RFC 9051 section 11.1.
      if (isPreauthenticated) throw new ImapError('STARTTLS', 'unsupported', 'the server logged us in before TLS');
      const offered = codeCapabilities(greeting.code) ?? (await askCapabilities(dialogue, timeouts));
      if (!offered.has('STARTTLS')) throw new ImapError('STARTTLS', 'unsupported', 'the server does not offer it');
      await dialogue.finish(await dialogue.send(['STARTTLS'], timeouts.command, ignore), timeouts.command, ignore);
      await dialogue.startTls(clientTlsOptions(options, 'pkix'), timeouts.handshake);
      // All that was said in plain text is forgotten. RFC 9051 section 6.2.1.
      return {
        dialogue,
        greeting: greeting.text,
        isPreauthenticated,
        capabilities: await askCapabilities(dialogue, timeouts),
      };
    }
    const capabilities = codeCapabilities(greeting.code) ?? (await askCapabilities(dialogue, timeouts));
    return { dialogue, greeting: greeting.text, isPreauthenticated, capabilities };
  } catch (error) {
    dialogue.connection.destroy();
    throw error;
  }
}

/** @throws ImapError */
export async function askCapabilities(dialogue: Dialogue, timeouts: ImapTimeouts): Promise<CapabilitySet> {
  let found: CapabilitySet = new Set();
  const take = (response: Untagged): void => {
    if (response.kind === 'data' && response.name === 'CAPABILITY') found = capabilitySet(response.values);
  };
  const tag = await dialogue.send(['CAPABILITY'], timeouts.command, take);
  await dialogue.finish(tag, timeouts.command, take);
  return found;
}

/** Of a code such as `[CAPABILITY IMAP4rev2 …]`; undefined when it is another one. RFC 9051 section 7.1. */
export function codeCapabilities(code: ResponseCode | undefined): CapabilitySet | undefined {
  return code?.name === 'CAPABILITY' ? capabilitySet(code.values) : undefined;
}

function capabilitySet(values: readonly ImapValue[]): CapabilitySet {
  return new Set(values.flatMap((value) => (typeof value === 'string' ? value.toUpperCase() : [])));
}

function ignore(): void {
  // What a server says beside the answer changes nothing here.
}

async function connect(options: ImapClientOptions, timeouts: ImapTimeouts): Promise<Dialogue> {
  const { host, port, tls, localAddress, signal } = options;
  try {
    const secured = tls === 'implicit' ? clientTlsOptions(options, 'pkix') : undefined;
    const connection = await dial({ host, port, localAddress, signal, tls: secured, timeoutMs: timeouts.connect });
    return new Dialogue(connection, { ...defaultResponseLimits, ...options.limits });
  } catch (error) {
    if (!(error instanceof ConnectionFailure)) throw error;
    throw new ImapError('CONNECT', error.reason, error.message, { cause: error });
  }
}
