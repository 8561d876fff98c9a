import type { SaslMechanism } from '../../../wire/sasl/exchange.ts';
import { decodeInitialResponse, decodeSaslBase64, encodeSaslBase64 } from '../../../wire/sasl/sasl-base64.ts';
import { command } from '../command.ts';
import { logIn, requireTls } from '../login.ts';
import { mechanisms } from '../mechanism-table.ts';
import { Bad, No } from '../refusal.ts';
import type { Done, Reply } from '../respond.ts';
import type { Session } from '../session.ts';

/** AUTHENTICATE. RFC 9051 section 6.2.2; initial response RFC 4959 section 3. */
export const authenticate = command({
  name: 'AUTHENTICATE',
  states: ['not-authenticated'],
  capabilities: [
    'SASL-IR',
    ...mechanisms.map(
      (one) => (session: Session) =>
        session.account === undefined && (session.mayLogin || !one.plaintext) ? `AUTH=${one.name}` : undefined,
    ),
  ],
  tells: 'nothing',
  parse(r) {
    r.expectSpace();
    const name = r.expectKeyword();
    if (!r.takeSpace()) return { name, initial: undefined };
    const at = r.at;
    const initial = decodeInitialResponse(r.expectToken());
    return { name, initial: initial.ok ? initial.value : r.fail('base64', at) };
  },
  run(session, { name, initial }, reply) {
    const mechanism = mechanisms.find((one) => one.name === name);
    if (mechanism === undefined) throw new No('no such mechanism', 'CANNOT');
    if (mechanism.plaintext) requireTls(session);
    return exchange(session, mechanism, initial, reply);
  },
});

/** RFC 4422 section 3. */
async function exchange(
  session: Session,
  mechanism: SaslMechanism,
  initial: Uint8Array | undefined,
  reply: Reply,
): Promise<Done> {
  const server = mechanism.start();
  let response = initial;
  for (;;) {
    const step = server.next(response);
    switch (step.kind) {
      case 'challenge':
        response = await challenge(session, step.octets, reply);
        break;
      case 'password':
        if (step.authorizeAs !== '' && step.authorizeAs !== step.login) {
          throw new No('not for another user', 'AUTHORIZATIONFAILED');
        }
        return logIn(session, mechanism.name, step.login, step.password);
      case 'malformed':
        throw new Bad(`not a message of ${mechanism.name}`);
      default:
        return step satisfies never;
    }
  }
}

async function challenge(session: Session, octets: Uint8Array, reply: Reply): Promise<Uint8Array> {
  reply.write(`+ ${encodeSaslBase64(octets)}\r\n`);
  const line = await session.input.line();
  if (line === '*') throw new Bad('cancelled');
  const response = decodeSaslBase64(line);
  if (!response.ok) throw new Bad('not base64');
  return response.value;
}
