import type { SmtpError } from '../clients/smtp/smtp-client.ts';
import type { Reply } from '../wire/smtp/reply.ts';
import { remoteReply } from './host-log.ts';
import type { Verdict } from './verdict.ts';

/** Whom else to ask after a failure. */
export type Scope =
  /** Another address of the host may do. */
  | 'address'
  /** Another host may do. */
  | 'host'
  /** Nobody: it is final, or the host may have the message. */
  | 'over';

export interface Judged {
  readonly verdict: Verdict;
  readonly scope: Scope;
}

/** Status codes for what happened without a reply. RFC 3463 sections 3.5 and 3.8. */
const statusOf: Readonly<Partial<Record<SmtpError['fault'], string>>> = {
  name: '4.4.4',
  connect: '4.4.1',
  timeout: '4.4.2',
  closed: '4.4.2',
  aborted: '4.3.2',
  tls: '4.7.5',
  certificate: '4.7.5',
  protocol: '4.5.0',
  credentials: '4.7.8',
  unsupported: '5.6.3',
};

/**
 * What a failed session or transaction means for those who were to get the message. RFC 5321 sections 4.2.1 and 4.2.5, spec
 * section 6.4: 5yz is final at once; what the host lacks is final only when no other host has it.
 */
export function judgeFailure(error: SmtpError, host: string, isFirstMeeting: boolean): Judged {
  const { reply, fault, step, permanence, message } = error;
  if (permanence === 'unknown') {
    const text = `${host} may have it: ${message}`;
    return { scope: 'over', verdict: { result: 'later', status: statusOf[fault] ?? '4.4.2', text } };
  }
  if (reply && step !== 'AUTH') {
    const verdict = judgeReply(reply, host, isFirstMeeting);
    return { verdict, scope: verdict.result === 'failed' ? 'over' : 'host' };
  }
  // That our login is refused is a matter between us and the host: the sender can do nothing about it.
  if (reply) return { scope: 'host', verdict: { result: 'later', status: '4.7.8', text: `${host}: ${message}` } };
  const text = `${host}: ${message}`;
  if (fault !== 'unsupported') {
    const isOfHost = fault === 'certificate' || fault === 'credentials' || fault === 'protocol';
    return {
      scope: isOfHost ? 'host' : 'address',
      verdict: { result: 'later', status: statusOf[fault] ?? '4.0.0', text },
    };
  }
  if (step === 'STARTTLS') return { scope: 'host', verdict: { result: 'later', status: '4.7.10', text } };
  const status = error.enhanced ?? '5.6.3';
  return { scope: status === '5.3.4' ? 'over' : 'host', verdict: { result: 'failed', status, text } };
}

/**
 * Of one reply that is not positive. 552 to a recipient means 452 (RFC 5321 section 4.5.3.1.10, `isRecipient`); at the first
 * meeting of a host that we may also reach in another way, a refusal for reasons of policy may be about our address.
 */
export function judgeReply(reply: Reply, host: string, isFirstMeeting: boolean, isRecipient = false): Verdict {
  const { code, enhanced } = reply;
  const isPolicy = enhanced?.startsWith('5.7.') ?? false;
  const isFinal = code >= 500 && !(isRecipient && code === 552) && !(isPolicy && isFirstMeeting);
  const said = remoteReply(host, reply);
  const text = `${host} said: ${[code, enhanced, said.text].filter((part) => part !== undefined && part !== '').join(' ')}`;
  const rest = enhanced !== undefined && /^[245]\.\d{1,3}\.\d{1,3}$/.test(enhanced) ? enhanced.slice(1) : '.0.0';
  return { result: isFinal ? 'failed' : 'later', status: `${isFinal ? 5 : 4}${rest}`, text, reply: said };
}
