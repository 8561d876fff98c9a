import { chooseClientMechanisms, type Credentials } from '../../wire/sasl/choose-client-mechanism.ts';
import type { SaslClientExchange } from '../../wire/sasl/client-exchange.ts';
import { decodeSaslBase64, encodeSaslBase64 } from '../../wire/sasl/sasl-base64.ts';
import { stringPart } from './command.ts';
import type { Dialogue, Tagged, Untagged } from './dialogue.ts';
import { ImapError } from './imap-error.ts';
import type { CapabilitySet } from './open-session.ts';

/** More steps than any mechanism has. */
const maxSteps = 10;

/**
 * Logs in with the best mechanism that both know; the LOGIN command where the server has none. Returns its name and the
 * answer, which may carry capabilities. RFC 9051 sections 6.2.2 and 6.2.3. @throws ImapError
 */
export async function authenticate(
  dialogue: Dialogue,
  capabilities: CapabilitySet,
  credentials: Credentials,
  options: {
    readonly allowPlaintext: boolean;
    readonly timeoutMs: number;
    readonly onUntagged: (response: Untagged) => void;
  },
): Promise<{ readonly mechanism: string; readonly answer: Tagged }> {
  const { tls } = dialogue.connection;
  const { allowPlaintext } = options;
  const offered = [...capabilities].flatMap((name) => (name.startsWith('AUTH=') ? name.slice(5) : []));
  const choices = chooseClientMechanisms(credentials, offered, {
    isTls: tls !== undefined,
    binding: tls?.binding,
    allowPlaintext,
  });
  let refused: ImapError | undefined;
  for (const start of choices) {
    const exchange = start();
    try {
      const answer = await runExchange(dialogue, exchange, capabilities.has('SASL-IR'), options);
      if (exchange.isComplete) return { mechanism: exchange.mechanism, answer };
      dialogue.connection.destroy();
      throw new ImapError('AUTHENTICATE', 'credentials', 'the server did not prove that it knows the password');
    } catch (error) {
      // Not this mechanism for this account: another may do. Any other answer is about the password.
      if (!(error instanceof ImapError) || error.fault !== 'bad') throw error;
      refused = error;
    }
  }
  const mayLogin =
    credentials.kind === 'password' && !capabilities.has('LOGINDISABLED') && (tls !== undefined || allowPlaintext);
  if (!mayLogin)
    throw (
      refused ??
      new ImapError('AUTHENTICATE', 'credentials', `no mechanism fits; offered: ${offered.slice(0, 20).join(' ')}`)
    );
  const command = ['LOGIN ', stringPart(credentials.username), ' ', stringPart(credentials.password)];
  const tag = await dialogue.send(command, options.timeoutMs, options.onUntagged);
  return { mechanism: 'LOGIN', answer: await dialogue.finish(tag, options.timeoutMs, options.onUntagged) };
}

async function runExchange(
  dialogue: Dialogue,
  exchange: SaslClientExchange,
  hasInitial: boolean,
  { timeoutMs, onUntagged }: { readonly timeoutMs: number; readonly onUntagged: (response: Untagged) => void },
): Promise<Tagged> {
  const initial = exchange.initial && encodeSaslBase64(exchange.initial);
  const isSent = hasInitial && initial !== undefined;
  let held = isSent ? undefined : exchange.initial;
  const command = `AUTHENTICATE ${exchange.mechanism}${isSent ? ` ${initial === '' ? '=' : initial}` : ''}`;
  const tag = await dialogue.send([command], timeoutMs, onUntagged);
  const exchanged = dialogue.beginAnswer(timeoutMs);
  for (let step = 0; ;) {
    const response = await dialogue.nextOf(exchanged);
    if (response.kind === 'tagged') return dialogue.ended(tag, response);
    if (response.kind !== 'continue') {
      onUntagged(response);
      continue;
    }
    step++;
    const challenge = decodeSaslBase64(response.text.trim());
    const answer = !challenge.ok || step > maxSteps ? undefined : (held ?? (await exchange.respond(challenge.value)));
    held = undefined;
    if (!answer) return giveUp(dialogue, tag, exchange.mechanism, timeoutMs, onUntagged);
    await dialogue.write(`${encodeSaslBase64(answer)}\r\n`, timeoutMs);
  }
}

/** `*` cancels; the server has to answer with BAD. */
async function giveUp(
  ...[dialogue, tag, mechanism, timeoutMs, onUntagged]: readonly [
    Dialogue,
    string,
    string,
    number,
    (response: Untagged) => void,
  ]
): Promise<never> {
  await dialogue.write('*\r\n', timeoutMs);
  await dialogue.finish(tag, timeoutMs, onUntagged).catch((error: unknown) => {
    if (!(error instanceof ImapError) || (error.fault !== 'bad' && error.fault !== 'no')) throw error;
  });
  throw new ImapError(
    'AUTHENTICATE',
    'credentials',
    `the server does not follow ${mechanism}, or does not know the password`,
  );
}
