import type { Transport } from '../queue/transport.ts';
import type { Attempt } from './attempt.ts';

/** A transport that takes nothing, with the answer of the configuration: 5yz is final. */
export async function refuseAll(attempt: Attempt, transport: Extract<Transport, { kind: 'fail' }>): Promise<void> {
  const { code, name } = transport;
  const enhanced = /^[45]\.\d{1,3}\.\d{1,3}(?= |$)/.exec(transport.text)?.[0];
  const isFinal = code >= 500;
  const text = enhanced === undefined ? transport.text : transport.text.slice(enhanced.length).trimStart();
  attempt.noteAll({
    result: isFinal ? 'failed' : 'later',
    status: enhanced ?? (isFinal ? '5.7.0' : '4.7.0'),
    text: `the transport ${name} takes no mail: ${code} ${transport.text}`,
    reply: { host: name, code, enhanced, text },
  });
  await attempt.finish();
}
