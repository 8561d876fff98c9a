import { reply } from '../../wire/smtp/reply.ts';
import type { ForcedAnswer, PolicyStage, SmtpPolicy } from './policy.ts';

const HOUR = 3_600_000;

/**
 * Local parts that force an answer, so that clients can be tested (localserve): the endings `temperror`, `permerror`,
 * `timeout` (waits an hour, then 451) and three digits from 400 to 599. Judged when the message is there; for the sender
 * when it begins with `mailfrom`, and at RCPT when it begins with `rcptto`. spec/protocols.md section 1.10.
 */
export function specialLocalParts(options: { readonly timeoutMs?: number } = {}): SmtpPolicy {
  const { timeoutMs = HOUR } = options;
  return {
    judge(localPart, stage) {
      return stageOf(localPart) === stage ? findAnswer(localPart, timeoutMs) : undefined;
    },
  };
}

function stageOf(localPart: string): PolicyStage {
  if (localPart.startsWith('mailfrom')) return 'mail';
  return localPart.startsWith('rcptto') ? 'rcpt' : 'delivery';
}

function findAnswer(localPart: string, timeoutMs: number): ForcedAnswer | undefined {
  if (localPart.endsWith('temperror')) return { reply: reply(451, '4.3.0', 'asked for a temporary error'), afterMs: 0 };
  if (localPart.endsWith('permerror')) return { reply: reply(550, '5.3.0', 'asked for a permanent error'), afterMs: 0 };
  if (localPart.endsWith('timeout')) return { reply: reply(451, '4.3.0', 'asked for a timeout'), afterMs: timeoutMs };
  const code = Number(/[45][0-9]{2}$/.exec(localPart)?.[0] ?? 0);
  if (code === 0) return undefined;
  return { reply: reply(code, code < 500 ? '4.3.0' : '5.3.0', `asked for code ${code}`), afterMs: 0 };
}
