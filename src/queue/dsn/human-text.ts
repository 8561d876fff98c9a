import { explainStatus } from './explain-status.ts';
import type { Notice, ReportSubject } from './notice.ts';
import { printMailDate } from '../../mime/print-mail-date.ts';
import { line, printReply } from './status-part.ts';

const openings: Readonly<Record<Notice['action'], readonly [begin: string, end: string]>> = {
  failed: [
    'Your message could not be delivered to:',
    'Nothing more will be tried. To reach these recipients, please mend what is said above and send it again.',
  ],
  delayed: [
    'Your message has not been delivered yet to:',
    'You need not do anything: it is tried again and again. If it cannot be delivered at all, you will be told.',
  ],
  delivered: ['Your message was delivered to:', ''],
  relayed: [
    'Your message was handed on for:',
    'The next mail system does not report deliveries, so this is the last that can be said about it.',
  ],
};

/** What happened, for people. CRLF line ends; lines stay below 998 octets. */
export function printHumanText(subject: ReportSubject): string {
  const { message, notices, hostname } = subject;
  const lines: string[] = [`This is the mail system of ${hostname}.`, ''];
  for (const action of ['failed', 'delayed', 'relayed', 'delivered'] as const) {
    const told = notices.filter((notice) => notice.action === action);
    if (told.length === 0) continue;
    const [begin, end] = openings[action];
    lines.push(begin, '');
    for (const notice of told) lines.push(...printNotice(notice), '');
    if (end !== '') lines.push(end, '');
  }
  lines.push('The message was:', `  Subject: ${line(message.subject) || '(none)'}`);
  lines.push(`  Sent:    ${printMailDate(message.queuedAtMs)}`);
  return lines.map((each) => `${each}\r\n`).join('');
}

function printNotice(notice: Notice): readonly string[] {
  const lines = [`  ${line(notice.recipient)}`];
  const original = notice.originalRecipient?.address;
  if (original !== undefined && original.toLowerCase() !== notice.recipient.toLowerCase()) {
    lines.push(`    (you wrote to ${line(original)})`);
  }
  if (notice.action === 'delivered' || notice.action === 'relayed') return lines;
  const sentence = because(notice) ?? explainStatus(notice.status);
  if (sentence !== undefined) lines.push(`    ${sentence}`);
  if (notice.reply !== undefined) {
    lines.push(`    The server ${line(notice.reply.host)} answered:`, `      ${printReply(notice.reply)}`);
  }
  if (notice.willRetryUntilMs !== undefined) {
    lines.push(`    It is tried until ${printMailDate(notice.willRetryUntilMs)}.`);
  }
  return lines;
}

function because({ because: why, status }: Notice): string | undefined {
  switch (why) {
    case 'expired':
      return `It was tried for as long as it may be. ${explainStatus(status) ?? ''}`.trim();
    case 'given-up':
      return 'The administrator of this mail system has ended the tries.';
    case 'suppressed':
      return 'Mail to this address failed for good before, so nothing was sent now. The administrator can lift that.';
    case undefined:
      return undefined;
  }
}
