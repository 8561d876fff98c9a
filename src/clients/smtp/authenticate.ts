import { chooseClientMechanisms } from '../../wire/sasl/choose-client-mechanism.ts';
import type { Credentials } from '../../wire/sasl/choose-client-mechanism.ts';
import type { SaslClientExchange } from '../../wire/sasl/client-exchange.ts';
import { decodeSaslBase64, encodeSaslBase64 } from '../../wire/sasl/sasl-base64.ts';
import type { Reply } from '../../wire/smtp/reply.ts';
import type { OpenSession } from './open-session.ts';
import { refusal, SmtpError } from './smtp-error.ts';

/** More steps than any mechanism has. */
const maxSteps = 10;
/** An initial response has to fit into a command line of 512 octets, or goes behind a challenge. RFC 4954 section 4. */
const maxInitialChars = 400;

/** @throws SmtpError */
export async function authenticate(
  { dialogue, capabilities }: OpenSession,
  credentials: Credentials,
  allowPlaintext: boolean,
  timeoutMs: number,
): Promise<string> {
  const { tls } = dialogue.connection;
  const offered = capabilities.get('AUTH') ?? [];
  const channel = { isTls: tls !== undefined, binding: tls?.binding, allowPlaintext };
  const choices = chooseClientMechanisms(credentials, offered, channel);
  let refused: SmtpError | undefined;
  for (const start of choices) {
    const exchange = start();
    const reply = await runExchange(exchange, (text) => dialogue.ask('AUTH', text, timeoutMs));
    if (reply.code === 235 && exchange.isComplete) return exchange.mechanism;
    if (reply.code === 235) {
      dialogue.connection.destroy();
      throw new SmtpError('AUTH', 'credentials', 'AUTH: the server did not prove that it knows the password');
    }
    refused = refusal('AUTH', reply);
    // 504 and 534: not this mechanism for this account. Any other answer is about the password. RFC 4954 section 6.
    if (reply.code !== 504 && reply.code !== 534) break;
  }
  throw (
    refused ??
    new SmtpError('AUTH', 'credentials', `AUTH: no mechanism fits; offered: ${offered.slice(0, 20).join(' ')}`)
  );
}

/** The reply that ends it. */
async function runExchange(exchange: SaslClientExchange, ask: (text: string) => Promise<Reply>): Promise<Reply> {
  const initial = exchange.initial && encodeSaslBase64(exchange.initial);
  const isShort = initial !== undefined && initial.length <= maxInitialChars;
  let held = isShort ? undefined : exchange.initial;
  let reply = await ask(`AUTH ${exchange.mechanism}${isShort ? ` ${initial === '' ? '=' : initial}` : ''}`);
  for (let step = 0; reply.code === 334; step++) {
    const challenge = decodeSaslBase64(reply.lines[0]?.trim() ?? '');
    const answer = !challenge.ok || step >= maxSteps ? undefined : (held ?? (await exchange.respond(challenge.value)));
    held = undefined;
    if (!answer) return giveUp(ask, exchange.mechanism);
    reply = await ask(encodeSaslBase64(answer));
  }
  return reply;
}

/** `*` cancels; the server has to answer with 501. */
async function giveUp(ask: (text: string) => Promise<Reply>, mechanism: string): Promise<never> {
  await ask('*');
  throw new SmtpError(
    'AUTH',
    'credentials',
    `AUTH: the server does not follow ${mechanism}, or does not know the password`,
  );
}
