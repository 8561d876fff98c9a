import type { ClientTlsOptions } from '../../net/client-tls.ts';
import { ConnectionFailure } from '../../net/connection-failure.ts';
import { dial } from '../../net/dial.ts';
import { readCapabilities } from '../../wire/smtp/read-capabilities.ts';
import type { Capabilities } from '../../wire/smtp/read-capabilities.ts';
import type { Reply } from '../../wire/smtp/reply.ts';
import { clientTlsOptions } from '../client-security.ts';
import { Dialogue } from './dialogue.ts';
import type { SmtpClientOptions } from './options.ts';
import { lost, refusal, SmtpError } from './smtp-error.ts';
import type { SmtpTimeouts } from './timeouts.ts';

/** A connection on which mail may be sent. */
export interface OpenSession {
  readonly dialogue: Dialogue;
  readonly greeting: Reply;
  readonly capabilities: Capabilities;
}

/** Connects, greets, and starts TLS as far as `tls` asks. @throws SmtpError */
export async function openSession(options: SmtpClientOptions, timeouts: SmtpTimeouts): Promise<OpenSession> {
  if (!/^[A-Za-z0-9.:[\]_-]{1,255}$/.test(options.ehloName)) throw new TypeError('ehloName is not a host name');
  const dialogue = await connect(options, timeouts);
  try {
    const greeting = await dialogue.reply('CONNECT', timeouts.greeting);
    if (greeting.code !== 220) throw refusal('CONNECT', greeting);
    const capabilities = await sayHello(dialogue, options.ehloName, timeouts);
    const { tls } = options;
    if (tls === 'implicit' || tls === 'none') return { dialogue, greeting, capabilities };
    const isSecure = await startTls(dialogue, options, capabilities, timeouts);
    if (!isSecure) return { dialogue, greeting, capabilities };
    // All that was said in plain text is forgotten. RFC 3207 section 4.2.
    return { dialogue, greeting, capabilities: await sayHello(dialogue, options.ehloName, timeouts) };
  } catch (error) {
    dialogue.connection.destroy();
    throw error;
  }
}

async function connect(options: SmtpClientOptions, timeouts: SmtpTimeouts): Promise<Dialogue> {
  const { host, port, tls, localAddress, proxy, signal } = options;
  try {
    const secured = tls === 'implicit' ? tlsOptionsOf(options) : undefined;
    const connection = await dial({
      host,
      port,
      localAddress,
      proxy,
      signal,
      tls: secured,
      timeoutMs: timeouts.connect,
    });
    return new Dialogue(connection);
  } catch (error) {
    throw error instanceof ConnectionFailure ? lost('CONNECT', error) : error;
  }
}

/** HELO for servers that do not know EHLO. RFC 5321 section 3.2. */
async function sayHello(dialogue: Dialogue, name: string, { command }: SmtpTimeouts): Promise<Capabilities> {
  const reply = await dialogue.ask('EHLO', `EHLO ${name}`, command);
  if (reply.code === 250) return readCapabilities(reply.lines);
  if (reply.code < 500) throw refusal('EHLO', reply);
  await dialogue.insist('EHLO', `HELO ${name}`, 2, command);
  return new Map();
}

/** False: the session goes on in plain text. @throws SmtpError */
async function startTls(
  dialogue: Dialogue,
  options: SmtpClientOptions,
  capabilities: Capabilities,
  timeouts: SmtpTimeouts,
): Promise<boolean> {
  const isRequired = options.tls === 'starttls';
  if (!capabilities.has('STARTTLS')) {
    if (!isRequired) return false;
    throw new SmtpError('STARTTLS', 'unsupported', 'STARTTLS: the server does not offer it');
  }
  const reply = await dialogue.ask('STARTTLS', 'STARTTLS', timeouts.command);
  if (reply.code !== 220) {
    if (!isRequired) return false;
    throw refusal('STARTTLS', reply);
  }
  await dialogue.startTls(tlsOptionsOf(options), timeouts.handshake);
  return true;
}

function tlsOptionsOf(options: SmtpClientOptions): ClientTlsOptions {
  return clientTlsOptions(options, options.tls === 'opportunistic' ? 'none' : 'pkix');
}
