import type { RefusalReason } from '../../receive/incoming.ts';
import { reply } from '../../wire/smtp/reply.ts';
import type { Reply } from '../../wire/smtp/reply.ts';
import { replies } from '../../wire/smtp/replies.ts';

/** The outcome for one recipient: `refusal` undefined when it has the message. */
export interface RecipientAnswer {
  readonly printed: string;
  readonly refusal: Reply | undefined;
}

/** No answer has more lines than this for single recipients. */
const MAX_LINES = 100;

/** What the sender is told for each reason. */
export function replyTo(reason: RefusalReason): Reply {
  switch (reason) {
    case 'unknown-address':
      return replies.unknownRecipient;
    case 'post-not-allowed':
      return replies.postNotAllowed;
    case 'over-quota':
      return replies.overQuota;
    case 'no-such-mailbox':
      return replies.localError;
  }
}

/**
 * One answer for all recipients; pure. spec/protocols.md section 1.9: all refused with one code: that code; with several: 554
 * when one is final, otherwise 451; some refused: 250, and the lines say who does not have the message; `isReported`: so will a notification.
 */
export function combineResults(answers: readonly RecipientAnswer[], id: string, isReported: boolean): Reply {
  const refused = answers.filter((answer) => answer.refusal !== undefined);
  const [first] = refused;
  if (first?.refusal === undefined) return reply(250, '2.0.0', `OK, kept as ${id}`);
  const filed = answers.length - refused.length;
  if (filed > 0) {
    const rest = isReported ? 'a report follows' : 'no report will be sent';
    const last = `OK, kept as ${id} for ${filed} of ${answers.length} recipients; ${rest} for the others`;
    return { code: 250, enhanced: '2.0.0', lines: [...linesOf(refused, true), last] };
  }
  if (answers.length === 1) return first.refusal;
  const { code, enhanced } = first.refusal;
  const isOne = refused.every(({ refusal }) => refusal?.code === code && refusal.enhanced === enhanced);
  if (isOne) return { code, enhanced, lines: linesOf(refused, false) };
  const isFinal = refused.some(({ refusal }) => (refusal?.code ?? 0) >= 500);
  return { code: isFinal ? 554 : 451, enhanced: isFinal ? '5.0.0' : '4.0.0', lines: linesOf(refused, true) };
}

function linesOf(refused: readonly RecipientAnswer[], withCode: boolean): string[] {
  const lines = refused.slice(0, MAX_LINES).map(({ printed, refusal }) => {
    const code = withCode ? `${refusal?.code} ${refusal?.enhanced} ` : '';
    return `${printed}: ${code}${refusal?.lines.join(' ')}`;
  });
  if (refused.length > MAX_LINES) lines.push(`and ${refused.length - MAX_LINES} more`);
  return lines;
}
